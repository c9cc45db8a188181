"""Reports that went through another program on their way: its own marks and escapes never reach the page."""

import unicodedata

import pytest

from pdf_worker.render.blocks import Block, Formula, Heading, ListBlock, Paragraph, Rule, Table, plain_text
from pdf_worker.render.parse import parse


def printed(markdown: str) -> str:
    (block,) = parse(markdown)
    assert isinstance(block, Paragraph)
    return plain_text(block.runs)


def bold(block: Block) -> list[str]:
    assert isinstance(block, Paragraph)
    return [run.text for run in block.runs if run.style.bold]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"$M\_L$ in $D\_{in} \\ll D\_{out}$", "ML in Din ≪ Dout"),
        (r"a $\\to$ b, $x \\in $.", "a  →  b, x ∈ ."),
        (r"the sum $ \sum_{i} x_i $ grows", "the sum ∑ixi grows"),
        (r"from $20 (at $\alpha$ risk) or $ 5", "from $20 (at \N{GREEK SMALL LETTER ALPHA} risk) or $ 5"),
        (r"$max\_depth$ stays", "max_depth stays"),
        (r"about $\sim$1 nm, 5$\pm$0.1, 10$^{-3}$ m", "about ~1 nm, 5±0.1, 10\N{MINUS SIGN}3 m"),
        ("fields of $0.1、0.5、2$ V", "fields of 0.1、0.5、2 V"),
        (r"a \$1 + \frac{1}{n}\$ b, \$5 to \$6_a, \$n\\to 1\$.", "a 1 + 1/n b, $5 to $6_a, n → 1."),
        (r"where $x \sim Beta(9, 2)$ is", "where x~Beta(9, 2) is"),
        ("the size $`\\vert f \\vert`$ is", "the size |f| is"),
        (r"so $E\[X\] = 1$ of $5-$10 to $20", "so E[X] = 1 of $5-$10 to $20"),
    ],
)
def test_formulas_are_read_through_the_escapes_of_a_word_processor(written: str, text: str) -> None:
    assert " ".join(unicodedata.normalize("NFKC", printed(written)).split()) == " ".join(text.split())


def test_an_escaped_displayed_formula_is_drawn() -> None:
    assert parse(r"$$p \= h\_l \\cdot v^l$$") == [Formula(r"p = h_l \cdot v^l")]
    assert parse("$$\n\\begin{matrix} a \\\\ b\\_c \\end{matrix}\n$$") == [
        Formula(r"\begin{matrix} a \\ b\_c \end{matrix}")
    ]


def test_a_heading_of_dashes_is_a_rule() -> None:
    assert parse("## **---**\n\n### \u2014\u2014\u2014") == [Rule(), Rule()]


def test_marks_that_are_written_twice_are_read_once() -> None:
    assert parse("## ### Sources") == parse("## Sources")
    (heading,) = parse("## # of users")
    assert isinstance(heading, Heading)
    assert plain_text(heading.runs) == "# of users"
    (bullets,) = parse("- ****甲**\N{FULLWIDTH COLON}乙")
    assert isinstance(bullets, ListBlock)
    assert bold(bullets.items[0][0]) == ["甲"]


def test_a_note_that_is_nowhere_written_is_a_citation() -> None:
    assert printed("Up[^1][^2].") == "Up[1][2]."


def test_bold_that_was_escaped_is_bold() -> None:
    assert bold(parse("이것은 \\*\\*중요(key)\\*\\*하다. 这是\\*\\*“重点”\\*\\*的。")[0]) == [
        "중요(key)",
        "“重点”",
    ]


def test_stars_of_notes_and_powers_stay() -> None:
    (block,) = parse(r"\*p<0.05, \*\*p<0.01, \*\*\*p<0.001; x\*\*2 + y\*\*2")
    assert bold(block) == []
    assert isinstance(block, Paragraph)
    assert plain_text(block.runs) == "*p<0.05, **p<0.01, ***p<0.001; x**2 + y**2"


def test_escaped_tags_are_read() -> None:
    (table,) = parse("| a | b |\n|---|---|\n| one\\<br\\>two | H\\<sub\\>2\\</sub\\>O |")
    assert isinstance(table, Table)
    assert [plain_text(cell) for cell in table.rows[0]] == ["one\ntwo", "H2O"]
    assert table.rows[0][1][1].style.rise < 0
    assert printed("the tag \\<div\\> is HTML") == "the tag <div> is HTML"


def test_marks_of_chat_programs_leave_their_meaning() -> None:
    report = (
        "It grew. \ue200cite\ue202turn1view0\ue202turn2search3\ue201 "
        'So said \ue200entity\ue202["person","Ada Example","a writer"]\ue201, '
        "on \ue200url\ue202her page\ue202https://example.com/a_(b)\ue201"
        ":contentReference[oaicite:12]{index=12}."
    )
    assert printed(report) == "It grew. So said Ada Example, on her page."
