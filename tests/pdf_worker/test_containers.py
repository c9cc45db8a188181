"""What stands between colons is read as a callout, or at least without the colons."""

import pytest

from pdf_worker.render.blocks import Callout, Paragraph, plain_text
from pdf_worker.render.parse import parse


@pytest.mark.parametrize(
    ("first", "kind", "title"),
    [
        (":::note", "note", "Note"),
        ("::: warning Mind *this*", "warning", "Mind this"),
        (":::tip[A title]", "tip", "A title"),
        (':::danger{title="Stop"}', "caution", "Stop"),
        ("::: {.important}", "important", "Important"),
    ],
)
def test_a_container_is_a_callout(first: str, kind: str, title: str) -> None:
    (callout, after) = parse(f"{first}\nText **bold**\n\n- item\n:::\nAfter")
    assert isinstance(callout, Callout)
    assert (callout.kind, plain_text(callout.title), len(callout.blocks)) == (kind, title, 2)
    assert isinstance(after, Paragraph)


def test_containers_nest_and_others_keep_their_content() -> None:
    (column, callout) = parse("::: columns\ntext\n\n:::: note\ninner\n::::\n:::")
    assert isinstance(column, Paragraph)
    assert isinstance(callout, Callout)


@pytest.mark.parametrize("text", [":::note\nnever closed", "a ::: b", "::: \nno name\n:::"])
def test_other_colons_are_text(text: str) -> None:
    (paragraph,) = parse(text)
    assert isinstance(paragraph, Paragraph)
    assert plain_text(paragraph.runs) == " ".join(text.split())
