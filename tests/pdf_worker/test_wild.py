"""Reports as other systems write them, with everything that goes wrong in practice."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium  # type: ignore[import-untyped] # it has no stubs
import pytest

from pdf_worker.render import RenderedPdf
from tests.pdf_worker.rendering import body_text, boxes_on, page_texts, render, squeezed

WILD = sorted((Path(__file__).parent / "wild").glob("*.md"))
MARGIN = 60
_HIDDEN = re.compile(
    r"""<!--.*?-->          # comments
    |</?[A-Za-z][^<>\n]*>   # tags
    |\]\(<?[^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s"[^"]*")?>?\)  # where links lead
    |^[ ]*(?:```|~~~).*$    # what a fence is of
    |\[\^\w+\]:?            # labels of notes
    |!\[\]\[\w+\]|^\[\w+\]:[ ]<data:\S*  # pictures
    |^[ ]*>[ ]\[!\w+\]      # kinds of callouts
    |\$[^$\n]+\$|\\\(.*?\\\)|\\\[.*?\\\]|\$\$.*?\$\$  # formulas
    |&\#?\w+;               # references
    |\u2020source
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


@cache
def rendered(report: Path) -> RenderedPdf:
    return render(report.read_text("utf-8"))


def shown_words(markdown: str) -> Iterator[str]:
    """Words that a reader is to see, as far as a simple expression can tell."""
    for word in re.findall(r"[^\W_]{2,}", unicodedata.normalize("NFKC", _HIDDEN.sub(" ", markdown))):
        # A reader's program may put what stands on two lines, or in two directions, apart.
        yield from re.findall(r"[\u2e80-\uffff]|[^\u2e80-\uffff]+", word)


@pytest.mark.parametrize("report", WILD, ids=lambda path: path.stem)
def test_no_glyph_is_missing(report: Path) -> None:
    assert rendered(report).missing == ""


@pytest.mark.parametrize(
    "report", [path for path in WILD if "formulas" not in path.stem], ids=lambda path: path.stem
)
def test_every_word_is_printed_in_order(report: Path) -> None:
    printed = squeezed(body_text(rendered(report)).replace("\N{SOFT HYPHEN}", ""))
    position = 0
    for word in shown_words(report.read_text("utf-8").replace("\N{SOFT HYPHEN}", "")):
        found = printed.find(word, position)
        assert found >= 0, f"{word!r} is not printed after {printed[max(0, position - 60) : position]!r}"
        position = found + len(word)


@pytest.mark.parametrize("report", WILD, ids=lambda path: path.stem)
def test_nothing_leaves_the_text_area(report: Path) -> None:
    for page in list(pdfium.PdfDocument(rendered(report).content))[1:]:
        width, height = page.get_size()
        for character, (left, bottom, right, top) in boxes_on(page):
            assert left > MARGIN and right < width - MARGIN, character  # noqa: PT018 - one area
            assert bottom > 30 and top < height - 30, character  # noqa: PT018 - as above


@pytest.mark.parametrize("name", ["chinese_research", "english_research"])
def test_no_mark_of_markdown_is_left(name: str) -> None:
    (report,) = (path for path in WILD if path.stem == name)
    printed = body_text(rendered(report))
    for mark in ("**", "](", "## ", "|--", "<br"):
        assert mark not in printed, printed[printed.find(mark) - 30 :][:80]


def test_prices_stay_prices_beside_formulas() -> None:
    (report,) = (path for path in WILD if path.stem == "money_and_formulas")
    printed = " ".join(body_text(rendered(report)).split())
    assert "It costs $5 and $10, or between $1.5B and $2B. From $100 to $200 per kWh" in printed
    assert "The price is $20/month (was $30). x is a variable, E = mc2, cost = 5 × n." in printed  # noqa: RUF001 - the sign itself
    assert "$400M vs $500M; $1 = €0.9; earn $$$ fast." in printed
    assert "\\" not in printed


def test_a_caption_never_parts_from_the_table_above_it() -> None:
    """Whatever number of rows stands above it, and wherever on the page."""
    parts = []
    for number in range(60):
        rows = "\n".join(f"| cell {row} | {row} |" for row in range(number % 11 + 1))
        parts.append(
            f"{'text ' * (number * 7 % 90)}\n\n| a | b |\n|---|---|\n{rows}\n\nTable {number}: The caption"
        )
    for text in page_texts(render("\n\n".join(parts)))[1:]:
        first = text.split("\n")[2]  # below title, report id and page number
        assert not first.startswith("Table"), first


def test_a_report_of_200_kilobytes_keeps_every_word() -> None:
    words = [f"w{number}" for number in range(10_000)]
    paragraphs = [" and so it went on ".join(words[at : at + 40]) for at in range(0, len(words), 40)]
    markdown = "\n\n".join(
        f"## Part {number}\n\n{text}" if number % 5 else text for number, text in enumerate(paragraphs)
    )
    assert len(markdown) > 200_000
    printed = squeezed(body_text(render(markdown)))
    position = 0
    for word in words:
        position = printed.index(word, position)
