import re
import textwrap

TITLE_MAX_CHARACTERS = 120

_HEADING = re.compile(r" {0,3}#[ \t]+(?P<text>.*?)(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_EMPHASIS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)")


def title_of(markdown: str, prompt: str) -> str:
    """Return the text of the first level-one heading, or else a short form of the prompt.

    Always one line of at most `TITLE_MAX_CHARACTERS`, without Markdown's emphasis marks.
    """
    return _one_line(_first_heading(markdown)) or _one_line(prompt) or "Untitled report"


def _first_heading(markdown: str) -> str:
    fence: str | None = None
    for line in markdown.splitlines():
        if mark := _FENCE.match(line):
            if fence is None:
                fence = mark["fence"]
            elif line.strip().startswith(fence):
                fence = None
        elif fence is None and (heading := _HEADING.fullmatch(line)):
            return heading["text"]
    return ""


def _one_line(text: str) -> str:
    plain = _EMPHASIS.sub("", text)
    short = textwrap.shorten(plain, width=TITLE_MAX_CHARACTERS, placeholder=" …")
    # A text without spaces is one word to `shorten`, which leaves only the placeholder of it.
    return short if short.strip(" …") else plain.strip()[:TITLE_MAX_CHARACTERS]
