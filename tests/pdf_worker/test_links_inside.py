# ruff: noqa: RUF001 - the characters are what is tested
"""Citations and notes lead to their sources and back; nothing leads nowhere."""

import pytest

from pdf_worker.render import RenderedPdf
from tests.pdf_worker.rendering import page_texts, reader, render

FILLER = "\n\n" + "A paragraph of text that fills the page.\n\n" * 60


def jumps(rendered: RenderedPdf) -> list[tuple[int, int]]:
    """Return (from page, to page) of all links inside the document, in drawing order."""
    document = reader(rendered)
    numbers = {
        page.indirect_reference.idnum: number
        for number, page in enumerate(document.pages)
        if page.indirect_reference
    }
    return [
        (number, numbers[target[0].idnum])
        for number, page in enumerate(document.pages)
        for annotation in page.get("/Annots", [])
        if (target := annotation.get_object().get("/Dest"))
    ]


SOURCES = {
    "list": "## References\n\n1. First\n2. Second\n3. Third",
    "brackets": "## Sources\n\n[1] First\n[2] Second\n[3] Third",
    "bullets": "## 参考文献\n\n- [1] First\n- [2] Second\n- [3] Third",
    "paragraphs": "**References:**\n\n[1] First\n\n[2] Second\n\n[3] Third",
    "definitions": "[1]: https://a.example\n[2]: https://b.example\n[3]: https://c.example",
}


@pytest.mark.parametrize("sources", SOURCES.values(), ids=SOURCES.keys())
def test_citations_and_sources_lead_to_each_other(sources: str) -> None:
    rendered = render(f"One claim [1]. Another [2, 3], and again [1].{FILLER}{sources}")
    last = rendered.pages - 1
    assert jumps(rendered) == [(1, last)] * 4 + [(last, 1)] * 3


def test_chinese_brackets_are_citations_too() -> None:
    rendered = render(f"结论【1】，另见【2†source】。{FILLER}## 参考文献\n\n[1] 甲\n[2] 乙")
    last = rendered.pages - 1
    assert jumps(rendered) == [(1, last)] * 2 + [(last, 1)] * 2


def test_numbers_without_a_source_are_no_links() -> None:
    assert jumps(render("an array[1], a claim [7] and `code [1]`\n\n## Sources\n\n[2] B")) == []


def test_a_source_that_nothing_cites_leads_nowhere() -> None:
    rendered = render(f"A claim [1].{FILLER}## Sources\n\n1. A\n2. B")
    assert jumps(rendered) == [(1, rendered.pages - 1), (rendered.pages - 1, 1)]


def test_footnotes_lead_to_their_notes_and_back() -> None:
    rendered = render(f"A claim[^x] and one more[^y].{FILLER}[^x]: note one\n[^y]: note two")
    last = rendered.pages - 1
    assert jumps(rendered) == [(1, last)] * 2 + [(last, 1)] * 2


def test_contents_name_the_pages_of_the_headings_and_lead_there() -> None:
    headings = [f"Chapter {number}" for number in range(1, 9)]
    rendered = render("".join(f"## {heading}{FILLER}" for heading in headings))
    texts = page_texts(rendered)
    assert "Contents" in texts[1]
    for heading in headings:
        line = next(line for line in texts[1].split("\n") if line.startswith(heading))
        page = int(line.split()[-1])
        assert heading in texts[page - 1].split("\n", 2)[2]
    assert {target for _, target in jumps(rendered)} == {
        number for number, text in enumerate(texts) if number > 1 and "Chapter" in text.split("\n", 2)[2]
    }


def test_a_short_report_has_no_contents() -> None:
    rendered = render("".join(f"## Chapter {number}\n\ntext\n\n" for number in range(12)))
    assert not any("Contents" in text for text in page_texts(rendered))


def test_a_target_that_was_never_drawn_leads_to_the_title_page() -> None:
    # A note inside a cell beyond any grid is printed as a record; whatever happens, no link may dangle.
    rendered = render("a[^1]\n\n> [^1]: note [^2]\n\n[^2]: x")
    assert all(0 <= target < rendered.pages for _, target in jumps(rendered))


def test_links_to_headings_lead_there_however_their_names_were_made() -> None:
    contents = (
        "- [1.1. Drivers & Restraints](#11-drivers--restraints)\n- [成本](#成本)\n- <a href='#c_d'>C d</a>\n"
        "- [none](#nowhere)\n- [web](https://example.org)"
    )
    rendered = render(f"{contents}{FILLER}## 1.1. **Drivers** & Restraints\n\n## 成本\n\n## C-D")
    last = rendered.pages - 1
    assert jumps(rendered) == [(1, last)] * 3
    assert "none" in page_texts(rendered)[1]
