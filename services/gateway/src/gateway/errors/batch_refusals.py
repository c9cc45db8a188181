"""What the gateway answers when a batch is not in the state that was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from contracts.batches import BatchStatus
from gateway.errors.problems import FieldError, Problem
from gateway.errors.refusals import answering
from gateway.reading.batches import BatchNotFoundError, KnownBatch

_WAIT_SECONDS = 5


@contextmanager
def batch_answering() -> Iterator[None]:
    """Turn what the sources of batches raise into problems."""
    with answering():
        try:
            yield
        except BatchNotFoundError as error:
            raise batch_not_found(str(error)) from error


def batch_not_found(batch_id: str) -> Problem:
    """Tell that no batch has this id (404)."""
    return Problem(
        404,
        "batch-not-found",
        "There is no such batch",
        f"No batch has the id {batch_id!r}. Check the id; GET /api/batches lists the batches.",
    )


def not_ended(batch: KnownBatch) -> Problem:
    """Say that the archive is made when all reports have ended (409)."""
    ended = sum(count for status, count in batch.counts.items() if status.is_terminal)
    return Problem(
        409,
        "batch-not-ended",
        "The batch has not ended yet",
        f"The archive is made when all reports have ended; {ended} of {batch.total} have.",
        retry_after=_WAIT_SECONDS,
        members={"batch_status": batch.status, "counts": batch.counts},
    )


def no_archive(batch: KnownBatch) -> Problem:
    """Say that the archive could not be made (409)."""
    return Problem(
        409,
        "batch-has-no-archive",
        "The batch has no archive",
        "Its archive could not be made. Its reports are not affected: fetch their PDFs one by one.",
        members={"batch_status": batch.status},
    )


def batch_has_ended(batch: KnownBatch) -> Problem:
    """Say that the batch cannot be cancelled: it has ended, or not begun (409)."""
    begun = batch.status is not BatchStatus.ACCEPTED
    detail = (
        f"The batch is {batch.status}; nothing about it can be changed any more."
        if begun
        else "The batch is accepted and waits to be started. Try again shortly."
    )
    return Problem(
        409,
        "batch-has-ended" if begun else "batch-not-started",
        "The batch has ended" if begun else "The batch has not started yet",
        detail,
        retry_after=None if begun else _WAIT_SECONDS,
        members={"batch_status": batch.status},
    )


def wrong_media_type(sent: str) -> Problem:
    """Tell in which forms a batch can be sent (415)."""
    remedy = "Send application/json, text/csv, or a file as multipart/form-data."
    return Problem(
        415,
        "not-a-batch",
        "The body must be JSON, CSV or a form with a file",
        f"Content-Type: {remedy}" + (f" This was {sent[:100]}." if sent else ""),
        errors=[FieldError(field="Content-Type", detail=remedy)],
        headers={"Accept-Post": "application/json, text/csv, multipart/form-data"},
    )
