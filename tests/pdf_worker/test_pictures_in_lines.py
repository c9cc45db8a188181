"""Small pictures inside sentences, as word processors save formulas: set in the line, never a figure."""

import base64
import gc
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped] # it has no stubs
import pytest
from PIL import Image
from pypdf.generic import IndirectObject

from pdf_worker.render import RenderedPdf
from pdf_worker.render.blocks import Block, Heading, ListBlock, Paragraph, Picture, Table, plain_text
from pdf_worker.render.parse import parse
from tests.pdf_worker.rendering import (
    Box,
    body_text,
    boxes_on,
    links,
    page_sizes,
    reader,
    render,
    squeezed,
    words,
)


def data_uri(width: int = 40, height: int = 20) -> str:
    """Make a picture as word processors write it into Markdown."""
    output = BytesIO()
    Image.new("RGBA", (width, height), (20, 20, 200, 255)).save(output, "PNG")
    return f"<data:image/png;base64,{base64.b64encode(output.getvalue()).decode()}>"


def exported(text: str, width: int = 40, height: int = 20) -> str:
    """Write a report whose pictures are defined at its end."""
    return f"{text}\n\n[image1]: {data_uri(width, height)}\n\n[image2]: {data_uri(width + 1, height)}\n"


def boxes(rendered: RenderedPdf) -> list[Box]:
    """Where the pictures of the first page of the text are."""
    objects = pdfium.PdfDocument(rendered.content)[1].get_objects()
    return [item.get_bounds() for item in objects if item.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE]


def in_lines(block: Block) -> list[Picture]:
    assert isinstance(block, Paragraph)
    return [run.style.picture for run in block.runs if run.style.picture]


def test_a_sentence_with_pictures_stays_one_sentence() -> None:
    markdown = exported("where ![][image1] is the mean (![][image2]), **not ![][image1]**.")
    (block,) = parse(markdown)
    assert [picture.width for picture in in_lines(block)] == [40, 41, 40]
    rendered = render(markdown)
    assert squeezed(body_text(rendered)) == "whereisthemean(),not."
    assert rendered.content == render(markdown).content


def test_pictures_stand_on_the_line_between_their_words() -> None:
    rendered = render(exported("xoooo ![][image1] xoooo ![][image2] xoooo"))
    letters = [
        box for character, box in boxes_on(pdfium.PdfDocument(rendered.content)[1]) if character == "x"
    ]
    pictures = boxes(rendered)
    assert len(pictures) == 2
    for before, picture, after in zip(letters[-3:], pictures, letters[-2:], strict=False):
        assert before[2] < picture[0] < picture[2] < after[0]
        assert picture[1] < (before[1] + before[3]) / 2 < picture[3]


@pytest.mark.parametrize(("width", "height"), [(40, 8), (40, 20), (90, 60), (1900, 20)])
def test_pictures_suit_the_text_and_fit_the_page(width: int, height: int) -> None:
    rendered = render(exported("where ![][image1] is the mean", width, height))
    (left, bottom, right, top) = boxes(rendered)[0]
    assert top - bottom <= min(height * 0.75, 1.5 * 10.25) + 0.01
    assert (right - left) / (top - bottom) == pytest.approx(width / height, rel=0.01)
    assert right <= page_sizes(rendered)[1][0] - 69


def test_pictures_stand_in_the_lines_of_lists_and_cells() -> None:
    items, table = parse(exported("- where ![][image1] is\n\n| h ![][image1] |\n|---|\n| ![][image2] |"))
    assert isinstance(items, ListBlock)
    assert in_lines(items.items[0][0])
    assert isinstance(table, Table)
    assert all(run.style.picture for run in table.rows[0][0])
    rendered = render(exported("- where ![][image1] is\n\n| h ![][image1] |\n|---|\n| ![][image2] |"))
    assert len(boxes(rendered)) == 3


def test_a_picture_as_wide_as_its_page_fits_its_cell() -> None:
    rendered = render(exported(f"| a | b |\n|---|---|\n| ![][image1] | {'long text ' * 30} |", 1900, 20))
    (_, _, right, _) = boxes(rendered)[0]
    texts = [box for character, box in boxes_on(pdfium.PdfDocument(rendered.content)[1]) if character == "l"]
    assert right <= min(left for left, *_ in texts if left > 200)


@pytest.mark.parametrize(
    "text",
    [
        "![][image1]",
        "**![][image1]**",
        "![][image1].",
        "before\\\n![][image1]\\\nafter",
        "before  \n![][image1] ![][image2]",
    ],
)
def test_a_picture_on_a_line_of_its_own_is_a_figure(text: str) -> None:
    assert any(isinstance(block, Picture) for block in parse(exported(text)))


def test_a_picture_that_no_line_can_show_or_that_has_a_title_is_a_figure() -> None:
    assert [type(block) for block in parse(exported("a ![][image1] b", 90, 61))] == [
        Paragraph,
        Picture,
        Paragraph,
    ]
    uri = data_uri()
    assert [type(block) for block in parse(f'a ![x]({uri} "T") b')] == [Paragraph, Picture, Paragraph]


def test_what_a_picture_is_called_can_be_copied_and_read_aloud() -> None:
    markdown = (
        f"## The ![x squared]({data_uri()}) law\n\nwhere ![y (1)]({data_uri(90)}) is, or ![]({data_uri()})"
    )
    rendered = render(markdown)
    assert words(body_text(rendered)) == ["The", "x", "squared", "law", "where", "y", "(1)", "is,", "or"]
    root: Any = reader(rendered).root_object["/StructTreeRoot"]
    assert [(parent, text) for parent, text in alternatives(root["/K"])] == [
        ("/H1", "x squared"),
        ("/P", "y (1)"),
        ("/P", "Picture"),
    ]
    heading, _ = parse(markdown)
    assert isinstance(heading, Heading)
    assert plain_text(heading.runs) == "The x squared law"


def test_a_picture_can_be_a_link() -> None:
    rendered = render(f"see [![x]({data_uri()}) more](https://example.org/a) here")
    assert len(boxes(rendered)) == 1
    assert set(links(rendered)) == {"https://example.org/a"}


def test_pictures_stand_in_lines_that_run_from_the_right() -> None:
    rendered = render(exported("אבג ![][image1]![][image1] דהו ![][image2] זחט"))
    second, *adjoining = sorted(boxes(rendered))
    assert [round(right - left, 1) for left, _, right, _ in adjoining] == [28.0, 28.0]
    assert second[2] < adjoining[0][0] < adjoining[0][2] <= adjoining[1][0] + 0.01


def test_the_content_of_a_picture_that_nothing_shows_is_not_printed() -> None:
    assert words(body_text(render(exported("text")))) == ["text"]


def test_pictures_do_not_outlive_their_report() -> None:
    before = pictures_alive()
    render(
        exported("where ![][image1], is ![][image2] (![][image1])\n\n| ![][image1] |\n|---|\n| ![][image2] |")
    )
    assert pictures_alive() == before


def pictures_alive() -> int:
    gc.collect()
    return sum(isinstance(thing, Picture) for thing in gc.get_objects())


def test_pictures_inside_descriptions_of_pictures_are_read_once() -> None:
    uri = data_uri(90, 70)
    (block,) = parse("![" * 60 + "name" + f"]({uri})" * 60)
    assert plain_text(block.caption if isinstance(block, Picture) else ()) == "name"
    long_name = "a very long name " * 400
    assert len(boxes(render(f"where ![{long_name}]({data_uri()}) is"))) == 1


def alternatives(element: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - pypdf's objects are of any kind
    """Return the parent's role and the alternative text of each figure, in reading order."""
    found = []
    kids: list[Any] = [kid.get_object() for kid in element["/K"] if isinstance(kid, IndirectObject)]
    for kid in kids:
        if kid.get("/S") == "/Figure":
            found.append((str(element["/S"]), str(kid["/Alt"])))
        elif "/S" in kid:
            found += alternatives(kid)
    return found
