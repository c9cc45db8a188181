"""What the handlers work with: made from the settings and from the connections to what stands behind."""

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
from temporalio.client import Client

from gateway.batching.submission import Submission
from gateway.components import Components
from gateway.connections import BusLink
from gateway.grafana import Grafana, open_grafana
from gateway.live.batch_streams import BatchStreams
from gateway.live.hub import Hub
from gateway.live.overview import Overview
from gateway.live.replay import Replay
from gateway.live.shared_view import SharedView
from gateway.live.snapshots import Snapshots
from gateway.live.streams import Streams
from gateway.notifier import Notifier
from gateway.operations import Operations, sources
from gateway.publisher import Publisher
from gateway.readiness import Readiness
from gateway.reading.alerts import open_alerts
from gateway.reading.batches import Batches
from gateway.reading.documents import Documents
from gateway.reading.executions import Executions
from gateway.reading.history import History
from gateway.reading.ledger import Ledger
from gateway.reading.records import Records
from gateway.reading.revisions import Revisions
from gateway.reading.schedule_runs import ScheduleRuns
from gateway.reading.timeline import Timelines
from gateway.reading.tracker import Tracker
from gateway.scheduling.schedules import Schedules
from gateway.settings import GatewaySettings
from runtime.artifacts import ArtifactStore

HEALTH_INTERVAL = timedelta(seconds=2)
OPERATIONS_INTERVAL = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Behind:
    """The connections to everything behind the gateway."""

    link: BusLink
    pool: asyncpg.Pool
    temporal: Client
    artifacts: ArtifactStore
    http: httpx2.AsyncClient


@dataclass(frozen=True, slots=True)
class Watching:
    """What runs beside the server for those who watch something live."""

    hub: Hub
    overview: Overview
    views: tuple[SharedView, ...]

    def runs(self) -> list[Coroutine[Any, Any, None]]:
        """Give what is to run; none of it ends by itself."""
        return [self.hub.run(), self.overview.run(), *(view.run() for view in self.views)]

    def close(self) -> None:
        """End every open event stream, so that the process can end."""
        self.hub.close()
        for view in self.views:
            view.close()


def make_services(behind: Behind, settings: GatewaySettings) -> tuple[dict[str, object], Watching]:
    """Make what handlers are given, by the names of their parameters, and what runs beside them."""
    link, pool, temporal, artifacts = behind.link, behind.pool, behind.temporal, behind.artifacts
    records, executions, documents = Records(pool), Executions(temporal), Documents(artifacts)
    hub, replay, batches = Hub(link), Replay(link), Batches(pool, link, documents)
    tracker = Tracker(records, executions, link, batches)
    readiness = Readiness(link, temporal, records, artifacts)
    looking, views = _views(behind, settings, Components(link, temporal, readiness))
    overview = Overview(hub, records)
    services: dict[str, object] = {
        "publisher": Publisher(link),
        "tracker": tracker,
        "executions": executions,
        "records": records,
        "documents": documents,
        "revisions": Revisions(executions, documents),
        "hub": hub,
        "streams": Streams(hub, replay, tracker, Snapshots(replay, executions, documents)),
        "notifier": Notifier(link),
        "readiness": readiness,
        "history": History(pool),
        "ledger": Ledger(pool),
        "review": settings.review,
        "timelines": Timelines(temporal),
        "batches": batches,
        "batch_streams": BatchStreams(hub, batches),
        "submission": Submission(link, artifacts),
        "schedules": Schedules(temporal),
        "schedule_runs": ScheduleRuns(pool),
        "schedule_settings": settings.schedules,
        "overview": overview,
    }
    return services | looking, Watching(hub, overview, views)


def _views(
    behind: Behind, settings: GatewaySettings, components: Components
) -> tuple[dict[str, object], tuple[SharedView, ...]]:
    grafana: Grafana | None = open_grafana(behind.http, settings.observability)
    alerts = open_alerts(behind.http, settings.observability)
    asked = sources(behind.link, behind.temporal, behind.pool, alerts)
    operations = Operations(components, asked, has_dashboards=grafana is not None)
    health_view = SharedView("health", components.look, HEALTH_INTERVAL)
    operations_view = SharedView("operations", operations.look, OPERATIONS_INTERVAL)
    services: dict[str, object] = {
        "health_view": health_view,
        "operations": operations,
        "operations_view": operations_view,
        "grafana": grafana,
    }
    return services, (health_view, operations_view)
