"""Real servers, the notifier's processes as tasks, and what other parts of the system do to them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio
from pydantic import TypeAdapter
from temporalio.client import Client

from contracts import subjects, webhooks
from contracts.artifacts import ArtifactRef
from contracts.events import CloudEvent, Occurrence, ReportCompleted, ReportEvent, envelope, event_id
from contracts.identifiers import workflow_id_for
from contracts.model import WireModel
from contracts.reports import TokenUsage
from contracts.subjects import DISPATCHER_DURABLE, EVENTS_STREAM
from contracts.webhooks import Delivery, RegisteredEndpoint, RequestRefused
from local_stack import LocalStack, Server, StackSettings, free_port_offset
from notifier.announcer import serve_announcer
from notifier.dispatcher import serve_dispatcher
from notifier.setup import set_up
from orchestrator import topology
from runtime import bus, durable
from runtime.bus import Bus, BusSettings
from runtime.durable import TemporalSettings
from tests.notifier.receiver import Receiver
from tests.stack_folder import stack_folder

PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.02

AnswerT = TypeVar("AnswerT", bound=WireModel)
ResultT = TypeVar("ResultT")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers() -> AsyncIterator[LocalStack]:
    """NATS, Temporal and PostgreSQL with everything that the setup steps make, named by the environment."""
    wanted = {Server.NATS, Server.TEMPORAL, Server.POSTGRES}
    with stack_folder() as folder, pytest.MonkeyPatch.context() as environment:
        settings = StackSettings(data_dir=folder / "data", port_offset=free_port_offset())
        async with LocalStack(settings, servers=wanted, services=()) as stack:
            environment.setenv("NATS_URL", stack.nats_url)
            environment.setenv("TEMPORAL_ADDRESS", stack.temporal_address)
            environment.setenv("DATABASE_URL", stack.database_url)
            environment.setenv("WEBHOOK_ALLOW_PRIVATE_ADDRESSES", "true")
            async with bus.connect(BusSettings(), name="setup") as connection:
                await topology.apply(connection.jetstream)
            await set_up()
            yield stack


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def connection(servers: LocalStack) -> AsyncIterator[Bus]:
    """Any other system on the bus."""
    async with bus.connect(BusSettings(nats_url=servers.nats_url), name="test") as connected:
        yield connected


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal(servers: LocalStack) -> Client:
    return await durable.connect(TemporalSettings(temporal_address=servers.temporal_address))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def dispatcher(servers: LocalStack) -> AsyncIterator[str]:
    """Run a dispatcher until it is ready; give the address of its health endpoints."""
    async with _running(serve_dispatcher, servers.ports.process(0)) as address:
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def announcer(servers: LocalStack) -> AsyncIterator[str]:
    """Run an announcer until it is ready; give the address of its health endpoints."""
    async with _running(serve_announcer, servers.ports.process(1)) as address:
        yield address


@asynccontextmanager
async def _running(serve: Callable[[], Coroutine[Any, Any, None]], port: int) -> AsyncIterator[str]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HTTP_PORT", str(port))
        task = asyncio.create_task(serve())
        address = f"http://127.0.0.1:{port}"
        async with httpx2.AsyncClient(trust_env=False) as client:

            async def ready() -> bool:
                with suppress(httpx2.TransportError):
                    return (await client.get(f"{address}/health/ready")).status_code == 200
                if task.done():
                    task.result()
                return False

            await until(ready)
        try:
            yield address
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until(condition: Callable[[], Awaitable[ResultT | None]]) -> ResultT:
    """Ask until the answer is true, and give it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if answer := await condition():
                return answer
            await asyncio.sleep(POLL_SECONDS)


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@dataclass(frozen=True)
class Customer:
    """A tenant of its own with one path on the receiver, and what the gateway does on its behalf."""

    tenant_id: str
    path: str
    receiver: Receiver
    connection: Bus

    @property
    def url(self) -> str:
        return self.receiver.url(self.path)

    async def ask(self, subject: str, request: WireModel, answer: type[AnswerT]) -> AnswerT:
        """Send a request as the gateway does, and read the answer as one type or a refusal as another."""
        message = await self.connection.nats.request(subject, request.model_dump_json().encode(), timeout=10)
        return answer.model_validate_json(message.data)

    async def register(self, **fields: Any) -> RegisteredEndpoint:  # noqa: ANN401 - the request's own fields
        request = webhooks.RegisterEndpoint(tenant_id=self.tenant_id, **{"url": self.url, **fields})
        return await self.ask(webhooks.REGISTER_ENDPOINT, request, RegisteredEndpoint)

    async def refused(self, url: str) -> RequestRefused:
        request = webhooks.RegisterEndpoint(tenant_id=self.tenant_id, url=url)
        return await self.ask(webhooks.REGISTER_ENDPOINT, request, RequestRefused)

    async def deliveries(self, endpoint_id: str) -> list[Delivery]:
        request = webhooks.ListDeliveries(tenant_id=self.tenant_id, endpoint_id=endpoint_id)
        return (await self.ask(webhooks.LIST_DELIVERIES, request, webhooks.DeliveryList)).deliveries

    async def delivery_in(self, endpoint_id: str, state: webhooks.DeliveryState, attempts: int) -> Delivery:
        """Wait until the endpoint's only delivery has come so far."""

        async def come() -> Delivery | None:
            found = await self.deliveries(endpoint_id)
            assert len(found) <= 1
            matching = [each for each in found if (each.state, each.attempts) == (state, attempts)]
            return matching[0] if matching else None

        return await until(come)

    def completed(self) -> CloudEvent:
        """Make the event of a report of this tenant that was completed just now."""
        request_id = str(uuid4())
        workflow_id = workflow_id_for(request_id)
        ref = ArtifactRef(
            key=f"{self.tenant_id}/{workflow_id}/1/x", sha256="0" * 64, size=1, content_type="x/y"
        )
        return announced(
            ReportCompleted(
                workflow_id=workflow_id,
                request_id=request_id,
                tenant_id=self.tenant_id,
                title="The Aral Sea",
                model="a-model",
                pages=3,
                pdf=ref,
                draft=ref,
                usage=TokenUsage(input_tokens=5, output_tokens=7),
            )
        )

    async def publish(self, event: CloudEvent, *, message_id: str | None = None) -> int:
        """Put an event on the bus; gives its place in the stream."""
        ack = await self.connection.publish(
            subjects.event(event.type), event, message_id=message_id or event.id
        )
        return ack.seq


def announced(data: ReportEvent) -> CloudEvent:
    """Wrap event data as the announcer would."""
    about = TypeAdapter(ReportEvent).dump_python(data)["workflow_id"]
    occurrence = Occurrence(
        event_id=event_id(about, data.type), source="/test", occurred_at=datetime.now(UTC)
    )
    return envelope(data, occurrence)


@pytest.fixture
def customer(receiver: Receiver, connection: Bus, dispatcher: str) -> Customer:
    assert dispatcher
    name = f"t{uuid4().hex[:12]}"
    return Customer(tenant_id=name, path=f"/{name}", receiver=receiver, connection=connection)


@pytest.fixture
def consumed(connection: Bus) -> Callable[[int], Awaitable[None]]:
    """Wait until the dispatcher has settled every message up to a place in the stream."""

    async def wait(sequence: int) -> None:
        async def settled() -> bool:
            info = await connection.jetstream.consumer_info(EVENTS_STREAM, DISPATCHER_DURABLE)
            floor = info.ack_floor.stream_seq if info.ack_floor else 0
            return floor >= sequence

        await until(settled)

    return wait
