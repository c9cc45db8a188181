"""Nothing that a model writes can make rendering fail, hang, or lose its words."""

import re
from functools import cache

import pytest

from pdf_worker.render import DocumentInfo, RenderedPdf
from tests.pdf_worker.rendering import INFO, body_text, render, squeezed

BOX = "\N{REPLACEMENT CHARACTER}"

SMALL = {
    "nothing": "",
    "control characters": "".join(map(chr, range(0x20))) + "word",
    "NUL": "a\0b",
    "lone surrogates": "a\ud800b \udfffc",
    "noncharacters": "a\ufffe\uffff\U0010ffff",
    "entities for what cannot be": "&#0;&#xD800;&#x110000;&#1;&NotAnEntity;",
    "markup of the typesetter": '<para><b><font color="red"><img src="/etc/passwd"/><a href="x"></para>',
    "numbers that are none": "| NaN | inf | -1e999 |\n|---|---|---|\n| nan | -inf | 0x |",
    "deep quotes": ">" * 100 + " word",
    "very deep quotes": ">" * 20_000 + " word",
    "deep list": "\n".join("  " * depth + f"- item{depth}" for depth in range(100)),
    "deep list on one line": "- " * 2000 + "word",
    "mixed nesting": "> - 1. " * 100 + "word",
    "huge list number": "999999999. a\n999999999. b",
    "list of nothing": "-\n" * 50,
    "table in a deep quote": "".join("> " * 60 + row + "\n" for row in ("|a|b|", "|-|-|", "|1|2|")),
    "table of nothing": "||\n|-|\n||",
    "table with a ragged end": "|a|b|\n|-|-|\n|1|2|3|4|\n|1|\n|",
    "heading of nothing": "#\n\n##\n\n# \u200b",
    "heading in everything": "> # a\n\n- ## b\n\n1. ### c",
    "direction marks": "\u202e\u2066abc\u2069\u202c",
    "zalgo": "e" + "\u0301\u0300\u0316" * 500,
    "only white space": " \t\u00a0\u2003\u3000\n" * 20,
    "form feeds and old line ends": "a\fb\vc\rd\r\ne\x85f\u2028g",
    "tabs in code": "```\n" + "\t" * 500 + "x\n```",
    "fence with a strange language": "```" + "x" * 3000 + " {.a}\ncode\n```",
}
LARGE = {
    "long word": "a" * 50_000,
    "long inline code": "`" + "a" * 50_000 + "`",
    "long line of code": "```\n" + "x" * 50_000 + "\n```",
    "long heading": "# " + "word " * 4000,
    "long link text": "[" + "word " * 4000 + "](https://example.com)",
    "long link target": f"[a](https://example.com/{'x' * 50_000})",
    "many brackets": "[" * 5000,
    "many links cut short": "[a](" * 3000,
    "many stars": "*" * 10_000 + "a" + "*_" * 5000,
    "many backticks": "`" * 3000 + " " + "`" * 2999,
    "many breaks": "<br>" * 2000,
    "many table rows": "|a|b|\n|-|-|\n" + "|1|2|\n" * 2000,
    "many columns": "|" + "a|" * 300 + "\n|" + "-|" * 300 + "\n|" + "b|" * 300,
    "many pipes": "|" * 10_000,
    "many lines of code": "```\n" + "x = 1\n" * 3000 + "```",
    "many blank lines": "a" + "\n" * 50_000 + "b",
    "code in quotes over pages": "> ```\n" + "> x\n" * 300,
    "cell over pages": "|a|b|\n|-|-|\n|" + "word " * 4000 + "|x|",
    "long unbroken cell": "|a|b|c|\n|-|-|-|\n|" + "w" * 20_000 + "|x|y|",
}


@cache
def rendered(markdown: str) -> RenderedPdf:
    """Render each text once for all tests of it."""
    return render(markdown)


@pytest.mark.parametrize("markdown", [*SMALL.values(), *LARGE.values()], ids=[*SMALL, *LARGE])
def test_hostile_text_is_typeset(markdown: str) -> None:
    assert rendered(markdown).pages >= 1


@pytest.mark.parametrize(
    ("name", "expected"),
    {
        "control characters": "word",
        "NUL": f"a{BOX}b",
        "lone surrogates": f"a{BOX}b{BOX}c",
        "markup of the typesetter": '<para><b><fontcolor="red">/etc/passwd<ahref="x"></para>',
        "deep quotes": "word",
        "very deep quotes": "word",
        "deep list": "".join(f"item{depth}" for depth in (0, 1, 38, 39)),
        "deep list on one line": "word",
        "mixed nesting": "word",
        "form feeds and old line ends": "abcdefg",
        "long word": LARGE["long word"],
        "long line of code": "x" * 50_000,
        "long unbroken cell": "w" * 200,
    }.items(),
    ids=lambda value: str(value)[:30],
)
def test_hostile_text_is_not_lost(name: str, expected: str) -> None:
    printed = squeezed(body_text(rendered({**SMALL, **LARGE}[name])))
    position = 0
    for character in expected:
        position = printed.index(character, position) + 1


def test_every_item_of_a_list_too_deep_to_indent_is_printed() -> None:
    printed = squeezed(body_text(rendered(SMALL["deep list"])))
    assert [int(number) for number in re.findall(r"item(\d+)", printed)] == list(range(100))


@pytest.mark.parametrize(
    "text",
    ["", " ", "word " * 3000, "w" * 16_000, "<b>&amp;\0\ud800\n\n# x", "中文" * 200, "\n" * 100],
    ids=["empty", "blank", "long", "one word", "hostile", "without glyphs", "line feeds"],
)
def test_title_page_takes_any_text(text: str) -> None:
    info = DocumentInfo(title=text, prompt=text, model=text, date=INFO.date, report_id=text)
    assert render("body", info).pages >= 2
