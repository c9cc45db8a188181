"""Grafana behind the gateway: looking at dashboards, and nothing else."""

import re
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass

import httpx2

from gateway.errors.problems import Problem
from gateway.settings import ObservabilitySettings

PREFIX = "/grafana"
TIMEOUT = httpx2.Timeout(30, connect=2)
# Neither the product's cookies and keys go to Grafana, nor does anything of Grafana's stay in the browser;
# Grafana makes addresses from the host that the browser sees.
SENT = re.compile(
    r"accept(-encoding|-language)?|host|content-type|if-none-match|if-modified-since|user-agent|"
    r"x-(grafana|datasource|plugin|panel|dashboard|query|rule)-[a-z-]+"
)
RETURNED = frozenset(
    {"content-type", "content-encoding", "cache-control", "etag", "last-modified", "expires", "vary"}
)
# What a dashboard's panels ask for; everything else that Grafana takes by POST changes something.
QUERIES = re.compile(r"/grafana/api/(ds/query|datasources/uid/[\w-]+/resources/[\w/-]+|frontend-metrics)")
# One segment after the other, none of which leads out of the prefix, encoded or not.
PATH = re.compile(r"/grafana(/(?!\.{1,2}(/|$))[\w.~!$&'()*+,;=:@-]*)*")
PERMANENT_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Inquiry:
    """What the browser asks: `path` and `query` as they came, still encoded."""

    method: str
    path: str
    query: str
    headers: Iterable[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What Grafana answers; `content` is as Grafana encoded it."""

    status: int
    headers: dict[str, str]
    content: AsyncGenerator[bytes, None]


class Grafana:
    """Passes what a viewer may ask on to one address."""

    def __init__(self, client: httpx2.AsyncClient, url: str) -> None:
        self._client = client
        self._url = httpx2.URL(url.rstrip("/"))

    async def ask(self, inquiry: Inquiry) -> Answer:
        """Ask Grafana; its answer is streamed.

        Raises:
            Problem: it is not something to ask (404, 405), or Grafana does not answer (502).

        """
        _check(inquiry)
        target = self._url.copy_with(raw_path=f"{inquiry.path}?{inquiry.query}".rstrip("?").encode())
        request = self._client.build_request(
            inquiry.method,
            target,
            headers=_sent(inquiry.headers),
            content=inquiry.body or None,
            timeout=TIMEOUT,
        )
        try:
            response = await self._client.send(request, stream=True, follow_redirects=False)
        except httpx2.HTTPError as error:
            detail = f"Grafana does not answer ({type(error).__name__}). The figures above do not need it."
            raise Problem(502, "grafana-unavailable", "Not available at the moment", detail) from error
        return Answer(response.status_code, _returned(response), _content(response))


def open_grafana(client: httpx2.AsyncClient, settings: ObservabilitySettings) -> Grafana | None:
    """Make the way to Grafana; None where there is no Grafana."""
    return Grafana(client, str(settings.grafana_url)) if settings.grafana_url else None


def _check(inquiry: Inquiry) -> None:
    if not PATH.fullmatch(inquiry.path):
        raise Problem(404, "not-found", "There is no such thing", "Grafana has no such page.")
    if inquiry.method != "GET" and not QUERIES.fullmatch(inquiry.path):
        detail = "Dashboards can be looked at here, not changed."
        raise Problem(405, "method-not-allowed", "Not allowed", detail, headers={"Allow": "GET"})


def _sent(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {"accept-encoding": "identity"} | {name: value for name, value in headers if SENT.fullmatch(name)}


def _returned(response: httpx2.Response) -> dict[str, str]:
    headers = {name: value for name, value in response.headers.items() if name in RETURNED}
    location = response.headers.get("location", "")
    if response.status_code in PERMANENT_REDIRECTS and PATH.match(location):
        headers["location"] = location
    return headers


async def _content(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    try:
        async for part in response.aiter_raw():
            yield part
    finally:
        await response.aclose()
