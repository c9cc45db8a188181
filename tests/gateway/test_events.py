"""A viewer sees a report from now or from where it was: nothing missing, nothing twice, to the end."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import pytest_asyncio

from contracts.events import ReportCompleted, ReportFailed
from contracts.failures import Failure, FailureCode
from contracts.live import LiveText, LiveWait, LiveWaitReason
from contracts.reports import ReportMode, ReportStatus, Step
from contracts.subjects import EVENTS_STREAM, LIVE_STREAM, live_text
from orchestrator.metadata import Metadata
from runtime.artifacts import ArtifactStore
from runtime.bus import Bus
from tests.gateway.behind import (
    TEXT,
    a_record,
    completed_record,
    tell,
    tell_progress,
    tell_status,
    write,
)
from tests.gateway.process import GatewayProcess
from tests.gateway.watching import Seen, text_of, watching

pytestmark = pytest.mark.asyncio(loop_scope="session")

VIEWERS = 300
FAILURE = Failure(code=FailureCode.PROVIDER_UNAVAILABLE, message="The provider is away.")


@pytest_asyncio.fixture(loop_scope="session")
async def running(metadata: Metadata, workflow_id: str) -> str:
    """A report that runs; what happens next is told by the test."""
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.RUNNING))
    return workflow_id


async def fail(bus: Bus, workflow_id: str) -> None:
    """Tell the end of a report."""
    request_id = workflow_id.removeprefix("report-")
    await tell(bus, ReportFailed(workflow_id=workflow_id, request_id=request_id, failure=FAILURE))


async def take(messages: AsyncIterator[Seen], count: int) -> list[Seen]:
    """Read so many messages."""
    return [await anext(messages) for _ in range(count)]


async def counted(http: httpx2.AsyncClient, name: str) -> float:
    """Read one of the gateway's metrics."""
    found = re.search(rf"^{name} (\S+)$", (await http.get("/metrics")).text, re.MULTILINE)
    assert found is not None
    return float(found[1])


async def test_a_viewer_gets_a_snapshot_then_what_happens_then_the_end(
    http: httpx2.AsyncClient, connection: Bus, running: str
) -> None:
    await write(connection, running, 0, "Once ")
    await write(connection, running, 5, "upon")
    async with watching(http, running) as messages:
        snapshot = await anext(messages)
        await write(connection, running, 9, " a\ntime")
        await tell_progress(connection, running, Step.CREATE_PDF)
        following = await take(messages, 2)
        await fail(connection, running)
        rest = [message async for message in messages]

    assert snapshot.name == "snapshot"
    assert snapshot.data["status"] == "RUNNING"
    assert snapshot.data["text"] == "Once upon"
    assert sorted(message.name for message in following) == ["progress", "text"]
    assert text_of([snapshot, *following]) == "Once upon a\ntime"
    assert [message.name for message in rest] == ["failed"]
    assert rest[0].data["failure"]["code"] == "provider_unavailable"


async def test_another_attempt_begins_again_at_its_offset(
    http: httpx2.AsyncClient, connection: Bus, running: str
) -> None:
    await write(connection, running, 0, "A first attempt that broke off")
    await write(connection, running, 0, "The second", attempt=2)
    async with watching(http, running) as messages:
        snapshot = await anext(messages)
        await write(connection, running, 4, "third", attempt=3)
        text = await anext(messages)
    assert snapshot.data["text"] == "The second"
    assert text.data == {"revision": 1, "attempt": 3, "offset": 4, "text": "third"}


@pytest.mark.parametrize("seen_before", range(1, 8))
async def test_a_viewer_that_comes_back_gets_exactly_what_it_missed(
    http: httpx2.AsyncClient, connection: Bus, running: str, seen_before: int
) -> None:
    async def happen() -> None:
        await tell_status(connection, running, attempt=1)
        await write(connection, running, 0, "one ")
        await tell_progress(connection, running, Step.REVIEW)
        await write(connection, running, 4, "two ")
        await tell_status(connection, running, attempt=2)
        await tell_progress(connection, running, Step.CREATE_PDF)
        await write(connection, running, 8, "three")

    async with watching(http, running) as messages:
        first = [await anext(messages)]
        await happen()
        first += await take(messages, seen_before - 1)
    await fail(connection, running)
    async with watching(http, running, first[-1].id) as messages:
        second = [message async for message in messages]

    names = [message.name for message in (*first, *second)]
    assert text_of([*first, *second]) == "one two three"
    assert names.count("text") == 3
    assert [m.data["attempt"] for m in (*first, *second) if m.name == "live_status"] == [1, 2]
    assert [m.data["progress"]["step"] for m in (*first, *second) if m.name == "progress"] == [
        "review",
        "create_pdf",
    ]
    assert names.count("failed") == 1
    assert names[-1] == "failed"


async def test_words_that_were_stored_after_the_end_come_before_it(
    http: httpx2.AsyncClient, connection: Bus, running: str
) -> None:
    """Text and events are different streams: one may be behind the other."""
    async with watching(http, running) as messages:
        snapshot = await anext(messages)
    await fail(connection, running)
    await write(connection, running, 0, "last words")
    async with watching(http, running, snapshot.id) as messages:
        assert [message.name async for message in messages] == ["text", "failed"]


async def test_a_viewer_that_has_seen_the_end_is_told_to_stay_away(
    http: httpx2.AsyncClient, connection: Bus, running: str
) -> None:
    async with watching(http, running) as messages:
        await anext(messages)
        await fail(connection, running)
        last = await anext(messages)
    headers = {"Last-Event-ID": last.id}
    answer = await http.get(f"/api/workflows/{running}/events", headers=headers)
    assert answer.status_code == 204


async def test_a_report_that_is_done_is_told_whole_and_closed(
    http: httpx2.AsyncClient, metadata: Metadata, artifacts: ArtifactStore, workflow_id: str
) -> None:
    await metadata.store_report_metadata(await completed_record(artifacts, workflow_id))
    async with watching(http, workflow_id) as messages:
        snapshot, completed = [message async for message in messages]
    assert snapshot.data["status"] == "COMPLETED"
    assert snapshot.data["text"] == TEXT
    assert completed.name == "completed"
    assert ReportCompleted.model_validate(completed.data).pages == 3


async def test_an_end_that_was_stored_but_not_announced_is_told_too(
    http: httpx2.AsyncClient, metadata: Metadata, artifacts: ArtifactStore, running: str
) -> None:
    async with watching(http, running) as messages:
        snapshot = await anext(messages)
    await metadata.store_report_metadata(await completed_record(artifacts, running))
    async with watching(http, running, snapshot.id) as messages:
        assert [message.name async for message in messages] == ["completed"]


@pytest.mark.parametrize("last_event_id", ["e999999999-l999999999", "e-1-l0", "nonsense", "12"])
async def test_an_id_that_the_streams_do_not_know_gives_a_fresh_snapshot(
    http: httpx2.AsyncClient, running: str, last_event_id: str
) -> None:
    async with watching(http, running, last_event_id) as messages:
        assert (await anext(messages)).name == "snapshot"


async def test_viewers_see_their_own_report_and_only_that(
    http: httpx2.AsyncClient, connection: Bus, metadata: Metadata, running: str
) -> None:
    other = f"{running}-other"
    await metadata.store_report_metadata(a_record(other, ReportStatus.RUNNING))
    async with watching(http, running) as mine, watching(http, other) as theirs, watching(http, other) as too:
        assert {(await anext(viewer)).name for viewer in (mine, theirs, too)} == {"snapshot"}
        await write(connection, other, 0, "theirs")
        await write(connection, running, 0, "mine")
        await fail(connection, running)
        await fail(connection, other)
        seen = [[message.data.get("text") async for message in viewer] for viewer in (mine, theirs, too)]
    assert seen == [["mine", None], ["theirs", None], ["theirs", None]]


async def test_a_slow_viewer_misses_nothing(gateway: GatewayProcess, connection: Bus, running: str) -> None:
    """Far more than the gateway keeps for one viewer, told while the viewer does not read."""
    piece, count = "x" * 10_000, 1_600
    # So that the kernel does not read on the viewer's behalf.
    transport = httpx2.AsyncHTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)])
    async with (
        httpx2.AsyncClient(base_url=gateway.url, transport=transport, timeout=15) as http,
        watching(http, running) as messages,
    ):
        before = await counted(http, "gateway_sse_viewers_behind_total")
        assert (await anext(messages)).name == "snapshot"
        for number in range(count):
            offset = number * len(piece)
            if number % 100 == 99:
                # Confirmed, and so are all before it.
                await write(connection, running, offset, piece)
                continue
            text = LiveText(workflow_id=running, revision=1, attempt=1, offset=offset, text=piece)
            await connection.publish_unconfirmed(live_text(running), text)
        await fail(connection, running)
        while await counted(http, "gateway_sse_viewers_behind_total") == before:  # noqa: ASYNC110 - the gateway tells nobody of a slow viewer
            await asyncio.sleep(0.01)
        seen = [message async for message in messages]
    offsets = [message.data["offset"] for message in seen if message.name == "text"]
    assert offsets == [number * len(piece) for number in range(count)]
    assert seen[-1].name == "failed"


async def test_viewers_that_leave_are_forgotten(http: httpx2.AsyncClient, running: str) -> None:
    before = await counted(http, "gateway_sse_viewers")
    async with watching(http, running) as messages:
        await anext(messages)
        assert await counted(http, "gateway_sse_viewers") == before + 1
    while await counted(http, "gateway_sse_viewers") > before:  # noqa: ASYNC110 - the gateway tells nobody that a viewer has left
        await asyncio.sleep(0.01)


async def test_a_viewer_who_comes_sees_what_the_step_is_doing_now(
    http: httpx2.AsyncClient, connection: Bus, running: str
) -> None:
    """Only the last status is told, once; what comes after it is told as it comes."""
    until = datetime.now(UTC) + timedelta(seconds=20)
    wait = LiveWait(reason=LiveWaitReason.RATE_LIMIT, message="The provider asked to wait.", until=until)
    await tell_status(connection, running, attempt=1)
    await tell_status(connection, running, attempt=1, wait=wait, written=7)
    async with watching(http, running) as messages:
        snapshot = await anext(messages)
        await tell_status(connection, running, attempt=2)
        following = await anext(messages)
    status = snapshot.data["live_status"]
    assert status["wait"]["message"] == "The provider asked to wait."
    assert status["usage"] == {"input_tokens": 10, "output_tokens": 7}
    assert (following.name, following.data["attempt"], following.data["wait"]) == ("live_status", 2, None)


async def test_a_viewer_who_comes_back_after_the_streams_have_forgotten_gets_it_whole_again(
    http: httpx2.AsyncClient,
    connection: Bus,
    metadata: Metadata,
    artifacts: ArtifactStore,
    workflow_id: str,
) -> None:
    """A browser that is opened again hours later: its place is no longer in the stream of live text."""
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.RUNNING, mode=ReportMode.REVIEW))
    async with watching(http, workflow_id) as messages:
        await anext(messages)
        await write(connection, workflow_id, 0, "Only a part")
        seen = await anext(messages)
    record = await completed_record(artifacts, workflow_id)
    changes = {"status": ReportStatus.WAITING_FOR_REVIEW, "mode": ReportMode.REVIEW, "pdf": None}
    await metadata.store_report_metadata(record.model_copy(update={**changes, "finished_at": None}))
    await write(connection, f"{workflow_id}-other", 0, "Somebody else's")
    await connection.jetstream.purge_stream(LIVE_STREAM)
    async with watching(http, workflow_id, seen.id) as messages:
        snapshot = await anext(messages)
        await tell_progress(connection, workflow_id, Step.CREATE_PDF)
        following = await anext(messages)
    assert (snapshot.name, snapshot.data["text"]) == ("snapshot", TEXT)
    assert following.name == "progress"


async def test_text_whose_beginning_is_forgotten_is_not_told_twice(
    http: httpx2.AsyncClient, connection: Bus, running: str
) -> None:
    """A report that was paused for longer than live text is kept: the rest stands where it belongs."""
    await write(connection, running, 1_000, "the rest")
    await write(connection, running, 1_000, "the rest, again", attempt=2)
    async with watching(http, running) as messages:
        snapshot = await anext(messages)
    assert snapshot.data["text"] == "\n" * 1_000 + "the rest, again"


async def test_many_viewers_cost_no_more_consumers_than_one(
    gateway: GatewayProcess, connection: Bus, running: str
) -> None:
    """All are told, from the one reader that the process has of each stream."""

    async def consumers() -> list[int]:
        streams = (EVENTS_STREAM, LIVE_STREAM)
        return [(await connection.jetstream.stream_info(name)).state.consumer_count for name in streams]

    await write(connection, running, 0, "Once ")
    limits = httpx2.Limits(max_connections=VIEWERS)
    client = httpx2.AsyncClient(base_url=gateway.url, timeout=60, trust_env=False, limits=limits)
    async with client as http, AsyncExitStack() as stack:
        first = await stack.enter_async_context(watching(http, running))
        await anext(first)
        before = await consumers()
        others = [await stack.enter_async_context(watching(http, running)) for _ in range(VIEWERS - 1)]
        snapshots = await asyncio.gather(*(anext(viewer) for viewer in others))
        assert {snapshot.data["text"] for snapshot in snapshots} == {"Once "}
        assert await consumers() == before
        await write(connection, running, 5, "upon")
        told = await asyncio.gather(*(anext(viewer) for viewer in (first, *others)))
        assert {message.data["text"] for message in told} == {"upon"}


async def test_an_event_that_the_snapshot_tells_already_is_not_told_again(
    http: httpx2.AsyncClient, connection: Bus, metadata: Metadata, artifacts: ArtifactStore, running: str
) -> None:
    await tell_progress(connection, running, Step.CREATE_PDF)
    await metadata.store_report_metadata(
        await completed_record(artifacts, running, finished_at=datetime.now(UTC))
    )
    async with watching(http, running) as messages:
        assert [message.name async for message in messages] == ["snapshot", "completed"]
