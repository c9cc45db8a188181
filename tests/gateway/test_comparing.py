"""A comparison loses no word of either draft and says of each paragraph what became of it."""

import pytest

from gateway.reading.comparing import MAX_WORDS, Block, Change, compare, paragraphs, words


def text_of(blocks: list[Block], without: Change) -> list[str]:
    """Give one side's paragraphs: all segments but those that only the other side has."""
    sides = ["".join(s.text for s in block.segments if s.change is not without) for block in blocks]
    return [side for side in sides if side]


TEXTS = [
    "# A\n\nOne two three.\n\nFour five six seven.",
    "# A\n\nOne two and three.\n\nSomething else altogether here.\n\nFour five six seven.",
    "Four five six seven.\n\n# A",
    "",
    "阿拉尔海的河流被引走。\n\nIt shrank.",
    "阿拉尔海的两条河流被引到棉田。\n\nIt shrank a lot.",
    "```\ncode\n\nmore code\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |",
]


@pytest.mark.parametrize("old", TEXTS)
@pytest.mark.parametrize("new", TEXTS)
def test_both_drafts_can_be_read_from_the_comparison(old: str, new: str) -> None:
    blocks = compare(old, new)
    assert text_of(blocks, Change.ADDED) == paragraphs(old)
    assert text_of(blocks, Change.REMOVED) == paragraphs(new)


def test_paragraphs_that_came_went_and_changed_are_told_apart() -> None:
    old = "Kept as it is.\n\nGone for good.\n\nThe sea has shrunk by half since then."
    new = "Kept as it is.\n\nThe sea has shrunk by nine tenths since then.\n\nNew at the end."
    assert [block.change for block in compare(old, new)] == ["same", "removed", "changed", "added"]


def test_single_kept_words_between_changes_do_not_break_the_reading() -> None:
    (block,) = compare("The red big house stands by the sea.", "The old grey house stands by the sea.")
    assert [(s.change, s.text) for s in block.segments] == [
        ("same", "The "),
        ("removed", "red big "),
        ("added", "old grey "),
        ("same", "house stands by the sea."),
    ]


def test_code_with_blank_lines_is_one_paragraph() -> None:
    assert paragraphs("```\na\n\nb\n```\n\nc") == ["```\na\n\nb\n```", "c"]


def test_lines_are_joined_where_they_mean_nothing() -> None:
    assert paragraphs("One line\nand another.\n\n- a\n- b\n\n1. c\n2. d") == [
        "One line and another.",
        "- a\n- b",
        "1. c\n2. d",
    ]


def test_a_paragraph_too_long_for_words_is_told_whole() -> None:
    old, new = "word " * (MAX_WORDS + 1), "word " * MAX_WORDS + "end "
    (block,) = compare(old, new)
    assert [segment.change for segment in block.segments] == ["removed", "added"]


def test_words_put_together_are_the_text() -> None:
    text = "  Αράλη, 水 ≥ 5 µg·m⁻³ 10 %\n\tend_of it"
    assert "".join(words(text)) == text
