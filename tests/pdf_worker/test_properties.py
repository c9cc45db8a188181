"""Over random text and random Markdown: rendering never fails, and no word is lost or moved."""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pdf_worker.rendering import body_text, render

_SLOW = [HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large]
relaxed = settings(deadline=None, derandomize=True, suppress_health_check=_SLOW)

MARKS = [
    "#",
    "##",
    "-",
    "*",
    "**",
    "_",
    "`",
    "```",
    "~~",
    ">",
    "|",
    "|-|",
    "1.",
    "[",
    "](",
    ")",
    "<",
    ">",
    "</b>",
]
MARKS += [
    "<br>",
    "&amp;",
    "&#0;",
    "\\",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "http://a.b",
    "![",
    "---",
    "===",
    "[^1]:",
    "[1]: x",
    *(
        "$",
        "$$",
        "\\(",
        "\\[",
        "\\]",
        "\\frac{",
        "<b>",
        "<sub>",
        "<table>",
        "</table>",
        "<!--",
        "-->",
        "<details>",
    ),
    *(
        "[^a]",
        "[^a]:",
        "\n: ",
        "- [x] ",
        "> [!NOTE]\n",
        "[1]",
        "## Sources\n",
        "```mermaid\npie\n",
        "```chart\n",
        "【1】",
    ),
    *("~", "^", "<pre>", "![a](data:image/png;base64,", "Table: ", "\\begin{align}", "\\end{align}"),
]


@settings(relaxed, max_examples=120)
@given(st.text(st.characters(), max_size=300))
def test_any_string_is_typeset(text: str) -> None:
    assert render(text).pages >= 1


@settings(relaxed, max_examples=150)
@given(st.lists(st.one_of(st.sampled_from(MARKS), st.text("ab1 ", max_size=3)), max_size=60))
def test_any_pile_of_markdown_marks_is_typeset(parts: list[str]) -> None:
    assert render("".join(parts)).pages >= 1


class Report:
    """Markdown that grows with the list of words that have to be printed."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def word(self) -> str:
        """Make a word that occurs nowhere else."""
        self.words.append(f"w{len(self.words)}w")
        return self.words[-1]

    def text(self, count: int) -> str:
        """Make running text in which every other word is formatted."""
        forms = ["{}", "**{}**", "*{}*", "`{}`", "[{}](https://example.com)", "~~{}~~"]
        return " ".join(forms[number % len(forms)].format(self.word()) for number in range(count))


def paragraph(report: Report, size: int) -> str:
    return report.text(size * 7)


def heading(report: Report, size: int) -> str:
    return f"{'#' * (size % 6 + 1)} {report.text(size % 9 + 1)}"


def bullets(report: Report, size: int) -> str:
    return "\n".join("  " * (depth % 5) + f"- {report.text(size)}" for depth in range(size))


def numbers(report: Report, size: int) -> str:
    return "\n".join(f"{number + 1}. {report.text(size)}" for number in range(size))


def code(report: Report, size: int) -> str:
    return "```\n" + "\n".join(report.word() for _ in range(size * 5)) + "\n```"


def quote(report: Report, size: int) -> str:
    return "\n".join("> " * (line // 3 % 4 + 1) + report.text(size) for line in range(size))


def table(report: Report, size: int) -> str:
    columns = size % 5 + 1
    rows = [[report.text(size) for _ in range(columns)] for _ in range(size + 1)]
    lines = ["|".join(rows[0]), "|".join(["-"] * columns), *("|".join(row) for row in rows[1:])]
    return "\n".join(f"|{line}|" for line in lines)


def tasks(report: Report, size: int) -> str:
    return "\n".join(f"- [{'x' if number % 2 else ' '}] {report.text(size)}" for number in range(size))


def callout(report: Report, size: int) -> str:
    return f"> [!TIP]\n> {report.text(size)}\n>\n> - {report.text(size)}"


def definitions(report: Report, size: int) -> str:
    return "\n\n".join(f"{report.text(2)}\n: {report.text(size)}\n: {report.text(size)}" for _ in range(size))


def details(report: Report, size: int) -> str:
    return (
        f"<details>\n<summary>{report.word()}</summary>\n\n{report.text(size)} <sub>{report.word()}</sub>\n\n"
        f"</details>\n\n<!-- a comment -->"
    )


def sources(report: Report, size: int) -> str:
    return "\n".join(f"[{number + 1}] {report.text(size)}" for number in range(size))


def formula(report: Report, size: int) -> str:
    line = f"{report.word()} $x_{{{size}}} = \\frac{{a}}{{b}}$ {report.word()}"
    return f"{line}\n\n$$\n\\sqrt{{x}}\n$$\n\n{report.word()}"


BLOCKS: list[Callable[[Report, int], str]] = [
    *(paragraph, heading, bullets, numbers, code, quote, table),
    *(tasks, callout, definitions, details, sources, formula),
]


@settings(relaxed, max_examples=35)
@given(st.lists(st.tuples(st.sampled_from(BLOCKS), st.integers(1, 12)), max_size=12))
def test_every_word_of_a_report_is_printed_in_order(
    shape: list[tuple[Callable[[Report, int], str], int]],
) -> None:
    report = Report()
    markdown = "\n\n".join(make(report, size) for make, size in shape)
    printed = body_text(render(markdown)).split()
    kept = [word for word in printed if word.startswith("w") and word.endswith("w")]
    if any(make is table for make, _ in shape):
        # A viewer reads a table line by line across its cells, and its header on every page.
        assert set(kept) == set(report.words)
    else:
        assert kept == report.words
