"""What surrounds the text: title page, furniture, outline, metadata, and the same bytes every time."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from pypdf.generic import Destination

from pdf_worker.render import render_plain, render_report
from tests.pdf_worker.rendering import INFO, body_text, page_texts, reader, render, squeezed, words


def outline(items: Sequence[Any], depth: int = 0) -> list[tuple[int, str]]:
    """Flatten the outline, as pypdf nests it, to (depth, title) pairs."""
    flat: list[tuple[int, str]] = []
    for item in items:
        flat += outline(item, depth + 1) if isinstance(item, list) else [(depth, str(item.title))]
    return flat


def test_title_page_names_title_prompt_model_date_and_report() -> None:
    cover = page_texts(render("text"))[0]
    for part in (INFO.title, INFO.prompt, INFO.model, "4 March 2026, 05:06 UTC", INFO.report_id):
        assert part in cover


def test_marks_in_a_title_are_read_not_printed() -> None:
    info = replace(INFO, title="Storage: *costs* & `LCOS`")
    rendered = render("# Storage: *costs* & `LCOS`\n\ntext", info)
    assert "Storage: costs & LCOS" in page_texts(rendered)[0]
    assert page_texts(rendered)[1].count("Storage") == 1


def test_a_long_prompt_is_printed_in_full_on_pages_of_its_own() -> None:
    prompt = " ".join(f"word{number}" for number in range(2500))
    texts = page_texts(render("the body", replace(INFO, prompt=prompt)))
    printed = squeezed(" ".join(texts))
    assert all(f"word{number}" in printed for number in range(2500))
    assert words(texts[-1])[-2:] == ["the", "body"]


def test_every_page_after_the_title_page_has_title_number_and_total() -> None:
    texts = page_texts(render("a paragraph of text\n\n" * 200))
    assert len(texts) > 5
    for number, text in enumerate(texts[1:], start=2):
        assert f"Page {number} of {len(texts)}" in text
        assert text.startswith(INFO.title)


def test_an_empty_report_is_its_title_page() -> None:
    assert render(" \n\n ").pages == 1


def test_page_count_is_that_of_the_file() -> None:
    rendered = render("a paragraph of text\n\n" * 100)
    assert rendered.pages == len(reader(rendered).pages)


def test_metadata_describes_the_report() -> None:
    metadata = reader(render("text", replace(INFO, title="Ünïcödé “title”"))).metadata
    assert metadata is not None
    assert metadata.title == "Ünïcödé “title”"
    assert metadata.author == INFO.model
    assert metadata.subject == INFO.prompt
    assert metadata.creation_date == INFO.date


def test_the_language_is_found_and_the_words_around_the_text_are_in_it() -> None:
    expected = {
        "the text of a report": "en",
        "Der Bericht ist für die Leser und nicht für uns": "de",
        "中文报告的正文内容": "zh-Hans",
    }
    for text, language in expected.items():
        assert str(reader(render(text)).root_object["/Lang"]) == language
    assert "第 2" in page_texts(render("中文报告的正文内容"))[1]


def test_running_headers_name_the_section() -> None:
    texts = page_texts(render("".join(f"## Part {number}\n\n{'text ' * 900}\n\n" for number in range(4))))
    assert all("Part" in text.split("\n")[0] for text in texts[-3:])


def test_outline_follows_the_headings_and_never_skips_a_depth() -> None:
    markdown = "### a\n\n# b\n\n#### c\n\n## d *e*\n\n## `f`\n\n# g"
    assert outline(reader(render(markdown)).outline) == [
        (0, "a"),
        (0, "b"),
        (1, "c"),
        (1, "d e"),
        (1, "f"),
        (0, "g"),
    ]


def test_outline_entries_lead_to_the_page_of_their_heading() -> None:
    rendered = render("".join(f"## Heading {number}\n\n{'text ' * 300}\n\n" for number in range(10)))
    document = reader(rendered)
    texts = page_texts(rendered)
    for entry in document.outline:
        assert isinstance(entry, Destination)
        page = document.get_destination_page_number(entry)
        assert page is not None
        assert str(entry.title) in texts[page]


@pytest.mark.parametrize("heading", ["## Heading", "**Heading**"])
def test_a_heading_is_never_the_last_thing_on_a_page(heading: str) -> None:
    for lines in range(30, 60):
        markdown = "line\\\n" * lines + f"end\n\n{heading}\n\nfollowing text"
        for text in page_texts(render(markdown)):
            assert not text.rstrip().endswith("Heading")


def test_the_same_report_gives_the_same_bytes_in_every_process() -> None:
    markdown = "# Title\n\ntext ₂ → 😀 **b** `c` [d](https://e.example)\n\n| a |\n|---|\n| ж |\n"
    program = (
        "import sys; from tests.pdf_worker.rendering import render; "
        "sys.stdout.buffer.write(render(sys.argv[1]).content)"
    )
    elsewhere = subprocess.run([sys.executable, "-c", program, markdown], stdout=subprocess.PIPE, check=True)
    assert render(markdown).content == render(markdown).content == elsewhere.stdout


def test_plain_rendering_prints_the_markdown_as_written_and_says_so() -> None:
    rendered = render_plain("# A\n\n- *b*  \n- c\n\n\n</b>", INFO)
    assert rendered.degraded
    assert words(body_text(rendered)) == ["#", "A", "-", "*b*", "-", "c", "</b>"]


def test_a_defect_of_the_typesetter_still_gives_a_document() -> None:
    class Unlucky(str):
        """Text whose reading fails the first time, as a defect in the parser would."""

        __slots__ = ("asked",)

        def isascii(self) -> bool:
            if not hasattr(self, "asked"):
                self.asked = True
                raise RecursionError
            return super().isascii()

    rendered = render_report(Unlucky("the text"), INFO)
    assert rendered.degraded
    assert "RecursionError" in rendered.failure
    assert words(body_text(rendered)) == ["the", "text"]
