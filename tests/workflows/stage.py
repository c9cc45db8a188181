"""What workflow tests play on: activities that follow a script, and the questions that tests ask."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from contracts.activities.llm import DISCARD_LLM_CALL, LlmActivities, LlmCallInput, LlmCallOutput
from contracts.activities.metadata import MetadataActivities
from contracts.activities.notification import (
    Notification,
    NotificationActivities,
)
from contracts.activities.pdf import CreatePdfInput, CreatePdfOutput, PdfActivities
from contracts.artifacts import ArtifactRef
from contracts.fairness import fair_share
from contracts.reports import (
    ReportKey,
    ReportMode,
    ReportProgress,
    ReportRecord,
    ReportStatus,
    Step,
    TokenUsage,
)
from contracts.task_queues import TaskQueue
from contracts.workflows import PROGRESS_QUERY, REVIEW_TIMEOUT, ReportInput, ReportOutcome
from orchestrator.signs_of_life import SignOfLife
from orchestrator.workflows.generate_report import GenerateReportWorkflow
from tests.workflows.batch_cast import BatchCast

Script = Callable[[], Awaitable[None]]


def artifact(name: str) -> ArtifactRef:
    return ArtifactRef(key=name, sha256="0" * 64, size=1, content_type="text/markdown")


async def succeed() -> None:
    """Go well: the script of a step without trouble."""


class Endless:
    """A step that works until it is cancelled, and succeeds at once when it is begun again."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.stopped = asyncio.Event()

    async def __call__(self) -> None:
        if self.begun.is_set():
            return
        self.begun.set()
        try:
            while True:
                activity.heartbeat()
                await asyncio.sleep(0.05)
        finally:
            self.stopped.set()


@dataclass
class Cast(LlmActivities, PdfActivities, MetadataActivities, NotificationActivities):
    """Every activity of a report; what happens in each is the test's script, what was asked is kept."""

    on_llm_call: Script = succeed
    on_discard: Script = succeed
    on_create_pdf: Script = succeed
    on_store: Script = succeed
    on_send: Script = succeed
    calls: list[LlmCallInput] = field(default_factory=list)
    discarded: list[ReportKey] = field(default_factory=list)
    documents: list[CreatePdfInput] = field(default_factory=list)
    records: list[ReportRecord] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    signs: list[SignOfLife] = field(default_factory=list)
    deaf: bool = False

    @activity.defn(name=Step.LLM_CALL)
    async def llm_call(self, call: LlmCallInput) -> LlmCallOutput:
        await self.on_llm_call()
        self.calls.append(call)
        return LlmCallOutput(
            draft=artifact(f"draft-{call.report.revision}"),
            title="The Aral Sea",
            model="simulated-1",
            usage=TokenUsage(input_tokens=10, output_tokens=100),
            cost_usd=Decimal("0.25"),
            finish_reason="stop",
        )

    @activity.defn(name=DISCARD_LLM_CALL)
    async def discard_llm_call(self, report: ReportKey) -> None:
        await self.on_discard()
        self.discarded.append(report)

    @activity.defn(name=Step.CREATE_PDF)
    async def create_pdf(self, document: CreatePdfInput) -> CreatePdfOutput:
        await self.on_create_pdf()
        self.documents.append(document)
        return CreatePdfOutput(pdf=artifact("pdf"), pages=3)

    @activity.defn(name=Step.STORE_REPORT_METADATA)
    async def store_report_metadata(self, record: ReportRecord) -> None:
        await self.on_store()
        self.records.append(record)

    @activity.defn(name=Step.SEND_NOTIFICATION)
    async def send_notification(self, notification: Notification) -> None:
        await self.on_send()
        self.notifications.append(notification)

    def hear(self, sign: SignOfLife) -> None:
        """Take a sign of life, as a watcher does."""
        if self.deaf:
            raise ConnectionError("nobody listens")
        self.signs.append(sign)


Handle = WorkflowHandle[GenerateReportWorkflow, ReportOutcome]


@dataclass
class Stage:
    """A Temporal with running workers, and their cast."""

    client: Client
    cast: Cast

    async def start(
        self,
        mode: ReportMode = ReportMode.AUTO,
        *,
        review_timeout: timedelta = REVIEW_TIMEOUT,
        requested_by: str | None = None,
    ) -> Handle:
        request_id = uuid4().hex
        key = ReportKey(workflow_id=f"report-{request_id}", request_id=request_id)
        return await self.client.start_workflow(
            GenerateReportWorkflow.run,
            ReportInput(
                report=key,
                producer="test",
                prompt="What caused the decline of the Aral Sea?",
                mode=mode,
                accepted_at=datetime.now(UTC),
                review_timeout=review_timeout,
                review_reminder_after=review_timeout * 2 / 3,
                requested_by=requested_by,
            ),
            id=key.workflow_id,
            task_queue=TaskQueue.REPORTS,
            priority=fair_share(key.tenant_id, requested_by),
        )

    async def progress(self, handle: Handle) -> ReportProgress:
        progress: ReportProgress = await handle.query(PROGRESS_QUERY, result_type=ReportProgress)
        return progress

    async def until(self, handle: Handle, condition: Callable[[ReportProgress], bool]) -> ReportProgress:
        """Ask the workflow until its progress meets the condition; the test's own timeout bounds it."""
        while True:
            progress = await self.progress(handle)
            if condition(progress):
                return progress
            await asyncio.sleep(0.02)

    async def until_scheduled(self, handle: Handle) -> None:
        """Return when the server has the report's call to the model in its queue."""
        async for event in handle.fetch_history_events(wait_new_event=True):
            if event.activity_task_scheduled_event_attributes.activity_type.name == Step.LLM_CALL:
                return

    async def until_waiting(self, handle: Handle, revision: int) -> None:
        """Return when the draft of `revision` waits for a decision."""
        await self.until(
            handle,
            lambda progress: (
                progress.status is ReportStatus.WAITING_FOR_REVIEW and progress.revision == revision
            ),
        )


@dataclass
class TimeSkippingStage(Stage):
    """A stage on which a day passes in a moment."""

    environment: WorkflowEnvironment
    batches: BatchCast
