from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What the title page and the file's metadata say. `date` must know its time zone."""

    title: str
    prompt: str
    model: str
    date: datetime
    report_id: str
