"""Protects the title: always there, one line, taken from the report when the report has one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_worker.titles import TITLE_MAX_CHARACTERS, title_of


@pytest.mark.parametrize(
    ("markdown", "title"),
    [
        ("# The Aral Sea\n\nText", "The Aral Sea"),
        ("intro\n\n#  **The** `Aral` _Sea_ ##\n", "The Aral Sea"),
        ("```\n# a comment\n```\n# Real", "Real"),
        ("# snake_case stays\n", "snake_case stays"),
        ("## Only a section\n#hashtag", "Why?"),
        ("# \n\n#", "Why?"),
    ],
)
def test_title_comes_from_the_first_heading_or_else_the_prompt(markdown: str, title: str) -> None:
    assert title_of(markdown, "Why?") == title


def test_a_long_prompt_is_shortened_at_a_word() -> None:
    title = title_of("no heading", "word " * 100)
    assert title.endswith("word …")
    assert len(title) <= TITLE_MAX_CHARACTERS


@given(st.text(), st.text())
def test_there_is_always_a_title_of_one_line(markdown: str, prompt: str) -> None:
    title = title_of(markdown, prompt)
    assert 0 < len(title) <= TITLE_MAX_CHARACTERS
    assert len(title.splitlines()) == 1
