"""The alerts that Prometheus has raised, where there is a Prometheus."""

from datetime import datetime
from typing import Any

import httpx2
from pydantic import BaseModel

from gateway.settings import ObservabilitySettings

TIMEOUT_SECONDS = 1.5


class Alert(BaseModel):
    """An alert that fires: its name is that of its page in docs/runbooks."""

    name: str
    severity: str
    summary: str
    description: str
    since: datetime


class Alerts:
    """Asks Prometheus."""

    def __init__(self, client: httpx2.AsyncClient, prometheus_url: str) -> None:
        self._client = client
        self._url = f"{prometheus_url.rstrip('/')}/api/v1/alerts"

    async def look(self) -> list[Alert]:
        """Give the alerts that fire, those first that wake somebody.

        Raises:
            httpx2.HTTPError: Prometheus does not answer.

        """
        answer = await self._client.get(self._url, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        raised = answer.json()["data"]["alerts"]
        firing = [_alert(alert) for alert in raised if alert["state"] == "firing"]
        return sorted(firing, key=lambda alert: (alert.severity != "page", alert.since))


def open_alerts(client: httpx2.AsyncClient, settings: ObservabilitySettings) -> Alerts | None:
    """Make the way to Prometheus; None where there is no Prometheus."""
    return Alerts(client, str(settings.prometheus_url)) if settings.prometheus_url else None


def _alert(raised: dict[str, Any]) -> Alert:
    labels, annotations = raised["labels"], raised["annotations"]
    return Alert(
        name=labels["alertname"],
        severity=labels.get("severity", ""),
        summary=annotations.get("summary", ""),
        description=annotations.get("description", ""),
        since=raised["activeAt"],
    )
