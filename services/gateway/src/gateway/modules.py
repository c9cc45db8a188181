"""Which script modules a page needs in the end, so that the browser can fetch all of them at once."""

import re
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).parent / "static" / "js"
_IMPORT = re.compile(r'^(?:import|export)\b[^"]*"(\.{1,2}/[^"]+)";', re.MULTILINE)


@cache
def modules_of(page: str) -> tuple[str, ...]:
    """Give the paths below `static/js` of everything that a page's script imports, itself left out."""
    entry = SCRIPTS / "pages" / f"{page}.js"
    found: dict[Path, None] = {}
    waiting = [entry] if entry.exists() else []
    while waiting:
        module = waiting.pop(0)
        for match in _IMPORT.finditer(module.read_text("utf-8")):
            imported = (module.parent / match[1]).resolve()
            if imported not in found:
                found[imported] = None
                waiting.append(imported)
    return tuple(path.relative_to(SCRIPTS.resolve()).as_posix() for path in found)
