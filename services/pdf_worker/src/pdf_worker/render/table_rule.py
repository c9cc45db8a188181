"""Tables as models write them: GitHub's, with ragged rows kept whole."""

import re
from collections.abc import Sequence

from markdown_it.rules_block import StateBlock

_DELIMITER = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_FRAMED = re.compile(r"^[ \t]*\|.*\|[ \t]*$")
_RULED = re.compile(r"^[ \t]*\|(?:[ \t]*:?[=-]{3,}:?[ \t]*\|)+[ \t]*$")
_CAPTION = re.compile(r"^: +[^|]*$")
_CELL = re.compile(r"(`+)(?:(?!\1).)*\1|\\.|\$[^$|\s](?:[^$]*[^$\s])?\$(?!\d)|[^|]")
_QUOTING = re.compile(r"[`\\$]")
_MAX_CELLS = 200_000


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Read a table; rows and delimiters may be shorter or longer than the header, and no cell is dropped.

    Rows between pipes without any delimiter are a table too.
    """
    if start + 2 > end or state.is_code_block(start) or state.is_code_block(start + 1):
        return False
    if state.sCount[start + 1] < state.blkIndent:
        return False
    head_line, delimiter_line = _line(state, start), _line(state, start + 1)
    if "|" not in head_line:
        return False
    head = split_cells(head_line)
    delimiters = split_cells(delimiter_line) if _DELIMITER.match(delimiter_line) else []
    if not delimiters:
        is_table = _FRAMED.match(head_line) and _FRAMED.match(delimiter_line) and len(head) > 1
    else:
        is_table = "|" in delimiter_line or len(head) == 1
    if not is_table:
        return False
    if silent:
        return True
    old_parent, state.parentType = state.parentType, "table"
    rows, after = _rows(state, start + (2 if delimiters else 1), end, len(head))
    columns = max(len(head), *(len(row) for row in rows)) if rows else len(head)
    if columns * (len(rows) + 1) > _MAX_CELLS:
        columns = len(head)
    alignments = [_alignment(cell) for cell in delimiters]
    _push(state, [head, *rows], alignments, (start, columns))
    state.parentType = old_parent
    state.line = after
    return True


def split_cells(line: str) -> list[str]:
    r"""Split at pipes that are neither escaped nor inside code or math; `\|` becomes `|`."""
    line = line.strip()
    line = line.removeprefix("|")
    if not _QUOTING.search(line):
        cells = line.split("|")
        return [cell.strip() for cell in (cells if len(cells) == 1 or cells[-1].strip() else cells[:-1])]
    cells = [""]
    position = 0
    while position < len(line):
        if line[position] == "|":
            cells.append("")
            position += 1
            continue
        match = _CELL.match(line, position)
        part = match.group() if match else line[position]
        position += len(part)
        cells[-1] += part.replace("\\|", "|")
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return [cell.strip() for cell in cells]


def _rows(state: StateBlock, line: int, end: int, columns: int) -> tuple[list[list[str]], int]:
    terminators = state.md.block.ruler.getRules("blockquote")
    rows: list[list[str]] = []
    while line < end and state.sCount[line] >= state.blkIndent and len(rows) * columns < _MAX_CELLS:
        text = _line(state, line)
        if not text.strip() or state.is_code_block(line):
            break
        if any(rule(state, line, end, True) for rule in terminators):  # noqa: FBT003 - markdown-it's signature
            break
        if _CAPTION.match(text):
            break
        if not _RULED.match(text):
            rows.append(split_cells(text))
        line += 1
    return rows, line


def _push(
    state: StateBlock, rows: Sequence[Sequence[str]], alignments: Sequence[str], at: tuple[int, int]
) -> None:
    start, columns = at
    state.push("table_open", "table", 1).meta = {"columns": columns, "alignments": alignments}
    for number, row in enumerate(rows):
        line = start + number + (number > 0)
        state.push("tr_open", "tr", 1)
        for cell in row if len(row) <= columns else [*row[: columns - 1], " | ".join(row[columns - 1 :])]:
            state.push("td_open", "td", 1)
            inline = state.push("inline", "", 0)
            inline.map = [line, line + 1]
            inline.content = cell
            inline.children = []
            state.push("td_close", "td", -1)
        state.push("tr_close", "tr", -1)
    state.push("table_close", "table", -1)


def _alignment(delimiter: str) -> str:
    if delimiter.endswith(":"):
        return "center" if delimiter.startswith(":") else "right"
    return "left"


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
