"""A batch as one file: the PDFs of what was made, and a manifest of every row as CSV and as JSON."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import asyncpg

from contracts.artifacts import ArtifactRef
from contracts.batches import BatchRecord, BatchRow
from contracts.failures import Failure
from contracts.reports import ReportStatus

NAME_MAX_CHARACTERS = 60
COLUMNS = (
    "number",
    "workflow_id",
    "status",
    "file",
    "title",
    "prompt",
    "requested_by",
    "model",
    "pages",
    "cost_usd",
    "reason",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NEVER_STARTED = "The batch was cancelled before this report was started."
_WITHOUT_ENDING = "The report ended without a record of its result."


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the manifest; `pdf` is there when there is a file."""

    values: dict[str, Any]
    pdf: ArtifactRef | None


def manifest_of(
    record: BatchRecord, rows: Sequence[BatchRow], reports: Iterable[asyncpg.Record]
) -> list[Entry]:
    """Give an entry for every row of the batch, in their order."""
    known = {report["workflow_id"]: report for report in reports}
    return [
        _entry(record, number, row, known.get(record.report_id(number)))
        for number, row in enumerate(rows, start=1)
    ]


def _entry(record: BatchRecord, number: int, row: BatchRow, report: asyncpg.Record | None) -> Entry:
    status, reason = _outcome(report)
    pdf = ArtifactRef.model_validate_json(report["pdf"]) if report and report["pdf"] else None
    title = report["title"] if report else None
    cost = report["cost_usd"] if report else None
    values = {
        "number": number,
        "workflow_id": record.report_id(number),
        "status": status,
        "file": f"{number:03}-{_slug(title or row.prompt)}.pdf" if pdf else None,
        "title": title,
        "prompt": row.prompt,
        "requested_by": row.requested_by,
        "model": report["model"] if report else None,
        "pages": report["pages"] if report else None,
        "cost_usd": None if cost is None else str(cost),
        "reason": reason,
    }
    return Entry(values, pdf)


def _outcome(report: asyncpg.Record | None) -> tuple[ReportStatus, str | None]:
    if report is None:
        return ReportStatus.CANCELLED, _NEVER_STARTED
    status = ReportStatus(report["status"])
    if not status.is_terminal:
        return ReportStatus.FAILED, _WITHOUT_ENDING
    failure = report["failure"]
    return status, Failure.model_validate_json(failure).message if failure else None


def _slug(text: str) -> str:
    """Make a file name that every system takes; letters of all scripts stay."""
    words = re.sub(r"\W+", "-", unicodedata.normalize("NFC", text)).strip("-_")
    return words[:NAME_MAX_CHARACTERS].strip("-_").lower() or "report"


class ArchiveWriter:
    """A zip whose bytes depend on nothing but its contents and the batch's own time."""

    def __init__(self, path: Path, record: BatchRecord) -> None:
        self._zip = ZipFile(path, "w", allowZip64=True)
        at = record.accepted_at
        self._date_time = (at.year, at.month, at.day, at.hour, at.minute, at.second // 2 * 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def add_pdf(self, entry: Entry, content: bytes) -> None:
        """Add a report; PDFs are compressed already."""
        self._add(entry.values["file"], content, ZIP_STORED)

    def add_manifest(self, manifest: Sequence[Entry]) -> None:
        """Add what became of every row."""
        values = [entry.values for entry in manifest]
        self._add("manifest.csv", _as_csv(values), ZIP_DEFLATED)
        text = json.dumps(values, indent=2, ensure_ascii=False)
        self._add("manifest.json", f"{text}\n".encode(), ZIP_DEFLATED)

    def _add(self, name: str, content: bytes, compression: int) -> None:
        info = ZipInfo(name, self._date_time)
        info.compress_type = compression
        info.create_system = 3
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, content)


def _as_csv(values: Sequence[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for row in values:
        writer.writerow({name: _harmless(value) for name, value in row.items()})
    # With a mark at its start, so that spreadsheet programs read it as UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _harmless(value: object) -> object:
    # A spreadsheet program would run what looks like a formula.
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
