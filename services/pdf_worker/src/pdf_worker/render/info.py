from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pdf_worker.render.labels import Labels, labels_in


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What the title page and the file's metadata say, and what belongs to the report besides its text.

    `date` must know its time zone. `language` is a BCP 47 tag, found from the text when empty. `author` is
    the model when empty. `images` are contents of pictures by the address that the Markdown gives them.
    """

    title: str
    prompt: str
    model: str
    date: datetime
    report_id: str
    language: str = ""
    author: str = ""
    keywords: Sequence[str] = ()
    max_pages: int = 2000
    images: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def labels(self) -> Labels:
        """The words around the report, in its language."""
        return labels_in(self.language)
