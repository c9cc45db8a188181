"""The canvas of a report: dated as the report is, tagged, and never with a link into nowhere."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO, cast

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfdoc import PDFObject, PDFObjectReference, PDFString
from reportlab.pdfgen.canvas import Canvas

from pdf_worker.fonts.embedding import EmbeddedFonts
from pdf_worker.render.tagging import Annotation, Document, Group, Path, Tags, object_number

_TITLE_PAGE = "Page1"
Area = tuple[float, float, float, float]
rl_config.useA85 = 0  # text armour makes files a quarter larger, for mail gateways of old


class ReportCanvas(Canvas):
    """Knows which places of the document are jumped to, and makes the missing ones lead to the title page."""

    def __init__(
        self, output: BinaryIO, page_size: tuple[float, float], date: datetime, language: str
    ) -> None:
        super().__init__(output, pagesize=page_size, invariant=1)
        moment = date.astimezone(UTC)
        self.setDateFormatter(lambda *_now: f"D:{moment:%Y%m%d%H%M%S}+00'00'")
        self.setViewerPreference("DisplayDocTitle", "true")
        self.setCatalogEntry("Lang", PDFString(language))
        self.showOutline()
        self._wanted: set[str] = set()
        self._marked: set[str] = set()
        self._tags = Tags()
        self._annotations = 0
        self._opening = ""
        self._ornamental = False
        self.fonts = EmbeddedFonts.of(self)

    @property
    def operators(self) -> list[str]:
        """The operators of the current page so far."""
        return cast("list[str]", vars(self)["_code"])

    @contextmanager
    def tagged(self, role: str, alternative: str = "") -> Iterator[None]:
        """Say what is drawn meanwhile; `alternative` is read aloud in place of what has no text."""
        self._tags.begin(role, alternative)
        self._begin()
        yield
        self._end()
        self._tags.end()

    @contextmanager
    def part(self, role: str, alternative: str) -> Iterator[None]:
        """Say what is drawn meanwhile inside what is tagged."""
        if self._ornamental:
            yield
            return
        self._end()
        with self.tagged(role, alternative):
            yield
        self._begin()

    @contextmanager
    def linked(self, group: Group, area: Area, *, url: str = "", anchor: str = "") -> Iterator[None]:
        """Draw a part of a link inside what is tagged; `area`, relative to the origin, leads to its target.

        That is a URL, or a place that is marked anywhere in the document.
        """
        if self._ornamental:
            yield
            self._annotate(area, url, anchor)
            return
        self._end()
        self._tags.begin_group(group)
        self._begin()
        yield
        self._end()
        self._tags.add_annotation(self._annotate(area, url, anchor))
        self._tags.end()
        self._begin()

    @contextmanager
    def ornament(self) -> Iterator[None]:
        """Say that what is drawn meanwhile is not part of the text."""
        self._ornamental = True
        self.operators.append("/Artifact BMC")
        yield
        self.operators.append("EMC")
        self._ornamental = False

    @contextmanager
    def group(self, role: str) -> Iterator[None]:
        """Put what is tagged meanwhile inside one element."""
        self._tags.begin(role)
        yield
        self._tags.end()

    def within(self, path: Path) -> AbstractContextManager[None]:
        """Put what is tagged meanwhile inside the groups around it."""
        return self._tags.within(path)

    def _begin(self) -> None:
        role, number = self._tags.add(self.getPageNumber())
        self._opening = f"/{role} <</MCID {number}>> BDC"
        self.operators.append(self._opening)

    def _end(self) -> None:
        operators = self.operators
        if operators[-1] is self._opening:
            operators.pop()
            self._tags.withdraw(self.getPageNumber())
        else:
            operators.append("EMC")

    def _make_preamble(self) -> None:
        """Begin a page without the font that reportlab would name there and never embed."""
        self._preamble = "1 0 0 1 0 0 cm"

    def _annotate(self, area: Area, url: str, anchor: str) -> "_LinkAnnotation":
        a, b, c, d, e, f = cast("Any", self)._currentMatrix  # noqa: SLF001 - reportlab keeps it to itself
        left, bottom, right, top = area
        corners = (
            (a * left + c * bottom + e, b * left + d * bottom + f),
            (a * right + c * top + e, b * right + d * top + f),
        )
        destination = None
        if anchor:
            self._wanted.add(anchor)
            destination = cast("Any", self)._bookmarkReference(anchor)  # noqa: SLF001 - the only way to another page
        self._annotations += 1
        name = f"Link{self._annotations}"
        annotation = _LinkAnnotation(corners, url, destination)
        document = vars(self)["_doc"]
        vars(self)["_annotationrefs"].append(document.Reference(annotation, name))
        annotation.number = object_number(document, name)
        return annotation

    def picture(self, content: bytes, box: Area) -> None:
        """Draw a raster image into a box: its left, bottom, right and top relative to the origin."""
        left, bottom, right, top = box
        self.drawImage(ImageReader(BytesIO(content)), left, bottom, right - left, top - bottom)

    def mark(self, anchor: str, y: float) -> None:
        """Name the place at a height above the current origin; the first of a name counts."""
        if anchor not in self._marked:
            self.bookmarkHorizontal(anchor, 0, y)

    def bookmarkHorizontal(self, key: str, relativeX: float, relativeY: float, **kw: Any) -> None:  # noqa: ANN401, N802, N803 - reportlab's
        """Name a place for links and the outline."""
        self._marked.add(key)
        super().bookmarkHorizontal(key, relativeX, relativeY, **kw)

    def save(self) -> None:
        """Finish the file."""
        for anchor in sorted(self._wanted - self._marked):
            destination = cast("Any", self)._bookmarkReference(anchor)  # noqa: SLF001 - as above
            destination.setPage(PDFObjectReference(_TITLE_PAGE))
            destination.fit()
        self._tags.write(self)
        super().save()


class _LinkAnnotation(Annotation):
    """An area of a page that leads to a URL, or to a destination in the document."""

    def __init__(
        self,
        corners: tuple[tuple[float, float], tuple[float, float]],
        url: str,
        destination: PDFObject | None,
    ) -> None:
        self.corners = corners
        self.url = url
        self.destination = destination

    def format(self, document: Document) -> bytes:
        """Write the dictionary."""
        rectangle = " ".join(f"{at:.2f}" for corner in self.corners for at in corner)
        if self.destination is not None:
            target = f"/Dest {document.Reference(self.destination).format(document).decode()}"
        else:
            url = self.url.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            target = f"/A << /S /URI /URI ({url}) >> /Contents ({url})"
        parent = "" if self.struct_parent is None else f"/StructParent {self.struct_parent} "
        return (
            f"<< /Type /Annot /Subtype /Link /Rect [{rectangle}] /Border [0 0 0] /F 4 {parent}{target} >>"
        ).encode("ascii")
