"""One full example of every message on a wire."""

from datetime import UTC, datetime
from decimal import Decimal

from contracts.activities.llm import LlmCallInput, LlmCallOutput, StoredAnswer
from contracts.activities.notification import Notification
from contracts.activities.pdf import CreatePdfInput, CreatePdfOutput
from contracts.artifacts import ArtifactRef
from contracts.batches import (
    BatchInput,
    BatchProgress,
    BatchRecord,
    BatchReport,
    BatchRow,
    BatchRows,
    BatchStatus,
    SubmitBatch,
)
from contracts.commands import GenerateReport
from contracts.dead_letters import DeadLetter
from contracts.events import (
    BatchEnded,
    Occurrence,
    ReportAccepted,
    ReportCancelled,
    ReportCompleted,
    ReportDraftReady,
    ReportEvent,
    ReportFailed,
    ReportPaused,
    ReportProgressed,
    ReportRejected,
    ReportResumed,
    ReportReviewReminder,
    ReportStarted,
    envelope,
    event_id,
)
from contracts.failures import Failure, FailureCode, RejectionReason
from contracts.live import LiveStatus, LiveText, LiveWait, LiveWaitReason
from contracts.model import WireModel
from contracts.reports import (
    ReportKey,
    ReportMode,
    ReportProgress,
    ReportRecord,
    ReportStatus,
    RevisionProgress,
    Step,
    StepProgress,
    StepState,
    TokenUsage,
)
from contracts.schedules import DueReport, Overlap, ScheduleDefinition, ScheduledReport, Weekday, Weekly
from contracts.workflows import Decision, DecisionKind, ReportInput, ReportOutcome

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
REQUEST_ID = "4f6b1b8e"
WORKFLOW_ID = "report-4f6b1b8e"
PROMPT = "What caused the decline of the Aral Sea?"
KEY = ReportKey(workflow_id=WORKFLOW_ID, request_id=REQUEST_ID, tenant_id="acme", revision=2)
DRAFT = ArtifactRef(
    key=f"acme/{WORKFLOW_ID}/r2/draft.md", sha256="a" * 64, size=1200, content_type="text/markdown"
)
PDF = ArtifactRef(
    key=f"acme/{WORKFLOW_ID}/r2/report.pdf", sha256="b" * 64, size=34_000, content_type="application/pdf"
)
USAGE = TokenUsage(input_tokens=120, output_tokens=900)
FAILURE = Failure(
    code=FailureCode.PROVIDER_REJECTED_KEY,
    message="The provider does not accept the API key.",
    step=Step.LLM_CALL,
)
PROGRESS = ReportProgress(
    **KEY.model_dump(),
    status=ReportStatus.RUNNING,
    step=Step.LLM_CALL,
    mode=ReportMode.REVIEW,
    steps=[StepProgress(name=Step.LLM_CALL, state=StepState.RUNNING, started_at=NOW)],
    title="The Aral Sea",
    draft=DRAFT,
    started_at=NOW,
    updated_at=NOW,
)
COMPLETED = ReportCompleted(
    **KEY.model_dump(),
    title="The Aral Sea",
    model="gpt-4o",
    pages=3,
    pdf=PDF,
    draft=DRAFT,
    usage=USAGE,
    cost_usd=Decimal("0.0123"),
)
BATCH = SubmitBatch(
    batch_id="7c1e",
    tenant_id="acme",
    name="Rivers",
    requested_by="ada",
    rows=ArtifactRef(
        key="acme/batch-7c1e/rows.json", sha256="c" * 64, size=120, content_type="application/json"
    ),
    total=2,
    requested_at=NOW,
    traceparent=TRACEPARENT,
)
ARCHIVE = ArtifactRef(
    key="acme/batch-7c1e/archive.zip", sha256="d" * 64, size=64_000, content_type="application/zip"
)
SCHEDULED = ScheduledReport(
    schedule_id="9a2f",
    tenant_id="acme",
    definition=ScheduleDefinition(
        name="River news",
        prompt=PROMPT,
        mode=ReportMode.REVIEW,
        requested_by="ada",
        calendar=Weekly(days=[Weekday.MONDAY, Weekday.FRIDAY], at="07:30"),
        time_zone="Europe/Berlin",
        overlap=Overlap.BUFFER_ONE,
        catch_up_seconds=600,
        pause_on_failure=True,
    ),
)
EVENTS: dict[str, ReportEvent] = {
    "accepted": ReportAccepted(**KEY.model_dump(), producer="gateway", mode=ReportMode.AUTO),
    "started": ReportStarted(**KEY.model_dump(), progress=PROGRESS),
    "progress": ReportProgressed(**KEY.model_dump(), progress=PROGRESS),
    "draft_ready": ReportDraftReady(**KEY.model_dump(), title="The Aral Sea", draft=DRAFT),
    "review_reminder": ReportReviewReminder(
        **KEY.model_dump(), title="The Aral Sea", draft=DRAFT, decide_by=NOW
    ),
    "paused": ReportPaused(**KEY.model_dump(), progress=PROGRESS),
    "resumed": ReportResumed(**KEY.model_dump(), progress=PROGRESS),
    "completed": COMPLETED,
    "failed": ReportFailed(**KEY.model_dump(), failure=FAILURE),
    "cancelled": ReportCancelled(**KEY.model_dump()),
    "rejected": ReportRejected(
        producer="crm",
        request_id="order-17",
        tenant_id="acme",
        reason=RejectionReason.INVALID,
        detail="prompt: Field required",
        stream_sequence=9,
    ),
    "batch_ended": BatchEnded(
        workflow_id=BATCH.workflow_id,
        batch_id=BATCH.batch_id,
        tenant_id="acme",
        status=BatchStatus.COMPLETED,
        total=2,
        counts={ReportStatus.COMPLETED: 1, ReportStatus.FAILED: 1},
        archive=ARCHIVE,
    ),
}


def _event(word: str, data: ReportEvent) -> WireModel:
    occurrence = Occurrence(
        event_id=event_id(WORKFLOW_ID, data.type),
        source="/durable-reports/orchestrator",
        occurred_at=NOW,
        traceparent=TRACEPARENT,
    )
    assert data.type.word == word
    return envelope(data, occurrence)


MESSAGES: dict[str, WireModel] = {
    **{f"event.{word}": _event(word, data) for word, data in EVENTS.items()},
    "command.generate_report": GenerateReport(
        prompt=PROMPT,
        request_id=REQUEST_ID,
        tenant_id="acme",
        mode=ReportMode.REVIEW,
        requested_at=NOW,
        traceparent=TRACEPARENT,
    ),
    "dead_letter": DeadLetter(
        subject="reports.v1.request.crm",
        stream="REPORT_REQUESTS",
        stream_sequence=9,
        deliveries=1,
        reason=RejectionReason.NOT_JSON,
        detail='Send a JSON object such as {"prompt": "…"}.',
        headers={"Nats-Msg-Id": "crm-17"},
        payload_base64="eyJwcm9tcHQ=",
        failed_at=NOW,
    ),
    "live_text": LiveText(
        workflow_id=WORKFLOW_ID, tenant_id="acme", revision=2, attempt=1, offset=40, text="# The Aral"
    ),
    "live_status": LiveStatus(
        workflow_id=WORKFLOW_ID,
        tenant_id="acme",
        revision=2,
        step=Step.LLM_CALL,
        attempt=3,
        wait=LiveWait(
            reason=LiveWaitReason.RATE_LIMIT, message="The provider asked to wait for 20 s.", until=NOW
        ),
        usage=USAGE,
        usage_estimated=True,
        cost_usd=Decimal("0.0123"),
        occurred_at=NOW,
    ),
    "workflow.input": ReportInput(
        report=KEY,
        producer="gateway",
        prompt=PROMPT,
        mode=ReportMode.REVIEW,
        accepted_at=NOW,
        traceparent=TRACEPARENT,
    ),
    "workflow.outcome": ReportOutcome(
        workflow_id=WORKFLOW_ID, status=ReportStatus.COMPLETED, revision=2, draft=DRAFT, pdf=PDF
    ),
    "workflow.decision": Decision(
        revision=2, decision=DecisionKind.REVISE, instructions="Name the rivers.", decided_by="ada"
    ),
    "workflow.progress": PROGRESS,
    "workflow.progress.in_review": ReportProgress(
        **KEY.model_dump(),
        status=ReportStatus.WAITING_FOR_REVIEW,
        step=Step.REVIEW,
        mode=ReportMode.REVIEW,
        steps=[StepProgress(name=Step.REVIEW, state=StepState.RUNNING, started_at=NOW)],
        title="The Aral Sea",
        draft=DRAFT,
        paused=True,
        revisions=[
            RevisionProgress(
                revision=2,
                instructions="Name the rivers.",
                draft=DRAFT,
                title="The Aral Sea",
                model="gpt-4o",
                usage=USAGE,
                cost_usd=Decimal("0.0123"),
                written_at=NOW,
            )
        ],
        usage=USAGE,
        cost_usd=Decimal("0.0123"),
        review_until=NOW,
        started_at=NOW,
        updated_at=NOW,
    ),
    "activity.llm_call.input": LlmCallInput(
        report=KEY, prompt=PROMPT, previous_draft=DRAFT, instructions=["Name the rivers."]
    ),
    "activity.llm_call.output": LlmCallOutput(
        draft=DRAFT,
        title="The Aral Sea",
        model="gpt-4o",
        usage=USAGE,
        cost_usd=Decimal("0.0123"),
        finish_reason="stop",
    ),
    "artifact.stored_answer": StoredAnswer(
        text="# The Aral Sea\n",
        title="The Aral Sea",
        model="gpt-4o",
        usage=USAGE,
        cost_usd=Decimal("0.0123"),
        finish_reason="stop",
    ),
    "activity.create_pdf.input": CreatePdfInput(
        report=KEY, draft=DRAFT, title="The Aral Sea", prompt=PROMPT, model="gpt-4o", written_at=NOW
    ),
    "activity.create_pdf.output": CreatePdfOutput(pdf=PDF, pages=3, degraded=True),
    "activity.store_report_metadata.input": ReportRecord(
        **KEY.model_dump(),
        producer="gateway",
        status=ReportStatus.FAILED,
        prompt=PROMPT,
        mode=ReportMode.REVIEW,
        title="The Aral Sea",
        model="gpt-4o",
        draft=DRAFT,
        pdf=PDF,
        pages=3,
        usage=USAGE,
        cost_usd=Decimal("0.0123"),
        failure=FAILURE,
        accepted_at=NOW,
        started_at=NOW,
        finished_at=NOW,
    ),
    "activity.send_notification.input": Notification(
        event_id=event_id(WORKFLOW_ID, COMPLETED.type),
        occurred_at=NOW,
        traceparent=TRACEPARENT,
        event=COMPLETED,
    ),
    "command.submit_batch": BATCH,
    "artifact.batch_rows": BatchRows(
        rows=[
            BatchRow(prompt=PROMPT, mode=ReportMode.REVIEW, requested_by="ada"),
            BatchRow(prompt="And now?"),
        ]
    ),
    "workflow.batch_input": BatchInput(**BATCH.model_dump(), producer="gateway", accepted_at=NOW),
    "workflow.batch_progress": BatchProgress(
        batch_id=BATCH.batch_id,
        tenant_id="acme",
        status=BatchStatus.COMPLETED,
        total=2,
        counts={ReportStatus.COMPLETED: 1, ReportStatus.FAILED: 1},
        reports=[
            BatchReport(number=1, workflow_id=BATCH.report_id(1), status=ReportStatus.COMPLETED),
            BatchReport(number=2, workflow_id=BATCH.report_id(2), status=ReportStatus.FAILED),
        ],
        archive=ARCHIVE,
    ),
    "activity.store_batch.input": BatchRecord(
        **BATCH.model_dump(include=set(BatchRecord.model_fields)),
        status=BatchStatus.COMPLETED,
        archive=ARCHIVE,
        accepted_at=NOW,
        finished_at=NOW,
    ),
    "workflow.scheduled_report": SCHEDULED,
    "activity.accept_due_report.input": DueReport(scheduled=SCHEDULED, due_at=NOW, accepted_at=NOW),
}
