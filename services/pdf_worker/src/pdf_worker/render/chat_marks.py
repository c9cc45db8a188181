"""Marks that chat programs put into an answer for their own screens; they are copied with it."""

import re

_MARK = re.compile(r"( *)\ue200([a-z_]+)((?:\ue202[^\ue200\ue201]*)*)\ue201")
_REFERENCE = re.compile(r" *:contentReference\[oaicite:\d+\]\{index=\d+\}")
_QUOTED = re.compile(r'"([^"]*)"')


def without_chat_marks(markdown: str) -> str:
    """Keep what such a mark says to a reader: the name of an entity, the words of a link.

    Citations among them name pages of a search that is over; they lead nowhere, and are left out.
    """
    if "\ue200" in markdown:
        markdown = _MARK.sub(_read, markdown)
    return _REFERENCE.sub("", markdown) if "[oaicite:" in markdown else markdown


def _read(mark: re.Match[str]) -> str:
    before, kind, fields = mark.group(1), mark.group(2), mark.group(3).split("\ue202")[1:]
    if kind == "entity" and fields:
        names = _QUOTED.findall(fields[0])
        return before + (names[1] if len(names) > 1 else "".join(names))
    if kind == "url" and len(fields) == 2:
        return f"{before}[{fields[0]}](<{fields[1]}>)"
    return ""
