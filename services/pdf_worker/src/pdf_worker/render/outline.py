"""The outline of a document, handed out heading by heading."""

from dataclasses import dataclass, field

from pdf_worker.render.blocks import Heading, plain_text
from pdf_worker.render.cleaning import one_line
from pdf_worker.render.headings import OutlineEntry

_MAX_OUTLINE_TITLE = 200


@dataclass(slots=True)
class Outline:
    """Hands out outline entries whose depth grows by one step at a time."""

    levels: list[int] = field(default_factory=list)
    count: int = 0

    def entry(self, heading: Heading) -> OutlineEntry | None:
        """Return the entry of the next heading; None for one without text."""
        title = one_line(plain_text(heading.runs))
        if not title:
            return None
        while self.levels and self.levels[-1] >= heading.level:
            self.levels.pop()
        self.levels.append(heading.level)
        self.count += 1
        return OutlineEntry(f"heading-{self.count}", title[:_MAX_OUTLINE_TITLE], len(self.levels) - 1)
