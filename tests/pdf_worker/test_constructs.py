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
    "cells beyond the header": ("| A | B |\n|---|---|\n| 1 | 2 | 3 |", "A B 1 2 3"),
    "delimiter row too short": ("| A | B | C |\n|---|---|\n| 1 | 2 | 3 |", "A B C 1 2 3"),
    "code with a pipe in a table": ("| A |\n|---|\n| `a|b` |", "A a|b"),
    "task list": ("- [x] done\n- [ ] open\n- none", "☑ done ☐ open • none"),
    "definitions": ("Term\n: meaning\n\nOther\n: this\n: that", "Term meaning Other this that"),
    "callout": ("> [!NOTE]\n> text **b**\n>\n> - c", "Note text b • c"),
    "callout with a title": ("> [!warning] Mind *the gap*\n> text", "Mind the gap text"),
    "quote that looks like a callout": ("> [!SHOUT]\n> text", "[!SHOUT] text"),
    "sub- and superscripts": ("H~2~O x^2^ a<sub>i</sub> b<sup>n</sup>", "H2O x2 ai bn"),
    "tildes of ranges": ("10~20°,30~40° and ~5 to ~6", "10~20°,30~40° and ~5 to ~6"),
    "html formatting": ("<b>a</b> <i>b</i> <u>c</u> <mark>d</mark> <kbd>e</kbd> <s>f</s>", "a b c d e f"),
    "html block": ("<div>\n<p>x</p>\n</div>", "x"),
    "html over blocks": ("<details>\n<summary>More</summary>\n\n- **a**\n\n</details>", "More • a"),
    "html heading": ("<h2 align='center'>A *b*</h2>\n\ntext", "A b text"),
    "html comment": ("a <!-- b --> c\n\n<!--\n\nd\n\n-->\n\ne", "a c e"),
    "html table": ("<table><tr><th>A</th></tr>\n\n<tr><td>b<br><b>c</b></td></tr></table>", "A b c"),
    "html table with text around tags": (
        "<table><tr><td>wide <b>cell</b> on</td></tr></table>\n\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
        "wide cell on • a • b",
    ),
    "degrees and chemistry": (r"$1.5^\circ$ and $\ce{H2O}$", "1.5° and H2O"),
    "function names": (r"$\log x + \sin(y)$", "log x + sin(y)"),
    "html preformatted": ("<pre><code>a &lt; b\n  c</code></pre>", "a < b c"),
    "html picture": ('<img src="https://example.com/p.png" alt="the plot">', "the plot"),
    "html entities in text": ("5 &lt; 6 &nbsp;and", "5 < 6 and"),
    "tags that never close": ("a <b>c and <sub>d", "a <b>c and <sub>d"),
    "unknown tags": ("a <custom-tag>b</custom-tag> <foo bar>", "a <custom-tag>b</custom-tag> <foo bar>"),
    "comparison signs": ("if a < b and c > d", "if a < b and c > d"),
    "generics": ("List<String> and Map<K, V>", "List<String> and Map<K, V>"),
    "footnotes": (
        "claim[^a] more[^b]\n\n[^a]: source *one*\n[^b]: two",
        "claim1 more2 1. source one 2. two",
    ),
    "numbered footnotes": ("claim[^7].\n\n## Notes\n\n[^7]: source", "claim7. Notes 7. source"),
    "footnote that nothing cites": ("text\n\n[^1]: source", "text 1. source"),
    "footnote that is not there": ("claim[^1]", "claim[1]"),
    "cited link definition": ("claim [1]\n\n[1]: https://e.example", "claim [1] [1] https://e.example"),
    "sources line by line": ("[1] A\n[2] B\n[3] C", "[1] A [2] B [3] C"),
    "inline formula": (r"so $E = mc^2$ and \(a_1 \le \alpha\)", "so E = mc2 and a1 ≤ α"),
    "fraction in a line": (r"$\frac{a}{b+1}$", "a/(b + 1)"),
    "displayed formula": ("$$\n\\frac{a}{b}\n$$", "a/b"),
    "formula in brackets": ("\\[ x^2 \\]", "x^2"),
    "formula that is broken": (r"$\frac{a$ and $$\frac{$$", r"\frac{a and \frac{"),
    "money": (
        "from $5 to $6, $1.2B–$3B, US$5-US$6 and $AAPL",
        "from $5 to $6, $1.2B–$3B, US$5-US$6 and $AAPL",
    ),
    "wrapped report": ("```markdown\n# A\n\n**b**\n```", "A b"),
    "front matter": ("---\ntitle: x\n---\n\ntext", "title: x text"),
    "mermaid graph": ("```mermaid\ngraph TD\n  A-->B\n```", "graph TD A-->B"),
    "mermaid pie": (
        '```mermaid\npie title T\n "a" : 1\n "b" : 3\n```',
        "a: 1 (25.0%) b: 3 (75.0%) Figure 1. T",
    ),
    "chart that is none": ('```chart\n{"type": "bar"\n```', '{"type": "bar"'),
    "captioned table": ("Table: What costs\n\n|a|\n|-|\n|1|", "Table 1. What costs a 1"),
    "table with a numbered caption": ("**Table 4.** What\n\n|a|\n|-|\n|1|", "Table 4. What a 1"),
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
