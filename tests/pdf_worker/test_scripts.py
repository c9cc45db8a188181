# ruff: noqa: RUF001 - the characters are what is tested
"""Every script is set in shapes of its own, whole, and can be copied out again as it was written."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import pypdfium2 as pdfium  # type: ignore[import-untyped] # it has no stubs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf.generic import DictionaryObject

from pdf_worker.fonts import Cut, Glyph, chain, embedding
from pdf_worker.render.bidi import has_rtl
from pdf_worker.render.blocks import Run
from pdf_worker.render.lines import break_lines
from pdf_worker.theme import DEFAULT
from tests.pdf_worker.rendering import (
    body_text,
    font_names,
    reader,
    render,
    squeezed,
)
from tests.pdf_worker.script_texts import TEXTS

PLAIN_TEXTS = {name: text for name, text in TEXTS.items() if not has_rtl(text)}
RTL_TEXTS = {name: text for name, text in TEXTS.items() if has_rtl(text)}


def letters_and_numbers(text: str) -> list[str]:
    """Words without marks and punctuation, whose place in mixed lines readers of PDFs guess differently."""
    kept = (character for character in text if unicodedata.category(character)[0] != "M")
    return "".join(letter if unicodedata.category(letter)[0] in "LN" else " " for letter in kept).split()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_every_character_has_a_glyph_in_every_cut(text: str) -> None:
    assert (
        render(f"# {text}\n\n{text} **{text}** *{text}* ***{text}*** `{text}`\n\n    {text}\n").missing == ""
    )


@pytest.mark.parametrize("text", PLAIN_TEXTS.values(), ids=PLAIN_TEXTS.keys())
def test_text_can_be_copied_as_it_was_written(text: str) -> None:
    assert squeezed(body_text(render(text))) == squeezed(text)


@pytest.mark.parametrize("text", RTL_TEXTS.values(), ids=RTL_TEXTS.keys())
def test_words_of_right_to_left_text_can_be_copied_in_order(text: str) -> None:
    copied = body_text(render(text))
    assert letters_and_numbers(copied) == letters_and_numbers(text)
    # The reader of these tests mirrors brackets between two directions once too often.
    assert sorted(squeezed(copied).replace(")", "(")) == sorted(squeezed(text).replace(")", "("))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_same_text_gives_the_same_bytes(text: str) -> None:
    assert render(text).content == render(text).content


def test_every_font_is_embedded() -> None:
    file = reader(render("\n\n".join(TEXTS.values())))
    objects = [file.get_object(number) for number in file.xref[0]]
    fonts = [item for item in objects if isinstance(item, DictionaryObject) and item.get("/Type") == "/Font"]
    described = [font for font in fonts if "/FontDescriptor" in font]
    composed = [font for font in fonts if str(font["/Subtype"]) == "/Type0"]
    assert len(fonts) == len(described) + len(composed) == 2 * len(described)
    for font in described:
        descriptor = font["/FontDescriptor"].get_object()
        assert isinstance(descriptor, DictionaryObject)
        assert "/FontFile2" in descriptor


@pytest.mark.parametrize("name", ["simplified chinese", "arabic", "devanagari", "thai", "hebrew"])
def test_bold_is_a_weight_of_its_own(name: str) -> None:
    fonts = {font for font in font_names(render(f"{TEXTS[name]} **{TEXTS[name]}**")) if "Noto" in font}
    assert {font.split("-")[1] for font in fonts} == {"Regular", "SemiBold"}


@pytest.mark.parametrize(
    ("markdown", "font"),
    [
        ("人工智能的发展与国际关系", "NotoSansSC-Regular"),
        ("人工智慧的發展與國際關係", "NotoSansTC-Regular"),
        ("人工知能の発展と国際関係", "NotoSansJP-Regular"),
        ("인공지능의 발전 人工知能", "NotoSansKR-Regular"),
        # Ideographs alone are set in the shapes of the report that they stand in.
        ("日本語のレポートである。\n\n# 骨 直 海", "NotoSansJP-Regular"),
        ("這個報告討論國際關係。\n\n骨 直 海", "NotoSansTC-Regular"),
    ],
)
def test_ideographs_have_the_shapes_of_their_language(markdown: str, font: str) -> None:
    assert {name for name in font_names(render(markdown)) if name.startswith("NotoSans")} <= {
        font,
        font.replace("Regular", "SemiBold"),
    }


def body_boxes(markdown: str) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Characters of the text area after the title page with their (left, bottom, right, top) in points."""
    low, high = DEFAULT.margins.bottom, DEFAULT.page_size[1] - DEFAULT.margins.top
    boxes = []
    for page in list(pdfium.PdfDocument(render(markdown).content))[1:]:
        text = page.get_textpage()
        found = [
            (text.get_text_range(index, 1), text.get_charbox(index)) for index in range(text.count_chars())
        ]
        boxes += [(letter, box) for letter, box in found if letter.strip() and low < box[1] and box[3] < high]
    return boxes


def positions(markdown: str, wanted: str) -> list[float]:
    """Where the first of each of these characters in the text area stands, in points from the left."""
    boxes = body_boxes(markdown)
    return [next(box[0] for character, box in boxes if character == letter) for letter in wanted]


def assert_descending(values: Sequence[float]) -> None:
    """Every value is less than the one before."""
    assert values == sorted(values, reverse=True), values


def test_hebrew_runs_from_right_to_left_and_numbers_do_not() -> None:
    assert_descending(positions("אבגדה 789 ו", "אבגדה7"))
    seven, eight, nine, last = positions("אבגדה 789 ו", "789ו")
    assert last < seven < eight < nine


def test_arabic_letters_join() -> None:
    # The same letter at the beginning, in the middle and at the end of a word, and alone, has four shapes.
    codes = {glyph.parts for word in ("ه", "هم", "مهم", "مه") for glyph in glyphs(word)}
    assert len(codes) >= 6


def glyphs(word: str) -> Sequence[Glyph]:
    """Shape one right-to-left word."""
    return [glyph for segment in chain(Cut()).segments(word, rtl=True) for glyph in segment.glyphs]


def test_brackets_open_towards_the_text_in_right_to_left_lines() -> None:
    opening = glyphs("(")[0].parts
    assert opening == chain(Cut()).segments(")")[0].glyphs[0].parts


def test_paragraphs_begin_at_the_side_of_their_script() -> None:
    left, right = DEFAULT.margins.left, DEFAULT.page_size[0] - DEFAULT.margins.right
    boxes = dict(body_boxes("English text that is long enough to say what this is\n\nא ב ג"))
    assert boxes["E"][0] == pytest.approx(left, abs=2)
    assert boxes["א"][2] == pytest.approx(right, abs=2)


ARABIC = "هذا تقرير عن الطاقة.\n\n"


def test_a_latin_name_at_the_beginning_does_not_turn_an_arabic_paragraph_around() -> None:
    assert_descending(positions(f"{ARABIC}XYZ ثجح", "Xثجح"))


def test_list_markers_and_bars_of_arabic_reports_are_at_the_right() -> None:
    bullet, text = positions(f"{ARABIC}- ثجح", "•ث")
    assert bullet > text
    number, text = positions(f"{ARABIC}7. ثجح", "7ث")
    assert number > text


def test_columns_of_arabic_tables_run_from_right_to_left() -> None:
    assert_descending(positions(f"{ARABIC}|ث|ض|ظ|\n|-|-|-|\n|1|2|3|", "ثضظ"))
    assert_descending(positions(f"{ARABIC}|ث|ض|ظ|\n|-|-|-|\n|1|2|3|", "123"))


def test_code_in_arabic_reports_begins_at_the_left() -> None:
    x, one = positions(f"{ARABIC}```\nXYZ = 1\n```", "X1")
    assert x < one < DEFAULT.page_size[0] / 2


def test_addresses_and_code_keep_their_order_in_arabic_lines() -> None:
    a, z, slash = positions(f"{ARABIC}ثجح https://x.example/az/ ظ", "az/")
    assert slash < a < z
    x, equals, seven = positions(f"{ARABIC}ثجح `x = 7` ظ", "x=7")
    assert x < equals < seven


def test_lines_of_chinese_neither_begin_nor_end_with_the_wrong_punctuation() -> None:
    for size in range(24, 60):
        text = "字" * size + "，字字。”字（字" + "字" * 40 + "、字《字》字"
        lines = body_text(render(text)).split("\n")
        assert not [line for line in lines if line and line[0] in "，。”、》）"]
        assert not [line for line in lines if line.rstrip() and line.rstrip()[-1] in "（《“"]


def test_full_lines_of_chinese_end_at_the_margin() -> None:
    right = DEFAULT.page_size[0] - DEFAULT.margins.right
    text = "研究表明，可再生能源（WIND）在2026年的增长，超过了预期；" * 6
    ends: dict[int, float] = {}
    for _, (_, bottom, end, top) in body_boxes(text):
        line = round((bottom + top) / 2 / DEFAULT.body_leading)
        ends[line] = max(ends.get(line, 0.0), end)
    full = [end for end in ends.values() if end > right - 30]
    assert len(full) >= 3
    assert max(full) <= right + 1


def test_a_line_that_lacks_much_is_not_spread() -> None:
    """In a narrow cell it would look like single letters, and be copied with spaces between them."""
    size = DEFAULT.body_size
    block = replace(DEFAULT.body, language="zh")
    first, *_ = break_lines([Run("数据价值变化internationalization的")], block, 7.3 * size)
    assert first.width == pytest.approx(6 * size)


def test_thai_lines_end_between_words() -> None:
    words = ["ประเทศ", "พลังงาน", "เทคโนโลยี", "รายงาน", "ตลาด"]
    text = "".join(words * 20)
    starts = {0}
    for word in words * 20:
        starts.add(max(starts) + len(word))
    offset = 0
    for line in body_text(render(text)).split("\n"):
        assert offset in starts, line
        offset += len(line.strip())


def test_korean_lines_end_between_words() -> None:
    words = ["대한민국의", "재생에너지", "시장은", "2026년에", "성장하였다"]
    lines = body_text(render(" ".join(words * 20))).split("\n")
    assert len(lines) > 3
    assert {word for line in lines for word in line.split()} == set(words)


def test_pictures_made_of_several_characters_are_one_glyph() -> None:
    for picture in ("👨‍👩‍👧", "👍🏽", "🇩🇪", "🏳️‍🌈"):
        (segment,) = chain(Cut()).segments(picture)
        assert len(segment.glyphs) == 1
        assert segment.glyphs[0].text == picture


def test_letters_under_many_marks_are_copied_whole() -> None:
    letters = "ก" + "็" * 40 + "a" + "\u0332" * 40
    assert sorted(squeezed(body_text(render(letters)))) == sorted(letters)


def test_more_shapes_than_one_font_object_can_hold_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_MOST_CODES", 500)
    words = [chr(ideograph) * 2 for ideograph in range(0x4E00, 0x5200)]
    rendered = render(" ".join(words))
    programs = re.findall(rb"/FontName /[A-Z]{6}\+NotoSansTC-Regular", rendered.content)
    assert len(programs) >= 2
    assert rendered.missing == ""
    assert squeezed(body_text(rendered)) == "".join(words)


BLOCKS = [
    (0x0020, 0x024F),
    (0x0300, 0x058F),
    (0x0590, 0x08FF),
    (0x0900, 0x0DFF),
    (0x0E00, 0x109F),
    (0x10A0, 0x1FFF),
    (0x2000, 0x2BFF),
    (0x2E80, 0x33FF),
    (0x4E00, 0x4FFF),
    (0xA000, 0xABFF),
    (0xAC00, 0xADFF),
    (0xF900, 0xFFFD),
    (0x10000, 0x10FFF),
    (0x1D400, 0x1D7FF),
    (0x1F000, 0x1FAFF),
    (0x20000, 0x200FF),
    (0xE0000, 0xE01FF),
]
LETTERS = st.sampled_from(BLOCKS).flatmap(
    lambda block: st.text(
        st.characters(min_codepoint=block[0], max_codepoint=block[1], exclude_categories=["Cs", "Co"]),
        max_size=12,
    )
)


@settings(
    deadline=None,
    derandomize=True,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(st.one_of(LETTERS, st.sampled_from([" ", "\n\n", "| a | b |\n|-|-|\n", "- ", "**", "`"]))))
def test_any_mixture_of_scripts_is_typeset(parts: list[str]) -> None:
    assert render("".join(parts)).pages >= 1
