"""What the services behind the gateway would have written and told."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from contracts.artifacts import draft_key, pdf_key
from contracts.events import EventType, Occurrence, ReportProgressed, envelope, event_id
from contracts.live import LiveStatus, LiveText, LiveWait
from contracts.reports import ReportProgress, ReportRecord, ReportStatus, Step, TokenUsage
from contracts.subjects import event, live_status, live_text
from gateway.live.viewing import ToldEvent
from runtime.artifacts import ArtifactStore
from runtime.bus import Bus

TEXT = "# The Aral Sea\n\nIts rivers were led to **cotton** fields. <script>alert(1)</script>\n"
PDF = b"%PDF-1.7 not a real one\n"


def a_record(workflow_id: str, status: ReportStatus, **fields: object) -> ReportRecord:
    """A row as the orchestrator writes it."""
    accepted_at = datetime.now(UTC)
    values = {
        "workflow_id": workflow_id,
        "request_id": workflow_id.removeprefix("report-"),
        "producer": "gateway",
        "status": status,
        "prompt": "What caused the decline of the Aral Sea?",
        "accepted_at": accepted_at,
        "started_at": accepted_at + timedelta(milliseconds=50),
    }
    return ReportRecord.model_validate(values | fields)


async def completed_record(artifacts: ArtifactStore, workflow_id: str, **fields: object) -> ReportRecord:
    """Store the documents of a report that is done, and give its row."""
    draft = await artifacts.put_once(draft_key("default", workflow_id, 1), TEXT.encode(), "text/markdown")
    pdf = await artifacts.put_once(pdf_key("default", workflow_id, 1), PDF, "application/pdf")
    values = {
        "title": "The Aral Sea",
        "model": "simulated-1",
        "draft": draft,
        "pdf": pdf,
        "pages": 3,
        "usage": TokenUsage(input_tokens=10, output_tokens=200),
        "cost_usd": "0.0123",
        "finished_at": datetime.now(UTC),
    }
    return a_record(workflow_id, ReportStatus.COMPLETED, **(values | fields))


def progress_of(workflow_id: str, step: Step = Step.LLM_CALL, **fields: object) -> ReportProgress:
    """Give the progress of a report that runs."""
    values = {
        "workflow_id": workflow_id,
        "request_id": workflow_id.removeprefix("report-"),
        "status": ReportStatus.RUNNING,
        "step": step,
    }
    return ReportProgress.model_validate(values | fields)


async def tell(bus: Bus, data: ToldEvent, about: str = "") -> None:
    """Put an event on the bus, confirmed."""
    identifier = event_id(data.workflow_id, data.type, about)
    occurrence = Occurrence(event_id=identifier, source="/test", occurred_at=datetime.now(UTC))
    await bus.publish(event(data.type), envelope(data, occurrence), message_id=identifier)


async def tell_progress(bus: Bus, workflow_id: str, step: Step) -> None:
    """Tell that a report is at a step."""
    progress = progress_of(workflow_id, step)
    data = ReportProgressed(
        workflow_id=workflow_id, request_id=progress.request_id, progress=progress, type=EventType.PROGRESS
    )
    await tell(bus, data, about=step)


async def tell_status(
    bus: Bus, workflow_id: str, attempt: int = 1, wait: LiveWait | None = None, written: int = 0
) -> None:
    """Put what a step is doing on the bus, confirmed."""
    status = LiveStatus(
        workflow_id=workflow_id,
        revision=1,
        step=Step.LLM_CALL,
        attempt=attempt,
        wait=wait,
        usage=TokenUsage(input_tokens=10, output_tokens=written),
        occurred_at=datetime.now(UTC),
    )
    await bus.publish(live_status(workflow_id), status, message_id=f"{workflow_id}.{uuid4()}")


async def write(bus: Bus, workflow_id: str, offset: int, text: str, *, attempt: int = 1) -> None:
    """Put a piece of live text on the bus, confirmed."""
    piece = LiveText(workflow_id=workflow_id, revision=1, attempt=attempt, offset=offset, text=text)
    message_id = f"{workflow_id}.{attempt}.{offset}"
    await bus.publish(live_text(workflow_id), piece, message_id=message_id)
