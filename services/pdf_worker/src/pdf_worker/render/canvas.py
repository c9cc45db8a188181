"""The canvas of a report: dated as the report is, and never with a link into nowhere."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, cast

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFObjectReference, PDFString
from reportlab.pdfgen.canvas import Canvas

from pdf_worker.render.tagging import Tags

_TITLE_PAGE = "Page1"
rl_config.useA85 = 0  # text armour makes files a quarter larger, for mail gateways of old


class ReportCanvas(Canvas):
    """Knows which places of the document are jumped to, and makes the missing ones lead to the title page."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - passed on as reportlab gives them
        super().__init__(*arguments, **options)
        self._wanted: set[str] = set()
        self._marked: set[str] = set()

        self._tags = Tags()

    @contextmanager
    def tagged(self, role: str, alternative: str = "") -> Iterator[None]:
        """Say what is drawn meanwhile; `alternative` is read aloud in place of what has no text."""
        number = self._tags.add(role, self.getPageNumber(), alternative)
        self.addLiteral(f"/{role} <</MCID {number}>> BDC")
        yield
        self.addLiteral("EMC")

    @contextmanager
    def ornament(self) -> Iterator[None]:
        """Say that what is drawn meanwhile is not part of the text."""
        self.addLiteral("/Artifact BMC")
        yield
        self.addLiteral("EMC")

    def group(self, role: str) -> AbstractContextManager[None]:
        """Put what is tagged meanwhile inside one element."""
        return self._tags.group(role)

    def _make_preamble(self) -> None:
        """Begin a page without the font that reportlab would name there and never embed."""
        self._preamble = "1 0 0 1 0 0 cm"

    def jump_to(self, anchor: str, area: tuple[float, float, float, float]) -> None:
        """Make an area, relative to the current origin, lead to a place marked anywhere in the document."""
        self._wanted.add(anchor)
        self.linkRect("", anchor, area, relative=1)

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
            destination = cast("Any", self)._bookmarkReference(anchor)  # noqa: SLF001 - the only way to another page
            destination.setPage(PDFObjectReference(_TITLE_PAGE))
            destination.fit()
        self._tags.write(self)
        super().save()


def ornament(canvas: Canvas) -> AbstractContextManager[None]:
    """Mark what is drawn meanwhile as no part of the text, on a canvas that can."""
    return canvas.ornament() if isinstance(canvas, ReportCanvas) else nullcontext()


def tagged(canvas: Canvas, role: str, alternative: str = "") -> AbstractContextManager[None]:
    """Tag what is drawn meanwhile, on a canvas that can."""
    return canvas.tagged(role, alternative) if isinstance(canvas, ReportCanvas) else nullcontext()


def group(canvas: Canvas, role: str) -> AbstractContextManager[None]:
    """Put what is tagged meanwhile inside one element, on a canvas that can."""
    return canvas.group(role) if isinstance(canvas, ReportCanvas) else nullcontext()


def canvas_maker(date: datetime, language: str) -> Callable[..., Canvas]:
    """Make canvases that date the file as the report, not as the moment of rendering."""
    moment = date.astimezone(UTC)

    def make(*arguments: Any, **options: Any) -> Canvas:  # noqa: ANN401 - as above
        canvas = ReportCanvas(*arguments, **options)
        canvas.setDateFormatter(lambda *_now: f"D:{moment:%Y%m%d%H%M%S}+00'00'")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.setCatalogEntry("Lang", PDFString(language))
        canvas.showOutline()
        return canvas

    return make
