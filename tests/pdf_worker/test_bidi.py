# ruff: noqa: RUF001 - the characters are what is tested
"""Mixed lines are ordered by the Unicode Bidirectional Algorithm, as another implementation has it."""

import unicodedata

import pytest
from bidi import get_display  # type: ignore[import-untyped] # it has no stubs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pdf_worker.render.bidi import first_strong, levels, visual_order

ALPHABET = "abXאבגشعربي019٠١٢ ()[]{}.,:-+%$/!?\u0301\u05b8«»&☃\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
TRAILING = {"WS", "LRI", "RLI", "FSI", "PDI", "BN"}


def displayed(text: str, *, rtl: bool) -> str:
    """Order a line; white space at its end runs as the paragraph does (L1)."""
    found = levels(text, rtl=rtl)
    for position in reversed(range(len(text))):
        if unicodedata.bidirectional(text[position]) not in TRAILING:
            break
        found[position] = int(rtl)
    return "".join(text[index] for index in visual_order(found))


@settings(deadline=None, derandomize=True, max_examples=1500)
@given(text=st.text(st.sampled_from(ALPHABET), max_size=16), rtl=st.booleans())
@example(text="עלה ב-15% (ל-3.5)", rtl=True)
@example(text="abc (אבג) def", rtl=False)
def test_lines_are_ordered_as_the_standard_says(*, text: str, rtl: bool) -> None:
    assert displayed(text, rtl=rtl) == get_display(text, base_dir="R" if rtl else "L")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", False),
        ("אבג", True),
        ("12 % א", True),
        ("\u2067אבג\u2069 abc", False),
        ("123 …", None),
        ("", None),
    ],
)
def test_the_first_letter_outside_isolates_decides(*, text: str, expected: bool | None) -> None:
    assert first_strong(text) is expected


def test_a_hostile_line_is_ordered_in_time_that_grows_with_its_length() -> None:
    for piece in ("\u2067(א", "א)(1", "\u2068a", "[([{"):
        text = piece * 4000
        assert sorted(visual_order(levels(text, rtl=True))) == list(range(len(text)))
