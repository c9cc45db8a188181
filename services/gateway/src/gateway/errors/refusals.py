"""What the gateway answers when a report is not in the state that was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from contracts.reports import ReportStatus
from gateway.errors.problems import Problem, not_found, unavailable, wrong_part
from gateway.reading.documents import DocumentDamagedError, DocumentUnavailableError
from gateway.reading.known_report import KnownReport
from gateway.reading.records import RecordsUnavailableError
from gateway.reading.tracker import ReportNotFoundError, ReportStateUnknownError
from gateway.views import address

_WAIT_SECONDS = 2


@contextmanager
def answering() -> Iterator[None]:
    """Turn what the sources of reports raise into problems."""
    try:
        yield
    except ReportNotFoundError as error:
        raise not_found(str(error)) from error
    except ReportStateUnknownError as error:
        detail = f"The state of the report cannot be read now: {error} does not answer. Try again shortly."
        raise unavailable("state", detail) from error
    except RecordsUnavailableError as error:
        detail = "The database does not answer. Reports are not affected; try again shortly."
        raise unavailable("records", detail) from error
    except DocumentUnavailableError as error:
        raise unavailable("documents", "The document store does not answer. Try again shortly.") from error
    except DocumentDamagedError as error:
        raise Problem(
            500,
            "document-damaged",
            "The stored document is damaged",
            "The document is missing from the store or differs from its checksum. It was not sent.",
        ) from error


def not_completed(report: KnownReport) -> Problem:
    """Say why there is no result: not yet, or never (409)."""
    if report.status.is_terminal:
        reason = "It was cancelled." if report.status is ReportStatus.CANCELLED else _why(report)
        return Problem(
            409,
            "report-has-no-result",
            "The report has no result",
            f"The report is {report.status}. {reason}",
            members={"report_status": report.status, **_failure(report)},
        )
    hint = "Decide about its draft" if report.status is ReportStatus.WAITING_FOR_REVIEW else "Ask again"
    return Problem(
        409,
        "report-not-completed",
        "The report is not completed yet",
        f"The report is {report.status}. {hint}, or follow {address(report.workflow_id, 'status')}.",
        retry_after=_WAIT_SECONDS,
        members={"report_status": report.status},
    )


def no_draft(report: KnownReport) -> Problem:
    """Say that nothing has been written to its end yet (409)."""
    return Problem(
        409,
        "no-draft",
        "There is no draft",
        f"The report is {report.status} and has no finished draft. Its events show the text so far.",
        members={"report_status": report.status, **_failure(report)},
    )


def already_ended(report: KnownReport) -> Problem:
    """Say that the report cannot be steered any more (409)."""
    return Problem(
        409,
        "report-has-ended",
        "The report has ended",
        f"The report is {report.status}; nothing about it can be changed any more.",
        members={"report_status": report.status},
    )


def not_started(report: KnownReport) -> Problem:
    """Say that the report waits for its start, and cannot be steered before (409)."""
    return Problem(
        409,
        "report-not-started",
        "The report has not started yet",
        "The request is accepted and waits to be started. Try again shortly.",
        retry_after=_WAIT_SECONDS,
        members={"report_status": report.status},
    )


def key_reused() -> Problem:
    """Say that the idempotency key stands for something else (422)."""
    remedy = "This key was used for another request; send a new key for a new request."
    title = "The idempotency key belongs to another request"
    return wrong_part(422, "idempotency-key-reused", title, field="Idempotency-Key", remedy=remedy)


def _why(report: KnownReport) -> str:
    return report.failure.message if report.failure else "The reason is not recorded."


def _failure(report: KnownReport) -> dict[str, object]:
    return {"failure": report.failure.model_dump(mode="json")} if report.failure else {}
