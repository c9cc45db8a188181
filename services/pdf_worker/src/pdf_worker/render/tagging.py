"""Tags: what each part of a page is, in reading order, for programs that read aloud or reflow."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFObject, PDFString

Document = Any
"""reportlab's PDFDocument; its stubs leave untyped what is called here."""

_ATTRIBUTES = {"TH": " /A << /O /Table /Scope /Column >>"}


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """An element around what may be drawn at different times and on several pages, as a list or a table is.

    `role` is a standard structure type of PDF 1.7.
    """

    role: str


Path = Sequence[Group]
"""The groups around a block, the outermost first."""


class Numbered(PDFObject):
    """An object of the file; `number` is known once it is registered."""

    number = 0


class Annotation(Numbered):
    """A part of a page that can be acted on; `struct_parent` leads from it to its element."""

    struct_parent: int | None = None


class Element(Numbered):
    """A node of the structure tree; `kids` are elements, numbers of content on `page`, and annotations."""

    def __init__(self, role: str, parent: Numbered, alternative: str = "") -> None:
        self.role = role
        self.parent = parent
        self.alternative = alternative
        self.kids: list[Element | int | Annotation] = []
        self.page: int | None = None

    def format(self, document: Document) -> bytes:
        """Write the dictionary; all objects have their numbers by then."""
        page = f" /Pg {object_number(document, f'Page{self.page}')} 0 R" if self.page else ""
        kids = " ".join(self._kid(kid) for kid in self.kids)
        more = _ATTRIBUTES.get(self.role, "")
        text = f"<< /S /{self.role} /P {self.parent.number} 0 R{page} /K [{kids}]{more}"
        if not self.alternative:
            return f"{text} >>".encode()
        alternative: bytes = PDFString(self.alternative).format(document)
        return text.encode() + b" /Alt " + alternative + b" >>"

    @staticmethod
    def _kid(kid: "Element | int | Annotation") -> str:
        if isinstance(kid, int):
            return str(kid)
        return f"{kid.number} 0 R" if isinstance(kid, Element) else f"<< /Type /OBJR /Obj {kid.number} 0 R >>"


class Tags(Numbered):
    """The structure tree of one document while it is drawn."""

    def __init__(self) -> None:
        self._root = Element("Document", self)
        self._open = [self._root]
        self._groups: dict[Group, Element] = {}
        self._on_page: dict[int, list[Element]] = {}
        self._links: list[tuple[Annotation, Element]] = []

    @contextmanager
    def within(self, path: Path) -> Iterator[None]:
        """Put what is added meanwhile inside groups, which begin when they are first named."""
        element = self._root
        for group in path:
            known = self._groups.get(group)
            if known is None:
                known = self._groups[group] = _child(element, group.role)
            element = known
        self._open.append(element)
        yield
        self._open.pop()

    def begin(self, role: str, alternative: str = "") -> None:
        """Put what is added from now on inside a new element of the open one."""
        self._open.append(_child(self._open[-1], role, alternative))

    def begin_group(self, group: Group) -> None:
        """Put what is added from now on inside a group of the open element."""
        known = self._groups.get(group)
        if known is None:
            known = self._groups[group] = _child(self._open[-1], group.role)
        self._open.append(known)

    def end(self) -> None:
        """Go on with the element around the open one."""
        self._open.pop()

    def add(self, page: int) -> tuple[str, int]:
        """Add content of a page (from 1) to the open element; return its role and its number on the page."""
        element = self._open[-1]
        on_page = self._on_page.setdefault(page, [])
        element.page = page
        element.kids.append(len(on_page))
        on_page.append(element)
        return element.role, len(on_page) - 1

    def withdraw(self, page: int) -> None:
        """Take the content back that was added last."""
        self._on_page[page].pop().kids.pop()

    def add_annotation(self, annotation: Annotation) -> None:
        """Add an annotation to the open element."""
        self._open[-1].kids.append(annotation)
        self._links.append((annotation, self._open[-1]))

    def write(self, canvas: Any) -> None:  # noqa: ANN401 - reportlab's innards are untyped
        """Put the tree into the file and tell every page and annotation where it is in it."""
        document = canvas._doc  # noqa: SLF001 - reportlab has no other way to add objects
        self.number = _register(document, self, "StructureRoot")
        for count, element in enumerate(_walk(self._root)):
            element.number = _register(document, element, f"Tag{count}")
        pages = document.Pages.pages
        for number, page in enumerate(pages):
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, PDFName("S")
        for number, (annotation, _) in enumerate(self._links, start=len(pages)):
            annotation.struct_parent = number
        canvas.setCatalogEntry("StructTreeRoot", document.Reference(self))
        canvas.setCatalogEntry("MarkInfo", PDFDictionary({"Marked": "true"}))

    def format(self, document: Document) -> bytes:
        """Write the root of the tree, with the way back from each content and annotation to its element."""
        pages = len(document.Pages.pages)
        on_pages = (
            f"{page - 1} [{' '.join(f'{element.number} 0 R' for element in elements)}]"
            for page, elements in sorted(self._on_page.items())
        )
        links = (f"{pages + row} {element.number} 0 R" for row, (_, element) in enumerate(self._links))
        return (
            f"<< /Type /StructTreeRoot /K {self._root.number} 0 R "
            f"/ParentTree << /Nums [{' '.join([*on_pages, *links])}] >> "
            f"/ParentTreeNextKey {pages + len(self._links)} >>"
        ).encode()


def object_number(document: Document, name: str) -> int:
    """Return the number of a registered object."""
    return int(document.idToObjectNumberAndVersion[name][0])


def _register(document: Document, thing: PDFObject, name: str) -> int:
    document.Reference(thing, name)
    return object_number(document, name)


def _child(parent: Element, role: str, alternative: str = "") -> Element:
    element = Element(role, parent, alternative)
    parent.kids.append(element)
    return element


def _walk(element: Element) -> Iterator[Element]:
    """Yield all elements, without recursion: lists may be nested deeper than Python's stack."""
    waiting = [element]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += [kid for kid in reversed(current.kids) if isinstance(kid, Element)]
