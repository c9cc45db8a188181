"""What models wrap around a whole report is taken off before it is read."""

import re

_WRAPPED = re.compile(r"\s*(`{3,}|~{3,})(?:markdown|md)[ \t]*\n(.*)\n\1[ \t]*\s*$", re.DOTALL | re.IGNORECASE)
_UNCLOSED = re.compile(r"\s*(`{3,}|~{3,})(?:markdown|md)[ \t]*\n(.*)$", re.DOTALL | re.IGNORECASE)
_FRONT_MATTER = re.compile(
    r"\s*---[ \t]*\n((?:[A-Za-z_][\w -]*:[^\n]*\n|[ \t]+[^\n]*\n|- [^\n]*\n)+)---[ \t]*\n"
)


def unwrapped(markdown: str) -> str:
    """Open a report that was put into a `markdown` fence as a whole; show YAML front matter as code."""
    text = markdown
    match = _WRAPPED.match(markdown)
    if (match is not None and _balanced(match.group(2), match.group(1))) or (
        match is None and (match := _UNCLOSED.match(markdown)) and _balanced(match.group(2), match.group(1))
    ):
        text = match.group(2)
    front = _FRONT_MATTER.match(text)
    if front is not None:
        return f"```yaml\n{front.group(1)}```\n{text[front.end() :]}"
    return text


def _balanced(text: str, fence: str) -> bool:
    """Whether every fence inside is closed inside."""
    return sum(line.lstrip().startswith(fence) for line in text.split("\n")) % 2 == 0
