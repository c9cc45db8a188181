# ruff: noqa: RUF001 - the characters are what is tested
"""Whatever Markdown means, its text is in the PDF, in order, without the marks that wrote it."""

import pytest

from tests.pdf_worker.rendering import body_text, links, render, squeezed, words

CONSTRUCTS = {
    "headings": (
        "# One\n\n## Two\n\n### Three\n\n#### Four\n\n##### Five\n\n###### Six",
        "One Two Three Four Five Six",
    ),
    "underlined headings": ("One\n===\n\nTwo\n---", "One Two"),
    "paragraphs": ("first line\nsecond line\n\nnext", "first line second line next"),
    "emphasis": ("*a* **b** ***c*** ~~d~~ __e__ _f_", "a b c d e f"),
    "emphasis inside a word": ("un**believ**able", "unbelievable"),
    "inline code": ("use `List<String>` and `` a`b ``", "use List<String> and a`b"),
    "fenced code": ("```python\ndef f(x):\n    return x\n```", "def f(x): return x"),
    "indented code": ("    a = 1\n    b = 2", "a = 1 b = 2"),
    "unclosed fence": ("```\nnever closed", "never closed"),
    "bullets": ("- a\n- b\n  - c\n    - d", "• a • b – c • d"),
    "numbers": ("3. a\n4. b\n   1. c", "3. a 4. b 1. c"),
    "empty items": ("-\n- b\n-", "• • b •"),
    "list in a list item": ("- - a", "• – a"),
    "loose items": ("- a\n\n  b\n\n- c", "• a b • c"),
    "quotes": ("> a\n> b\n>\n> > c", "a b c"),
    "table": ("| A | B |\n|---|:-:|\n| 1 | **2** |\n| 3 |", "A B 1 2 3"),
    "pipe in a table": ("| A |\n|---|\n| a \\| b |", "A a | b"),
    "break in a table": ("| A |\n|---|\n| a<br>b |", "A a b"),
    "rule": ("a\n\n---\n\nb", "a b"),
    "hard breaks": ("a  \nb\\\nc<br/>d", "a b c d"),
    "link": ("[text](https://example.com)", "text"),
    "reference link": ("[text][1]\n\n[1]: https://example.com", "text"),
    "unused link definition": ("a\n\n[1]: https://example.com 'T'", "a [1] https://example.com T"),
    "unused definition with a name": (
        "a\n\n[Smith 2020]: <https://example.com>",
        "a [Smith 2020] https://example.com",
    ),
    "autolinks": ("<https://a.example> https://b.example.", "https://a.example https://b.example."),
    "image": ("![the plot](https://example.com/p.png)", "the plot"),
    "image without a description": ("![](plot.png)", "plot.png"),
    "entities": ("&amp; &lt;b&gt; &copy; &#65;", "& <b> © A"),
    "escapes": (r"\*a\* 1\. \# \<b>", "*a* 1. # <b>"),
    "stray tags": ("a </b> b <i>c <font color=x>", "a </b> b <i>c <font color=x>"),
    "html block": ("<div>\n<p>x</p>\n</div>", "<div> <p>x</p> </div>"),
    "html comment": ("a <!-- b --> c", "a <!-- b --> c"),
    "generics": ("List<String> and Map<K, V>", "List<String> and Map<K, V>"),
    "footnote marks": ("claim[^1]\n\n[^1]: source", "claim[^1] [^1]: source"),
    "dollar signs": ("costs $5 and $6", "costs $5 and $6"),
}


@pytest.mark.parametrize(("markdown", "expected"), CONSTRUCTS.values(), ids=CONSTRUCTS.keys())
def test_text_of_a_construct_is_printed_in_order(markdown: str, expected: str) -> None:
    assert words(body_text(render(markdown))) == words(expected)


def test_a_first_heading_that_repeats_the_title_is_not_printed_twice() -> None:
    assert words(body_text(render("# The title  of this report\n\ntext"))) == ["text"]


@pytest.mark.parametrize(
    "markdown",
    [
        "[a](javascript:alert(1))",
        "[a](file:///etc/passwd)",
        "[a](data:text/html,x)",
        "[a](/relative)",
        "[a](#anchor)",
        "[a](http://)",
        "[a](ftp://example.com/x)",
        "[a](<http://[::1>)",
        "![a](file:///etc/passwd)",
    ],
)
def test_only_web_and_mail_addresses_become_links(markdown: str) -> None:
    assert links(render(markdown)) == []


def test_links_lead_where_the_text_says() -> None:
    markdown = (
        "[a](https://a.example/x?y=1&z=2#f) <http://b.example> https://c.example/d, <mailto:e@f.example> "
        "[g](https://h.example/ü) [i][1]\n\n[1]: https://j.example"
    )
    assert links(render(markdown)) == [
        "https://a.example/x?y=1&z=2#f",
        "http://b.example",
        "https://c.example/d",
        "mailto:e@f.example",
        "https://h.example/%C3%BC",
        "https://j.example",
    ]


def test_code_keeps_every_character_when_its_lines_are_wrapped() -> None:
    code = "value = " + " + ".join(f"term_{number}" for number in range(80))
    assert squeezed(body_text(render(f"```\n{code}\n```"))) == squeezed(code)


def test_words_longer_than_a_line_are_broken_not_lost() -> None:
    word = "".join(chr(ord("a") + number % 26) for number in range(1000))
    url = "https://example.com/" + "/".join(f"part{number}" for number in range(60))
    rendered = render(f"before {word} {url} after")
    assert squeezed(body_text(rendered)) == f"before{word}{url}after"
    assert set(links(rendered)) == {url}
