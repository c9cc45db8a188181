"""What the Temporal UI shows of a report: Markdown for operators, made from what watchers see."""

from datetime import datetime, timedelta

from contracts.reports import ReportMode, ReportProgress, Step
from contracts.workflows import ReportInput

PROMPT_CHARACTERS = 2_000

_DOING = {
    Step.LLM_CALL: "The model writes",
    Step.REVIEW: "The draft waits for a decision",
    Step.CREATE_PDF: "The PDF is made",
    Step.STORE_REPORT_METADATA: "The report's record is written",
    Step.SEND_NOTIFICATION: "The report's end is announced",
}

_UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


def static_details(request: ReportInput) -> str:
    """Say in Markdown what was asked, by whom, and in which way."""
    origin = {name.replace("_", " "): value for name, value in request.origin().items() if value}
    facts = {"producer": request.producer, "tenant": request.report.tenant_id, "mode": request.mode, **origin}
    if request.mode is ReportMode.REVIEW:
        facts["review"] = f"within {length(request.review_timeout)}"
    quoted = "\n".join(f"> {line}" for line in shortened(request.prompt, PROMPT_CHARACTERS).splitlines())
    return "\n".join([quoted, "", *(f"- {name}: {value}" for name, value in facts.items())])


def current_details(progress: ReportProgress) -> str:
    """Say in Markdown what the report does now, and what it waits for."""
    doing = _DOING[progress.step] if progress.step else "The report begins"
    lines = [f"**{doing}** (`{progress.step or 'begin'}`, revision {progress.revision})"]
    if progress.paused:
        lines.append("**Paused**: nothing more is begun until somebody resumes the report.")
    if progress.step is Step.REVIEW and progress.review_until is not None:
        lines.append(f"Waits for approve, revise or reject until {_moment(progress.review_until)}.")
    if progress.draft is not None:
        lines.append(f"Latest draft: `{progress.draft.key}`")
    if progress.revisions:
        cost = "unknown" if progress.cost_usd is None else f"{progress.cost_usd} USD"
        usage = progress.usage
        lines.append(f"Tokens: {usage.input_tokens} in, {usage.output_tokens} out; cost: {cost}")
    if progress.failure is not None:
        lines.append(f"Fails: {progress.failure.message} (`{progress.failure.code}`)")
    return "\n\n".join(lines)


def shortened(text: str, characters: int) -> str:
    """Give the beginning of a text, of `characters` at most."""
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def length(time: timedelta) -> str:
    """Say a length of time as people do: `7 days`, `36 hours`, `90 minutes`."""
    for unit, name in _UNITS:
        if time >= unit and time % unit == timedelta(0):
            count = time // unit
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return f"{time.total_seconds():g} seconds"
