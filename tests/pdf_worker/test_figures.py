"""Formulas, pictures and charts: drawn inside the margins, with text that can be copied, never a way in."""

import base64
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium  # type: ignore[import-untyped] # it has no stubs
import pytest
from PIL import Image

from pdf_worker.render import RenderedPdf, render_report
from pdf_worker.render.blocks import Chart, CodeBlock
from pdf_worker.render.parse import parse
from tests.pdf_worker.rendering import INFO, body_text, page_sizes, page_texts, render, words


def picture(width: int = 40, height: int = 30, kind: str = "PNG") -> bytes:
    """Make a red picture."""
    output = BytesIO()
    Image.new("RGB", (width, height), (200, 20, 20)).save(output, kind)
    return output.getvalue()


def data_uri(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def image_count(rendered: RenderedPdf) -> int:
    kinds = [item.type for page in pdfium.PdfDocument(rendered.content) for item in page.get_objects()]
    return kinds.count(pdfium.raw.FPDF_PAGEOBJ_IMAGE)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_in_the_text_is_shown_with_its_caption(kind: str) -> None:
    rendered = render(f"before ![The plot]({data_uri(picture(80, 70, kind), kind.lower())}) after")
    assert image_count(rendered) == 1
    assert words(body_text(rendered)) == ["before", "Figure", "1.", "The", "plot", "after"]


def test_a_picture_stored_with_the_report_is_shown() -> None:
    info = replace(INFO, images={"artifact:plot.png": picture(3000, 20)})
    assert image_count(render("![P](artifact:plot.png)", info)) == 1
    assert image_count(render("![P](artifact:other.png)", info)) == 0


@pytest.mark.parametrize(
    "source",
    [
        "/etc/hostname",
        "file:///etc/hostname",
        "https://example.com/a.png",
        "data:image/png;base64,AAAA",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64," + base64.b64encode(picture()[:60]).decode(),
    ],
)
def test_anything_else_is_only_named(source: str) -> None:
    rendered = render(f"![The plot]({source})")
    assert image_count(rendered) == 0
    assert words(body_text(rendered)) == ["The", "plot"]


def test_a_picture_that_would_not_fit_memory_is_only_named() -> None:
    bomb = BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    assert words(body_text(render(f"![Big]({data_uri(bomb.getvalue())})"))) == ["Big"]


def test_formulas_are_drawn_and_can_be_copied() -> None:
    rendered = render(r"$$ \frac{\alpha}{2} = \sum_{i=1}^{n} x_i $$")
    assert "\u03b1/2 = \u2211" in body_text(rendered)
    paths = [item.type for item in pdfium.PdfDocument(rendered.content)[1].get_objects()]
    assert pdfium.raw.FPDF_PAGEOBJ_PATH in paths


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{a",
        r"\begin{matrix}",
        r"}{",
        r"\unknowncommand{x}",
        "x" * 3000,
        r"\text{产出} = 3",
        r"\left(",
        "&",
        r"\begin{align} a &= b \\ c &= d \end{align}",
        r"x_{a_{b_{c_{d_{e}}}}}",
        r"\sqrt" * 200,
        "{" * 500,
    ],
)
@pytest.mark.parametrize("form", ["$${}$$", "text ${}$ text", "|a|\n|-|\n|${}$|"])
def test_no_formula_makes_rendering_fail(latex: str, form: str) -> None:
    assert render(form.format(latex) if "{}" in form else form).pages == 2


def test_a_formula_as_wide_as_two_lines_is_made_smaller() -> None:
    terms = " + ".join(f"x_{{{number}}}" for number in range(60))
    rendered = render(f"$${terms}$$")
    width = page_sizes(rendered)[1][0]
    page = pdfium.PdfDocument(rendered.content)[1]
    assert all(item.get_bounds()[2] <= width - 60 for item in page.get_objects())


CHARTS = {
    "pie": '```mermaid\npie showData title Shares\n  "Coal" : 40.5\n  "Wind" : 60\n```',
    "bar": '```mermaid\nxychart-beta\n title "Shares"\n x-axis [Coal, Wind]\n bar [40.5, 60]\n```',
    "line": '```chart\n{"type":"line","title":"Shares","labels":["Coal","Wind"],"values":[40.5,60]}\n```',
}


@pytest.mark.parametrize("kind", CHARTS)
def test_simple_data_is_drawn_as_a_chart_that_names_everything(kind: str) -> None:
    (block,) = parse(CHARTS[kind])
    assert isinstance(block, Chart)
    assert block.kind == kind
    printed = body_text(render(CHARTS[kind]))
    assert all(word in printed for word in ("Coal", "Wind", "40.5", "60", "Figure 1.", "Shares"))


@pytest.mark.parametrize(
    "fence",
    [
        "mermaid\ngraph TD\nA-->B",
        "mermaid\nsequenceDiagram\nA->>B: x",
        'mermaid\npie\n"a" : -1',
        'mermaid\npie\n"a" : 0',
        'chart\n{"type":"bar","labels":["a"],"values":[1,2]}',
        'chart\n{"type":"radar","labels":["a"],"values":[1]}',
        'chart\n{"labels":["a"],"values":[1e400]}',
        'chart\n{"labels":["a"],"values":["x"]}',
        "chart\n[1,2",
        "chart\n" + "[" * 5000,
        "mermaid\nxychart-beta\nbar [1,nan]",
    ],
)
def test_anything_else_stays_code(fence: str) -> None:
    (block,) = parse(f"```{fence}\n```")
    assert isinstance(block, CodeBlock)


@pytest.mark.parametrize("values", [[0, 0], [-5, 3], [-2, -1], [1e-9, 2e-9], [1e12, 1], [None, 4], [7]])
@pytest.mark.parametrize("kind", ["bar", "line", "pie"])
def test_any_numbers_can_be_drawn(kind: str, values: list[float | None]) -> None:
    data = {"type": kind, "labels": ["label " * 9] * len(values), "values": values}
    text = str(data).replace("'", '"').replace("None", "null")
    assert not render_report(f"```chart\n{text}\n```", INFO).degraded


def test_a_figure_keeps_to_its_caption() -> None:
    for lines in range(20, 44, 3):
        texts = page_texts(render("line\\\n" * lines + "end\n\n" + CHARTS["bar"]))
        assert sum("Figure 1." in text and "Coal" in text for text in texts) == 1


def test_a_wide_table_turns_its_page_and_takes_its_heading_along() -> None:
    names = "|".join(f"Responsibility{number}" for number in range(10))
    rendered = render(f"before\n\n## Heading\n\n|{names}|\n{'|-' * 10}|\n|{names}|\n\nafter")
    turned = [width > height for width, height in page_sizes(rendered)]
    assert turned == [False, False, True, False]
    assert "Heading" in page_texts(rendered)[2]


def test_a_theme_file_changes_how_reports_look(tmp_path: Path) -> None:
    from pdf_worker.theme_file import ThemeError, load_theme  # noqa: PLC0415 - used by this test only

    (tmp_path / "logo.png").write_bytes(picture())
    theme = tmp_path / "theme.toml"
    theme.write_text('logo = "logo.png"\n[page]\nsize = "Letter"\nleft = 90\n[colors]\naccent = "#aa0000"\n')
    rendered = render_report("text", INFO, load_theme(theme))
    assert page_sizes(rendered) == [(612, 792)] * 2
    assert image_count(rendered) == 1
    for wrong in (
        "[colours]",
        "[colors]\nacent = '#000000'",
        "[page]\nleft = 390\nright = 390",
        "x",
        "logo = 'x.svg'",
    ):
        theme.write_text(wrong)
        with pytest.raises(ThemeError, match=r"theme\.toml"):
            load_theme(theme)
