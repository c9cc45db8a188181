# ruff: noqa: RUF001 - the characters are what is tested
"""What is printed can be read: supported characters have a glyph, others a substitute that shows."""

import string

import pytest

from pdf_worker.fonts import REPLACEMENT, TEXT_FILES, Cut, chain
from tests.pdf_worker.rendering import body_text, font_names, render

SUPPORTED = {
    "ascii": string.ascii_letters + string.digits + string.punctuation,
    "latin": "".join(map(chr, range(0xA1, 0x180))).replace("\u00ad", ""),
    "vietnamese": "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹơưđ",
    "greek": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰἀἐἠἰὀὐὠᾶῆῖῦῶᾳῃῳ",
    "cyrillic": "".join(map(chr, range(0x400, 0x460))) + "ҐґӘәҒғҚқҢңӨөҰұҮүҺһ",
    "punctuation": "–—‘’“”„…•‰′″‹›«»€£¥₽₹₩№™©®°±×÷†‡§¶",
    "super- and subscripts": "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎",
    "mathematics": "≤≥≠≈≡∞∑∏∫√∂∇∈∉⊂⊃∪∩∧∨¬∀∃∅∝∼≪≫⊕⊗⋅−",
    "arrows": "←↑→↓↔↕⇐⇒⇔⇑⇓↗↘↦",
    "shapes and marks": "■□▪▫●○◆◇▲△▼▽★☆☐☑☒✓✔✗✘",
    "box drawing": "─│┌┐└┘├┤┬┴┼═║╔╗╚╝█▓▒░",
}
CUTS = list(TEXT_FILES)


@pytest.mark.parametrize("characters", SUPPORTED.values(), ids=SUPPORTED.keys())
@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_every_supported_character_has_a_glyph_in_every_cut(cut: Cut, characters: str) -> None:
    assert [character for character in characters if not chain(cut).has(character)] == []


@pytest.mark.parametrize("characters", SUPPORTED.values(), ids=SUPPORTED.keys())
def test_supported_characters_can_be_copied_out_of_the_pdf(characters: str) -> None:
    printed = body_text(render(f"```\n{' '.join(characters)}\n```"))
    assert [character for character in characters if character not in printed] == []


def test_bold_and_italic_are_faces_of_their_own() -> None:
    fonts = font_names(render("a **b** *c* ***d*** `e`"))
    assert {"FiraSans-Regular", "FiraSans-SemiBold", "FiraSans-Italic", "FiraSans-SemiBoldItalic"} <= fonts
    assert any(name.startswith("IBMPlexMono") for name in fonts)


def test_a_character_without_a_glyph_is_replaced_by_one_that_shows() -> None:
    (segment,) = chain(Cut()).segments("\U00012000")
    (substitute,) = chain(Cut()).segments(REPLACEMENT)
    assert [glyph.parts for glyph in segment.glyphs] == [glyph.parts for glyph in substitute.glyphs]
    assert segment.missing == "\U00012000"
    assert body_text(render("before \U00012000 after")).split() == ["before", "\U00012000", "after"]


@pytest.mark.parametrize(("character", "drawn"), [("\uf0b7", "•"), ("\U0001f6c8", "ⓘ"), ("\U0001f1ee", "I")])
def test_a_variant_of_an_ordinary_character_is_drawn_and_copied(character: str, drawn: str) -> None:
    (segment,) = chain(Cut()).segments(character)
    assert not segment.missing
    assert segment.glyphs[0].text == character
    assert character in body_text(render(f"a {character} {drawn} b"))


def test_spaces_of_any_kind_stay_spaces() -> None:
    assert body_text(render("a\u2003b\u3000c\u00a0d")).split() == ["a", "b", "c", "d"]


def test_combining_marks_are_composed() -> None:
    assert body_text(render("e\u0301 И\u0306")).split() == ["é", "Й"]


@pytest.mark.parametrize("invisible", ["\u200b", "\u200d", "\u00ad", "\ufeff", "\ufe0f", "\u202e", "\u2066"])
def test_characters_without_a_shape_leave_no_trace(invisible: str) -> None:
    assert body_text(render(f"a{invisible}b")).split() == ["ab"]


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("\U0001f852", "→"),
        ("\U0001f880", "←"),
        ("\U0001f5f8", "✓"),
        ("\U0001f784", "●"),
        ("\uf0b7", "•"),
        ("\uf0b3", "≥"),
        ("\ue200", "["),
    ],
)
def test_signs_of_rare_fonts_are_drawn_as_the_common_ones_that_mean_the_same(
    written: str, drawn: str
) -> None:
    (segment,) = chain(Cut()).segments(written)
    (common,) = chain(Cut()).segments(drawn)
    assert [glyph.parts for glyph in segment.glyphs] == [glyph.parts for glyph in common.glyphs]
    assert segment.glyphs[0].text == written, "what is copied is what was written"
    assert segment.missing == ""
