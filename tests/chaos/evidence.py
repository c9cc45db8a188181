"""Gathers what is to be seen of a run: from the servers, the files, the provider's ledger."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import nats
from nats.js import JetStreamContext
from nats.js.api import StreamInfo
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from tests.chaos.record import BilledCall, Consumer, Event, Execution, Row, StoredPdf
from tests.llm_simulator import Entry
from tests.llm_simulator import Event as LedgerEvent

REQUESTS, EVENTS, DEAD_LETTERS = "REPORT_REQUESTS", "REPORT_EVENTS", "REPORT_DLQ"
CONSUMERS = {"orchestrator-intake": REQUESTS, "notifier-dispatcher": EVENTS}
ANSWER_TIMEOUT_SECONDS = 2
NOT_ABOUT_A_REPORT = {"report.rejected"}


async def executions(address: str) -> list[Execution]:
    """List every run of the report workflow; Temporal's list may lag, so wait until it has settled."""
    client = await Client.connect(address)
    found: list[Execution] = []
    for _ in range(20):
        listed = [
            Execution(run.id, run.status.name if run.status else "UNKNOWN")
            async for run in client.list_workflows("WorkflowType = 'GenerateReportWorkflow'")
        ]
        if listed and listed == found and all(run.status != "RUNNING" for run in listed):
            break
        found = listed
        await asyncio.sleep(0.5)
    return found


async def open_workflows(address: str) -> int:
    """Count the workflows of any type that are under way."""
    client = await Client.connect(address)
    return (await client.count_workflows("ExecutionStatus = 'Running'")).count


async def is_closed(address: str, workflow_id: str) -> bool:
    """Whether a workflow has ended; no, while Temporal does not answer."""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
            client = await Client.connect(address)
            run = await client.get_workflow_handle(workflow_id).describe()
    except (RPCError, RuntimeError, TimeoutError):
        return False
    return run.status is not WorkflowExecutionStatus.RUNNING


async def rows(database_url: str) -> list[Row]:
    """Read every row of `reports`."""
    connection = await asyncpg.connect(database_url)
    try:
        found = await connection.fetch("SELECT workflow_id, status, pdf->>'sha256' AS sha256 FROM reports")
    finally:
        await connection.close()
    return [Row(row["workflow_id"], row["status"], row["sha256"]) for row in found]


def pdfs(artifacts: Path) -> list[StoredPdf]:
    """Hash every PDF of the artifact store: `<tenant>/<workflow>/r<revision>/report.pdf`."""
    found = sorted(artifacts.glob("*/*/*/*.pdf"))
    return [
        StoredPdf(path.parts[-3], str(path.relative_to(artifacts)), _sha256(path.read_bytes()))
        for path in found
    ]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def events(nats_url: str) -> list[Event]:
    """Read the whole event stream; what is not an event of a report is no one's."""
    found = []
    async for payload in _messages(nats_url, EVENTS):
        try:
            event = json.loads(payload)
            read = Event(event["id"], event["type"], event["data"].get("workflow_id", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            # Poison that a test has put there is looked for in the dead letters.
            continue
        if read.type not in NOT_ABOUT_A_REPORT:
            found.append(read)
    return found


async def event_sequences(nats_url: str, workflow_id: str, after: int) -> list[int]:
    """List where the events of one report stand on the stream, beyond a place in it."""
    connection = await nats.connect(nats_url)
    try:
        stream: JetStreamContext = connection.jetstream()
        last = (await stream.stream_info(EVENTS)).state.last_seq
        messages = [await stream.get_msg(EVENTS, sequence) for sequence in range(after + 1, last + 1)]
    finally:
        await connection.close()
    return [message.seq or 0 for message in messages if workflow_id.encode() in (message.data or b"")]


async def dead_letters(nats_url: str) -> list[bytes]:
    """Read the originals of all dead letters."""
    return [
        base64.b64decode(json.loads(payload)["payload_base64"])
        async for payload in _messages(nats_url, DEAD_LETTERS)
    ]


async def consumers(nats_url: str) -> list[Consumer]:
    """Ask both durable consumers what they have left."""
    connection = await nats.connect(nats_url)
    try:
        stream = connection.jetstream()
        infos = [await stream.consumer_info(of, name) for name, of in CONSUMERS.items()]
    finally:
        await connection.close()
    return [Consumer(info.name, info.num_pending or 0, info.num_ack_pending or 0) for info in infos]


async def _messages(nats_url: str, stream_name: str) -> AsyncIterator[bytes]:
    connection = await nats.connect(nats_url)
    try:
        stream: JetStreamContext = connection.jetstream()
        info: StreamInfo = await stream.stream_info(stream_name)
        if info.state.messages == 0:
            return
        subject = (info.config.subjects or [""])[0]
        subscription = await stream.subscribe(subject, stream=stream_name, ordered_consumer=True)
        while True:
            message = await subscription.next_msg(timeout=10)
            yield message.data
            if message.metadata.num_pending == 0:
                return
    finally:
        await connection.close()


def calls(ledger: list[Entry]) -> list[BilledCall]:
    """List the calls that cost something."""
    return [
        BilledCall(entry.prompt, entry.outcome or "")
        for entry in ledger
        if entry.event is LedgerEvent.BILLED and entry.completion_tokens
    ]


def taken_up(ledger: list[Entry], prompt: str) -> bool:
    """Whether the provider made the report as a background response, which can be taken up again."""
    return any(entry.background and prompt in entry.prompt for entry in ledger)
