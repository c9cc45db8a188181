"""OUT holds a whole PDF or is left alone, and its default name comes from the question."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from rich.console import Console

from local_stack.errors import StackError
from local_stack.report.pdf_file import write_pdf
from local_stack.report.progress import Progress
from local_stack.report.settings import ReportSettings
from local_stack.report.views import PlainView

PDF = b"%PDF-1.7\nbody\n%%EOF\n"


def test_a_whole_pdf_is_written(tmp_path: Path) -> None:
    write_pdf(PDF, tmp_path / "a.pdf", hashlib.sha256(PDF).hexdigest())
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]
    assert (tmp_path / "a.pdf").read_bytes() == PDF


@pytest.mark.parametrize(("content", "sha256"), [(b"<html>", None), (PDF[:12], None), (PDF, "0" * 64)])
def test_anything_else_leaves_the_old_file(tmp_path: Path, content: bytes, sha256: str | None) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"old")
    with pytest.raises(StackError):
        write_pdf(content, path, sha256)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("What caused the decline of the Aral Sea?", "what-caused-the-decline-of-the-aral-sea.pdf"),
        ("../../etc/passwd $HOME", "etc-passwd-home.pdf"),
        ("¿?!", "report.pdf"),
        ("word " * 50, f"{'-'.join(['word'] * 12)}.pdf"),
    ],
)
def test_the_default_name_is_made_from_the_question(prompt: str, name: str) -> None:
    assert ReportSettings(prompt=prompt).path == Path(name)


def test_the_longest_question_is_counted_as_the_gateway_does() -> None:
    assert ReportSettings(prompt=f" {'x' * 16_000}\n").prompt


@pytest.mark.parametrize(
    ("prompt", "out", "words"),
    [
        (" ", "a.pdf", "PROMPT is missing"),
        ("x" * 16_001, "a.pdf", "it can have 16000"),
        ("q", "nowhere/a.pdf", "no folder"),
        ("q", ".", "is a folder"),
        ("q", "/dev/null", "no ordinary file"),
        ("q", "x" * 300, "File name too long"),
        ("q", "~nobody-of-this-name/a.pdf", "no such home folder"),
        ("not UTF-8: \udcff", "a.pdf", "not text in UTF-8"),
    ],
)
def test_wrong_usage_is_refused_before_anything_starts(prompt: str, out: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ReportSettings(prompt=prompt, out=Path(out))


def test_plain_output_prints_each_line_of_the_text_once() -> None:
    output = io.StringIO()
    view = PlainView(Console(file=output, width=200), started=0.0)
    progress = Progress()
    events: list[tuple[str, dict[str, Any]]] = [
        ("text", {"offset": 0, "text": "# Title\nFirst"}),
        ("text", {"offset": 13, "text": " line\nSecond"}),
        ("progress", {"progress": {"steps": [{"name": "llm_call", "state": "done"}]}}),
        ("completed", {}),
    ]
    for event, data in events:
        progress.apply(event, data)
        view.show(progress)
    printed = [line.strip() for line in output.getvalue().splitlines()]
    assert printed[:3] == ["# Title", "First line", "Second"]
    assert printed[3].endswith("Write the text: done")
    assert len(printed) == 4
