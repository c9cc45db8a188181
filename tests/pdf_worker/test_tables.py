"""Tables stay inside the page, lose nothing, and say on each page what their columns are."""

import pypdfium2 as pdfium  # type: ignore[import-untyped] # it has no stubs
import pytest

from pdf_worker.render import RenderedPdf
from pdf_worker.theme import DEFAULT
from tests.pdf_worker.rendering import (
    body_text,
    boxes_on,
    character_boxes,
    page_texts,
    render,
    squeezed,
    words,
)


def table(columns: int, rows: int, cell: str = "cell") -> str:
    """Make a table whose cells can be told apart."""
    lines = ["|".join(f"head{column}" for column in range(columns)), "|".join(["---"] * columns)]
    lines += ["|".join(f"{cell}{row}x{column}" for column in range(columns)) for row in range(rows)]
    return "\n".join(f"|{line}|" for line in lines)


def assert_inside_margins(rendered: RenderedPdf) -> None:
    """Every character is between the left and right margin and on the page."""
    for page in pdfium.PdfDocument(rendered.content):
        width, height = page.get_size()
        left, right = DEFAULT.margins.left, width - DEFAULT.margins.right
        for character, (x0, y0, x1, y1) in boxes_on(page):
            assert left - 2 <= x0, character
            assert x1 <= right + 2, character
            assert y0 >= 0, character
            assert y1 <= height, character


@pytest.mark.parametrize("columns", [1, 2, 5, 8, 12, 14, 20, 60])
def test_any_number_of_columns_is_printed_inside_the_margins(columns: int) -> None:
    rendered = render(table(columns, 4, "some longer cell text "))
    assert_inside_margins(rendered)
    text = squeezed(body_text(rendered))
    assert all(f"{row}x{column}" in text for row in range(4) for column in range(columns))


def test_words_wider_than_their_column_are_broken_inside_it() -> None:
    word = "incomprehensibilities" * 6
    rendered = render(f"|a|b|c|\n|-|-|-|\n|{word}|{word}|{word}|")
    assert_inside_margins(rendered)
    assert squeezed(body_text(rendered)).count("inc") == 18


def test_the_header_is_repeated_on_every_page() -> None:
    texts = page_texts(render(table(3, 200)))[1:]
    assert len(texts) > 3
    for text in texts:
        assert text.count("head0 head1 head2") == 1
    assert sum(text.count("cell") for text in texts) == 600


def test_a_row_taller_than_a_page_continues_on_the_next() -> None:
    tall = " ".join(f"word{number}" for number in range(3000))
    rendered = render(f"|a|b|\n|-|-|\n|{tall}|short|\n|after|row|")
    assert_inside_margins(rendered)
    assert rendered.pages > 3
    printed = words(body_text(rendered))
    assert [word for word in printed if word.startswith("word")] == tall.split()
    assert printed.count("short") == printed.count("after") == 1


def test_a_header_taller_than_a_page_is_printed_once() -> None:
    tall = " ".join(f"word{number}" for number in range(2000))
    rendered = render(f"|{tall}|b|\n|-|-|\n|x|y|")
    assert [word for word in words(body_text(rendered)) if word.startswith("word")] == tall.split()


def test_columns_are_aligned_as_the_table_says() -> None:
    rendered = render("|left|middle|right|\n|:--|:-:|--:|\n|Lw wide text|Mw wide text|Rw wide text|\n|l|m|r|")
    edges: dict[str, list[tuple[float, float]]] = {"l": [], "m": [], "r": []}
    boxes = list(character_boxes(rendered))[-3:]
    wide = [box for character, box in character_boxes(rendered) if character in "LMR"][-3:]
    for (character, (x0, _, x1, _)), (wide_x0, _, _, _) in zip(boxes, wide, strict=True):
        edges[character] = [(x0, x1), (wide_x0, wide_x0)]
    assert edges["l"][0][0] == pytest.approx(edges["l"][1][0], abs=2)
    assert edges["m"][0][0] > edges["m"][1][0] + 10
    assert edges["r"][0][0] > edges["r"][1][0] + 30
