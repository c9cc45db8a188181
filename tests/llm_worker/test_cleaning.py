"""Protects the report from what is not report, however the answer is cut into pieces."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_worker.cleaning import AnswerCleaner, ThoughtFilter

FRAGMENTS = st.lists(
    st.sampled_from(["<think>", "</think>", "<", "think>", "</", "think", ">", "a", "# T\n", " ", "<<think>"])
)


def pieces_of(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def cleaned(pieces: list[str]) -> AnswerCleaner:
    cleaner = AnswerCleaner()
    given_out = "".join(cleaner.feed(piece) for piece in pieces) + cleaner.finish()
    assert given_out == cleaner.text
    return cleaner


@given(FRAGMENTS, st.lists(st.integers(min_value=0)))
def test_thoughts_are_dropped_wherever_the_pieces_are_cut(fragments: list[str], cuts: list[int]) -> None:
    text = "".join(fragments)
    thoughts = ThoughtFilter()
    kept = "".join(thoughts.feed(piece) for piece in pieces_of(text, cuts)) + thoughts.finish()
    assert kept == re.sub(r"<think>.*?(</think>|\Z)", "", text, flags=re.DOTALL)


@given(st.text(alphabet="`~#md\n a<>/think"), st.lists(st.integers(min_value=0)))
def test_pieces_do_not_change_the_report(text: str, cuts: list[int]) -> None:
    assert cleaned(pieces_of(text, cuts)).report == cleaned([text]).report


@given(st.text(alphabet="<>/think `\n"))
def test_text_is_given_out_as_soon_as_it_can_be_no_tag(text: str) -> None:
    """A filter that kept everything until the end would pass the other tests."""
    thoughts = ThoughtFilter()
    held = len(text) - len(thoughts.feed(text))
    if "<think>" not in text:
        assert held < len("<think>")


@pytest.mark.parametrize(
    ("answer", "report"),
    [
        ("<think>hm</think>\n\n# Title\n\nText", "# Title\n\nText\n"),
        ("# Title\n\nText\n\n\n", "# Title\n\nText\n"),
        ("```markdown\n# Title\n\nText\n```\n", "# Title\n\nText\n"),
        ("<think>a</think>\n~~~~MD\n# Title\n~~~~", "# Title\n"),
        (
            "```markdown\n# Title\n\n```python\nx = 1\n```\n\nEnd\n```",
            "# Title\n\n```python\nx = 1\n```\n\nEnd\n",
        ),
        ("```python\nx = 1\n```", "```python\nx = 1\n```\n"),
        ("``", "``\n"),
        ("<think>never closed", ""),
        ("  \n ", ""),
    ],
)
def test_the_report_is_what_is_left(answer: str, report: str) -> None:
    assert cleaned(list(answer)).report == report
