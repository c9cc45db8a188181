"""Tags: what each part of a page is, in reading order, for programs that read aloud or reflow."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFString

_ROOT = "StructureRoot"


@dataclass(slots=True)
class _Element:
    """A node of the structure tree: it has children, or content on one page."""

    name: str
    role: str
    parent: str
    alternative: str = ""
    page: int | None = None
    content: int = 0
    children: list["_Element"] = field(default_factory=list)


class Tags:
    """The structure tree of one document while it is drawn."""

    def __init__(self) -> None:
        self._count = 0
        self._open = [_Element("Tag0", "Document", _ROOT)]
        self._on_page: dict[int, list[_Element]] = {}

    def add(self, role: str, page: int, alternative: str) -> int:
        """Add content of a page (counted from 1) to the open element and return its number on that page."""
        element = self._child(role, alternative)
        on_page = self._on_page.setdefault(page, [])
        element.page, element.content = page, len(on_page)
        on_page.append(element)
        return element.content

    @contextmanager
    def group(self, role: str) -> Iterator[None]:
        """Put what is added meanwhile inside an element."""
        self._open.append(self._child(role, ""))
        try:
            yield
        finally:
            self._open.pop()

    def write(self, canvas: Any) -> None:  # noqa: ANN401 - reportlab's innards are untyped
        """Put the tree into the file and tell every page where its parts are in it."""
        document = canvas._doc  # noqa: SLF001 - reportlab has no other way to add objects
        self._write(document, self._open[0])
        numbers: list[Any] = []
        for page, elements in sorted(self._on_page.items()):
            numbers += [page - 1, PDFArray([PDFObjectReference(element.name) for element in elements])]
        for number, page in enumerate(document.Pages.pages):
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, PDFName("S")
        root = {
            "Type": PDFName("StructTreeRoot"),
            "K": PDFObjectReference(self._open[0].name),
            "ParentTree": PDFDictionary({"Nums": PDFArray(numbers)}),
            "ParentTreeNextKey": len(document.Pages.pages),
        }
        canvas.setCatalogEntry("StructTreeRoot", document.Reference(PDFDictionary(root), _ROOT))
        canvas.setCatalogEntry("MarkInfo", PDFDictionary({"Marked": "true"}))

    def _child(self, role: str, alternative: str) -> _Element:
        self._count += 1
        element = _Element(f"Tag{self._count}", role, self._open[-1].name, alternative)
        self._open[-1].children.append(element)
        return element

    def _write(self, document: Any, element: _Element) -> None:  # noqa: ANN401 - as in write
        fields: dict[str, Any] = {
            "Type": PDFName("StructElem"),
            "S": PDFName(element.role),
            "P": PDFObjectReference(element.parent),
        }
        if element.page is None:
            fields["K"] = PDFArray([PDFObjectReference(child.name) for child in element.children])
        else:
            fields["K"], fields["Pg"] = element.content, PDFObjectReference(f"Page{element.page}")
        if element.alternative:
            fields["Alt"] = PDFString(element.alternative)
        document.Reference(PDFDictionary(fields), element.name)
        for child in element.children:
            self._write(document, child)
