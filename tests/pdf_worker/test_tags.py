"""Programs that read aloud or reflow find every part of a report, in reading order, and what it is."""

from collections.abc import Iterator
from typing import Any

from pypdf.generic import DictionaryObject, IndirectObject

from tests.pdf_worker.rendering import reader, render


def test_parts_are_tagged_in_reading_order() -> None:
    markdown = (
        "# A\n\ntext\n\n| h |\n|---|\n| c |\n\nTable: t\n\n$$x^2$$\n\n> quote\n\n## B\n\nTerm\n: meaning"
    )
    assert tree(markdown)[4:] == [
        "H1", "P", "Table(", "TR(", "TH", ")", "TR(", "TD", ")", ")", "Caption", "Formula",
        "BlockQuote(", "P", ")", "H2", "L(", "LI(", "Lbl", "LBody(", "P", ")", ")", ")"
    ]  # fmt: skip


def test_lists_are_lists_of_items_with_labels() -> None:
    assert tree("- a\n  1. b\n\n     c\n- d")[4:] == [
        "L(", "LI(", "Lbl", "LBody(", "P",
        "L(", "LI(", "Lbl", "LBody(", "P", "P", ")", ")", ")",
        ")", ")",
        "LI(", "Lbl", "LBody(", "P", ")", ")", ")"
    ]  # fmt: skip


def test_a_list_stays_one_list_across_pages_and_a_table_one_table() -> None:
    tags = tree("\n".join(f"- item {number}" for number in range(90)))
    assert tags.count("L(") == 1
    assert tags.count("LI(") == 90
    tags = tree("| h |\n|---|\n" + "| c |\n" * 90)
    assert tags.count("Table(") == 1
    assert tags.count("TH") == 1, "a header that is repeated on the next page is no part of the text"
    assert tags.count("TD") == 90


def test_links_are_elements_that_lead_to_their_area_and_back() -> None:
    link = "[" + "long words of a link " * 12 + "](https://example.org/a_(b))"
    rendered = render(f"before {link} after [1]\n\n## Sources\n\n[1] https://example.org/source")
    root: Any = reader(rendered).root_object["/StructTreeRoot"]
    parents = numbers(root["/ParentTree"])
    links = [element for element in elements(root["/K"]) if element["/S"] == "/Link"]
    assert len(links) >= 3
    areas = 0
    for element in links:
        kinds = [kid for kid in element["/K"] if isinstance(kid, DictionaryObject)]
        assert any(isinstance(kid, int) for kid in element["/K"]), "it has text"
        assert kinds
        for kid in kinds:
            annotation: Any = kid["/Obj"]
            assert annotation["/Subtype"] == "/Link"
            assert parents[annotation["/StructParent"]].get_object() == element
            areas += 1
    assert areas > len(links), "a link over two lines is one element with two areas"
    assert len(links[0]["/P"]["/K"]) >= 3, "what stands before and after a link is part of the paragraph"


def test_content_of_every_page_leads_to_its_element() -> None:
    markdown = "# A\n\n" + "text with [a link](https://example.org) and `code`\n\n- item\n\n" * 40
    file = reader(render(markdown))
    root: Any = file.root_object["/StructTreeRoot"]
    parents = numbers(root["/ParentTree"])
    for number, page in enumerate(file.pages):
        content = page.get_contents()
        assert content is not None
        marked = content.get_data().count(b"<</MCID ")
        assert int(str(page["/StructParents"])) == number
        owners = parents[number]
        assert len(owners) == marked
        for place, owner in enumerate(owners):
            element = owner.get_object()
            assert place in element["/K"]
            assert element["/Pg"].indirect_reference == page.indirect_reference


def test_words_at_the_end_of_lines_are_apart_for_programs_that_reflow_text() -> None:
    text = reader(render("# A\n\n" + "word " * 200)).pages[1].extract_text()
    assert "wordword" not in text.replace("\n", "")


def tree(markdown: str) -> list[str]:
    """Roles of all elements in order; what is inside an element follows in brackets."""
    root: Any = reader(render(markdown)).root_object
    assert root["/MarkInfo"]["/Marked"]
    return list(roles(root["/StructTreeRoot"]["/K"]))[1:-1]


def roles(element: Any) -> Iterator[str]:  # noqa: ANN401 - pypdf's objects are what they are
    kids = below(element)
    role = element["/S"][1:]
    if not kids:
        yield role
        return
    yield f"{role}("
    for kid in kids:
        yield from roles(kid)
    yield ")"


def elements(element: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    yield element
    for kid in below(element):
        yield from elements(kid)


def below(element: Any) -> list[Any]:  # noqa: ANN401 - as above
    kids: list[Any] = [kid.get_object() for kid in element["/K"] if isinstance(kid, IndirectObject)]
    return [kid for kid in kids if "/S" in kid]


def numbers(parents: Any) -> dict[int, Any]:  # noqa: ANN401 - as above
    """Read a number tree."""
    flat = parents["/Nums"]
    return {int(flat[at]): flat[at + 1] for at in range(0, len(flat), 2)}
