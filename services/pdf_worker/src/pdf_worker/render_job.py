"""What the worker and its rendering processes say to each other, over pipes.

A frame is the length of its header (8 bytes, big-endian), the header as JSON, and `header["size"]` bytes of
content. JSON, because a process that read untrusted text must not be able to make the worker run anything.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime

from pdf_worker.render import DocumentInfo, RenderedPdf

LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class RenderJob:
    """One report to render; `plain` skips typesetting."""

    markdown: str
    info: DocumentInfo
    plain: bool = False

    def to_frame(self) -> bytes:
        """Encode for the rendering process."""
        header = {
            "markdown": self.markdown,
            "plain": self.plain,
            "title": self.info.title,
            "prompt": self.info.prompt,
            "model": self.info.model,
            "date": self.info.date.isoformat(),
            "report_id": self.info.report_id,
            "max_pages": self.info.max_pages,
            "images": {name: b64encode(image).decode() for name, image in self.info.images.items()},
        }
        return _frame(header)

    @classmethod
    def from_header(cls, header: bytes) -> "RenderJob":
        """Decode what `to_frame` encoded."""
        fields = json.loads(header)
        info = DocumentInfo(
            title=fields["title"],
            prompt=fields["prompt"],
            model=fields["model"],
            date=datetime.fromisoformat(fields["date"]),
            report_id=fields["report_id"],
            max_pages=fields["max_pages"],
            images={name: b64decode(image) for name, image in fields["images"].items()},
        )
        return cls(fields["markdown"], info, plain=fields["plain"])


@dataclass(frozen=True, slots=True)
class ResultHeader:
    """What precedes the bytes of a PDF; `size` counts them."""

    size: int
    pages: int
    degraded: bool
    failure: str
    missing: str

    @classmethod
    def from_bytes(cls, header: bytes) -> "ResultHeader":
        """Decode what `result_frame` encoded."""
        return cls(**json.loads(header))

    def with_content(self, content: bytes) -> RenderedPdf:
        """Put the result together again."""
        return RenderedPdf(content, self.pages, self.degraded, self.failure, self.missing)


def result_frame(rendered: RenderedPdf) -> bytes:
    """Encode for the worker."""
    header = {
        "size": len(rendered.content),
        "pages": rendered.pages,
        "degraded": rendered.degraded,
        "failure": rendered.failure,
        "missing": rendered.missing,
    }
    return _frame(header, rendered.content)


def _frame(header: dict[str, object], content: bytes = b"") -> bytes:
    encoded = json.dumps(header).encode()
    return len(encoded).to_bytes(LENGTH_BYTES, "big") + encoded + content
