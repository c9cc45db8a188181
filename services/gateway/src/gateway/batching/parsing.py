"""From what was sent to the rows of a batch; one wrong row, and nothing of it is started."""

import csv
import io
from collections.abc import Iterator
from typing import Annotated, Any

from litestar.exceptions import SerializationException
from litestar.serialization import decode_json
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from contracts.batches import BATCH_MAX_ROWS, BatchRow
from contracts.commands import Prompt
from contracts.origin import RequestedBy
from contracts.reports import ReportMode
from contracts.schedules import Name
from gateway.errors.invalid_input import BODY, field_errors
from gateway.errors.problems import FieldError

COLUMNS = ("prompt", "mode", "requested_by")
DELIMITERS = ",;\t"
ERRORS_SHOWN = 20


class InvalidBatchError(Exception):
    """What was sent is no batch: each field or cell that is wrong, and the remedy."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(str(errors))
        self.errors = errors


class RowRequest(BaseModel):
    """One report; a text alone is its prompt. What it leaves out, the batch says for all."""

    model_config = ConfigDict(extra="forbid")

    prompt: Prompt
    mode: ReportMode | None = None
    requested_by: RequestedBy | None = None

    @model_validator(mode="before")
    @classmethod
    def _prompt_alone(cls, value: Any) -> Any:  # noqa: ANN401 - anything may have been sent
        return {"prompt": value} if isinstance(value, str) else value


def _not_too_many(rows: Any) -> Any:  # noqa: ANN401 - anything may have been sent
    if isinstance(rows, list) and len(rows) > BATCH_MAX_ROWS:
        raise ValueError(f"has {len(rows):,} rows; send {BATCH_MAX_ROWS} at most, the rest as another batch")
    return rows


class BatchDefaults(BaseModel):
    """What a batch says of all its rows, besides its name."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    requested_by: RequestedBy | None = None
    mode: ReportMode = ReportMode.AUTO


class BatchRequest(BatchDefaults):
    """The prompts to write reports about, each a text or an object of its own."""

    prompts: Annotated[list[RowRequest], Field(min_length=1), BeforeValidator(_not_too_many)]

    def rows(self) -> list[BatchRow]:
        """Give the rows, each with what the batch says for all."""
        return [
            BatchRow(
                prompt=row.prompt,
                mode=row.mode or self.mode,
                requested_by=row.requested_by or self.requested_by,
            )
            for row in self.prompts
        ]


def from_json(content: bytes, fields: dict[str, Any]) -> BatchRequest:
    """Read a JSON object as in `BatchRequest`, or a list that is its `prompts`; `fields` fill in the rest.

    Raises:
        InvalidBatchError: it is not one.

    """
    try:
        sent = decode_json(content)
    except (SerializationException, UnicodeDecodeError, RecursionError) as error:
        raise InvalidBatchError(
            [FieldError(field=BODY, detail='Send JSON in UTF-8, such as {"prompts": ["…", "…"]}.')]
        ) from error
    if isinstance(sent, list):
        sent = {"prompts": sent}
    if not isinstance(sent, dict):
        raise InvalidBatchError([FieldError(field=BODY, detail="This must be a JSON object or a list.")])
    return _request({**fields, **sent})


def from_lines(text: str, fields: dict[str, Any]) -> BatchRequest:
    """Read prompts, one on each line.

    Raises:
        InvalidBatchError: there are none, too many, or one that is too long.

    """
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not numbered:
        raise _broken("Write a question on a line, or choose a CSV or JSON file.", "prompts")
    try:
        return _request({**fields, "prompts": [line for _, line in numbered]})
    except InvalidBatchError as invalid:
        lines = [number for number, _ in numbered]
        raise InvalidBatchError([_on_line(error, lines) for error in invalid.errors]) from invalid


def _on_line(error: FieldError, lines: list[int]) -> FieldError:
    parts = error.field.split(".")
    if parts[0] != "prompts" or len(parts) < 3:
        return error
    return FieldError(field="prompts", detail=f"Line {lines[int(parts[1])]}: {error.detail}")


def from_csv(content: bytes, fields: dict[str, Any]) -> BatchRequest:
    """Read a table with the column `prompt`, and `mode` and `requested_by` if it likes.

    Columns are separated by commas, semicolons or tabs, as spreadsheet programs save them.

    Raises:
        InvalidBatchError: it is not one; rows are counted as a spreadsheet program does, the header as row 1.

    """
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline=None).read()
    except UnicodeDecodeError as error:
        raise _broken("Save the file as UTF-8.") from error
    try:
        numbered = list(_cells(text))
    except csv.Error as error:
        raise _broken(
            f"The table cannot be read ({error}). Put quotes around cells with line breaks."
        ) from error
    try:
        return _request({**fields, "prompts": [cells for _, cells in numbered]})
    except InvalidBatchError as invalid:
        rows = [row for row, _ in numbered]
        raise InvalidBatchError([_in_table(error, rows) for error in invalid.errors]) from invalid


def _cells(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(DELIMITERS, key=header.count), strict=True)
    names = [name.strip().lower() for name in next(reader, [])]
    if "prompt" not in names:
        raise _broken("The first row must name the columns, and one of them must be prompt.", "row 1")
    if unknown := [name for name in names if name not in COLUMNS]:
        raise _broken(f"There is no column {unknown[0][:40]!r}; use {', '.join(COLUMNS)}.", "row 1")
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        raise _broken(f"The column {twice[0]} is there twice; leave one of them out.", "row 1")
    for number, cells in enumerate(reader, start=2):
        if len(cells) > len(names):
            raise _broken("It has more cells than the first row; put quotes around commas.", f"row {number}")
        if any(cell.strip() for cell in cells):
            # An empty cell says nothing, except for the prompt, which must say something.
            filled = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
            yield number, {"prompt": "", **filled}


def _broken(remedy: str, place: str = BODY) -> InvalidBatchError:
    return InvalidBatchError([FieldError(field=place, detail=remedy)])


def _in_table(error: FieldError, rows: list[int]) -> FieldError:
    parts = error.field.split(".")
    if parts[0] != "prompts" or len(parts) < 3:
        return FieldError(field="rows" if parts[0] == "prompts" else error.field, detail=error.detail)
    return FieldError(field=f"row {rows[int(parts[1])]}, column {parts[2]}", detail=error.detail)


def _request(fields: dict[str, Any]) -> BatchRequest:
    try:
        return BatchRequest.model_validate(fields)
    except ValidationError as error:
        raise InvalidBatchError(field_errors(error.errors()[:ERRORS_SHOWN])) from error
