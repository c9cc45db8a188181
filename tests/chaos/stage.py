"""What a run needs: the stack behind links, the provider, the endpoint, and the evidence at the end."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import asyncpg
import httpx2

from local_stack.ports import HOST
from tests.chaos import evidence
from tests.chaos.endpoint import Endpoint
from tests.chaos.link import Link
from tests.chaos.points import FaultPoints
from tests.chaos.record import Asked, Consumer, Record
from tests.chaos.targets import Release, Strike, Striker, Target
from tests.llm_simulator import LlmSimulator
from tests.running_stack import RunningStack

ASK_AGAIN_SECONDS = 0.2
UNANSWERED_AFTER_SECONDS = 1
CHECK_INTERVAL_SECONDS = 0.1
# Longer than a consumer waits before it delivers an unacknowledged message again.
SETTLED_WITHIN_SECONDS = 75.0
IDLE_TIMEOUT_SECONDS = 5
MOST_OUTPUT_TOKENS = 300_000

# A server that dies in the middle of an answer leaves the client in any of these.
DATABASE_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

_DELIVERED = """
    SELECT count(*) FROM webhook_deliveries
    WHERE workflow_id = $1 AND event_type = 'report.completed' AND state = 'delivered'
"""

_NOTED = "SELECT count(*) FROM llm_calls WHERE response_id = $1"


class Stage:
    """One stack with everything around it, for one run; an async context manager."""

    def __init__(self, folder: Path, model_api: str = "auto") -> None:
        self._model_api = model_api
        self.points = FaultPoints(folder / "points")
        self.endpoint = Endpoint()
        self.poison: list[bytes] = []
        self._asked: dict[str, Asked] = {}
        self._stack = RunningStack(folder / "data", module=("tests.chaos.linked_stack",))
        self._striker = Striker(self._stack)
        ports = self._stack.ports
        self.provider = LlmSimulator(ledger_file=folder / "ledger.jsonl")
        self.links = {
            "NATS": Link(ports.nats),
            "Temporal": Link(ports.temporal),
            "PostgreSQL": Link(ports.postgres),
            "model": Link(self.provider.port),
        }
        self._resources = AsyncExitStack()
        self._background: set[asyncio.Task[None]] = set()
        self._http: httpx2.AsyncClient

    async def __aenter__(self) -> Self:
        self._resources.enter_context(self.endpoint)
        await self._resources.enter_async_context(self.provider)
        for link in self.links.values():
            await self._resources.enter_async_context(link)
        self._stack.openai_base_url = f"http://{HOST}:{self.links['model'].port}/v1"
        self._stack.extra_environment = {
            "FAULT_POINTS_DIR": str(self.points.folder),
            "LINK_NATS_PORT": str(self.links["NATS"].port),
            "LINK_TEMPORAL_PORT": str(self.links["Temporal"].port),
            "LINK_POSTGRES_PORT": str(self.links["PostgreSQL"].port),
            "LLM_API": self._model_api,
            "LLM_IDLE_TIMEOUT_SECONDS": str(IDLE_TIMEOUT_SECONDS),
            "LLM_MAX_OUTPUT_TOKENS": str(MOST_OUTPUT_TOKENS),
        }
        self._http = await self._resources.enter_async_context(
            httpx2.AsyncClient(base_url=self._stack.gateway_url, timeout=5, trust_env=False)
        )
        await asyncio.to_thread(self._stack.start)
        self._resources.push_async_callback(asyncio.to_thread, self._stack.stop)
        await self._register()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._resources.aclose()

    @property
    def strike(self) -> Callable[[Target, Strike, Release], Awaitable[float]]:
        """Strikes one of the stack's processes; see `Striker.strike`."""
        return self._striker.strike

    @property
    def freeze(self) -> Callable[[Target], Awaitable[None]]:
        """Freezes one of the stack's processes; see `Striker.freeze`."""
        return self._striker.freeze

    @property
    def http(self) -> httpx2.AsyncClient:
        """A client of the gateway."""
        return self._http

    @property
    def stack(self) -> RunningStack:
        """The stack itself."""
        return self._stack

    @property
    def artifacts(self) -> Path:
        """The artifact store's folder."""
        return self._stack.data_dir / "artifacts"

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something small as soon as the loop turns."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def ask(self, prompt: str, mode: str = "auto") -> str:
        """Ask until the answer is 202, with the same key each time, and give the workflow id."""
        request = {"json": {"prompt": prompt, "mode": mode}, "headers": {"Idempotency-Key": prompt}}
        answer = await self.insist("POST", "/api/workflows/generate-report", request, 202)
        workflow_id: str = answer.json()["workflow_id"]
        self.expect(Asked(workflow_id, prompt))
        return workflow_id

    async def insist(
        self, method: str, url: str, request: dict[str, Any], wanted_status: int
    ) -> httpx2.Response:
        """Ask the gateway until it answers so; it may be away, but it must not refuse."""
        while True:
            try:
                answer = await self._http.request(method, url, **request)
            except httpx2.TransportError:
                pass
            else:
                if answer.status_code == wanted_status:
                    return answer
                assert answer.status_code >= 500, answer.text
            await asyncio.sleep(ASK_AGAIN_SECONDS)

    async def sent_unanswered(self, method: str, url: str, request: dict[str, Any]) -> None:
        """Ask once, of a stack that cannot answer now: the request is on its way when this returns."""
        with suppress(httpx2.ReadTimeout):
            await self._http.request(method, url, timeout=UNANSWERED_AFTER_SECONDS, **request)

    async def until_state(self, workflow_id: str, wanted: dict[str, Any]) -> None:
        """Return when the report's status says so."""
        while True:
            answer = await self.insist("GET", f"/api/workflows/{workflow_id}/status", {}, 200)
            if wanted.items() <= answer.json().items():
                return
            await asyncio.sleep(CHECK_INTERVAL_SECONDS)

    def expect(self, asked: Asked) -> None:
        """Have the oracle expect a report that was asked for."""
        self._asked[asked.workflow_id] = asked

    def excuse(
        self,
        workflow_id: str,
        *,
        paid_faults: int = 0,
        lost_answers: int = 0,
        repeated_events: int = 0,
        revisions: int = 0,
    ) -> None:
        """Note what was done to a report."""
        asked = self._asked[workflow_id]
        self._asked[workflow_id] = replace(
            asked,
            paid_faults=asked.paid_faults + paid_faults,
            lost_answers=asked.lost_answers + lost_answers,
            repeated_events=asked.repeated_events + repeated_events,
            revisions=asked.revisions + revisions,
        )

    async def finished(self, workflow_id: str) -> None:
        """Return when the report is done: its webhook recorded as delivered, its workflow closed."""
        while not (  # noqa: ASYNC110 - rows tell nobody that they changed
            await self._is_delivered(workflow_id)
            and await evidence.is_closed(self._stack.temporal_address, workflow_id)
        ):
            await asyncio.sleep(CHECK_INTERVAL_SECONDS)

    async def ready(self) -> None:
        """Return when every process is ready again."""
        for port in self._health_ports():
            await self.insist("GET", f"http://{HOST}:{port}/health/ready", {}, 200)

    async def settled(self) -> list[Consumer]:
        """Give what the consumers have left, once nothing is under way or the time for it is over."""
        deadline = asyncio.get_running_loop().time() + SETTLED_WITHIN_SECONDS
        while True:
            left = await evidence.consumers(self._stack.nats_url)
            idle = not any(consumer.pending or consumer.unacknowledged for consumer in left)
            idle = idle and await evidence.open_workflows(self._stack.temporal_address) == 0
            if idle or asyncio.get_running_loop().time() > deadline:
                return left
            await asyncio.sleep(CHECK_INTERVAL_SECONDS)

    async def record(self) -> Record:
        """Gather the evidence; the faults are over."""
        await self.ready()
        consumers = await self.settled()
        ledger = await self.provider.ledger()
        return Record(
            asked=[
                replace(asked, reattaches=evidence.taken_up(ledger, asked.prompt))
                for asked in self._asked.values()
            ],
            executions=await evidence.executions(self._stack.temporal_address),
            rows=await evidence.rows(self._database_url()),
            pdfs=evidence.pdfs(self.artifacts),
            events=await evidence.events(self._stack.nats_url),
            webhooks=list(self.endpoint.webhooks),
            calls=evidence.calls(ledger),
            consumers=consumers,
            open_workflows=await evidence.open_workflows(self._stack.temporal_address),
            poison=list(self.poison),
            dead_letters=await evidence.dead_letters(self._stack.nats_url),
        )

    async def _register(self) -> None:
        request = {"json": {"url": self.endpoint.url(self.endpoint.PATH)}}
        answer = await self.insist("POST", "/api/webhooks", request, 201)
        self.endpoint.secret = answer.json()["secret"]

    async def is_noted(self, response_id: str) -> bool:
        """Whether the ledger knows how a provider's answer can be had again."""
        return await self._finds(_NOTED, response_id)

    async def _is_delivered(self, workflow_id: str) -> bool:
        return await self._finds(_DELIVERED, workflow_id)

    async def _finds(self, query: str, of: str) -> bool:
        try:
            async with asyncio.timeout(2):
                connection = await asyncpg.connect(self._database_url())
                try:
                    return bool(await connection.fetchval(query, of))
                finally:
                    connection.terminate()
        except (OSError, TimeoutError, *DATABASE_ERRORS):
            return False

    def _database_url(self) -> str:
        password = quote((self._stack.data_dir / "postgres" / "password").read_text(), safe="")
        return f"postgresql://postgres:{password}@{HOST}:{self._stack.ports.postgres}/reports?sslmode=disable"

    def _health_ports(self) -> Iterator[int]:
        ports = self._stack.ports
        yield ports.gateway
        yield from (ports.process(index) for index in range(7))
