"""Citations and sources: `[3]` in the text leads to source 3, and its number leads back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pdf_worker.render.blocks import (
    Block,
    Heading,
    ListBlock,
    Paragraph,
    Run,
    Runs,
    RunStyle,
    plain_text,
)
from pdf_worker.render.mapping import mapped

_SECTION = re.compile(
    r"^[\W\d_]*(?:(?:list of |key |main |selected |web )?(?:sources?|references?|bibliography|citations?|"
    r"works cited|literature|further reading|endnotes)(?: and \w+| cited| used| list)?|"
    r"quellen(?:verzeichnis)?|literatur(?:verzeichnis)?|referenzen|bibliographie|références|bibliografía|fuentes|"
    r"referencias|fontes|referências|bibliografia|fonti|riferimenti|bronnen|źródła|kaynak(?:lar|ça)|"
    r"источники|(?:список )?литератур[аы]|джерела|المصادر|(?:قائمة )?المراجع|منابع|מקורות|संदर्भ|स्रोत|"
    r"참고\s?문헌|출처|"
    r"参考文献|参考资料|参考來源|参考来源|参考链接|引用|引用来源|資料來源|资料来源|数据来源|信息来源|来源|文献|出典|参考)[\W_]*$",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\s*(?:\[\^?(\d{1,3})\]|【(\d{1,3})】)")
_CITATION = re.compile(
    r"\[(\d{1,3}(?:\s*[,;\u3001\uff0c\u2013-]\s*\d{1,3})*)\]|【(\d{1,3})(?:\u2020[^】]{0,80})?】"
)
_NUMBER = re.compile(r"\d+")


@dataclass(slots=True)
class _Register:
    """Which sources exist and which of them the text cites."""

    sources: set[str] = field(default_factory=set)
    cited: set[str] = field(default_factory=set)


def link_citations(blocks: Sequence[Block]) -> list[Block]:
    """Return the same blocks with links between citations and sources."""
    parts = list(_parts(blocks))
    register = _Register()
    for block, is_source in parts:
        if is_source:
            register.sources.update(number for number in _entry_numbers(block))
    if not register.sources:
        return list(blocks)
    cited = [
        block if is_source else mapped(block, lambda runs: _cite(runs, register))
        for block, is_source in parts
    ]
    return [
        _source(block, register) if is_source else block
        for block, (_, is_source) in zip(cited, parts, strict=True)
    ]


def _parts(blocks: Sequence[Block]) -> Iterator[tuple[Block, bool]]:
    """Say of each block whether it belongs to the sources."""
    level = 0
    for block in blocks:
        if isinstance(block, Heading):
            if _SECTION.match(plain_text(block.runs)):
                level = block.level
            elif block.level <= level:
                level = 0
            yield block, False
        elif isinstance(block, Paragraph) and _is_section_label(block):
            level = 6
            yield block, False
        else:
            yield block, bool(level) or _is_lone_entry(block)


def _is_section_label(block: Paragraph) -> bool:
    text = plain_text(block.runs).strip()
    return (
        len(text) < 40
        and all(run.style.bold or not run.text.strip() for run in block.runs)
        and bool(_SECTION.match(text.rstrip(":\uff1a")))
    )


def _is_lone_entry(block: Block) -> bool:
    """Whether a paragraph outside any section of sources is one: `[1] https://…`."""
    if not isinstance(block, Paragraph):
        return False
    text = plain_text(block.runs)
    return bool(re.match(r"\s*\[\d{1,3}\]:?\s+\S", text)) and any(run.style.link for run in block.runs)


def _entry_numbers(block: Block) -> Iterator[str]:
    match block:
        case ListBlock(items, None):
            yield from (number for item in items for inner in item[:1] for number in _entry_numbers(inner))
        case ListBlock(items, int() as start):
            for offset, item in enumerate(items):
                inside = [number for inner in item[:1] for number in _entry_numbers(inner)]
                yield from inside or [str(start + offset)]
        case Paragraph(runs):
            for line in _lines(runs):
                if found := _ENTRY.match(plain_text(line)):
                    yield found.group(1) or found.group(2)
        case _:
            return


def _lines(runs: Runs) -> Iterator[list[Run]]:
    line: list[Run] = []
    for run in runs:
        line.append(run)
        if run.text.endswith("\n"):
            yield line
            line = []
    yield line


def _source(block: Block, register: _Register) -> Block:
    match block:
        case ListBlock(items, start):
            if start is None or any(_numbered(item) for item in items):
                return replace(block, items=[[_source(inner, register) for inner in item] for item in items])
            styles = [_mark(str(start + offset), register) for offset in range(len(items))]
            return replace(block, marker_styles=styles)
        case Paragraph(runs):
            return Paragraph([run for line in _lines(runs) for run in _entry(line, register)])
        case _:
            return block


def _numbered(item: Sequence[Block]) -> bool:
    return bool(item) and isinstance(item[0], Paragraph) and bool(_ENTRY.match(plain_text(item[0].runs)))


def _mark(number: str, register: _Register) -> RunStyle:
    back = f"cited-{number}" if number in register.cited else None
    return RunStyle(anchor=f"source-{number}", target=back)


def _entry(line: Sequence[Run], register: _Register) -> Iterator[Run]:
    """Give the number at the start of an entry its place to be found at and its way back."""
    found = _ENTRY.match(line[0].text) if line else None
    if found is None or line[0].style.link:
        yield from line
        return
    number = found.group(1) or found.group(2)
    mark = _mark(number, register)
    yield Run(found.group(), replace(line[0].style, anchor=mark.anchor, target=mark.target))
    if rest := line[0].text[found.end() :]:
        yield line[0]._replace(text=rest)
    yield from line[1:]


def _cite(runs: Runs, register: _Register) -> list[Run]:
    return [piece for run in runs for piece in _cite_run(run, register)]


def _cite_run(run: Run, register: _Register) -> Iterator[Run]:
    style = run.style
    if style.code or style.link or style.target or not ("[" in run.text or "【" in run.text):
        yield run
        return
    position = 0
    for found in _CITATION.finditer(run.text):
        for number in _NUMBER.finditer(run.text, *found.span(1 if found.group(1) else 2)):
            if number.group() not in register.sources:
                continue
            alone = number.span() == found.span(1)
            start, end = found.span() if alone else number.span()
            if start > position:
                yield run._replace(text=run.text[position:start])
            anchor = None if number.group() in register.cited else f"cited-{number.group()}"
            register.cited.add(number.group())
            yield Run(run.text[start:end], replace(style, target=f"source-{number.group()}", anchor=anchor))
            position = end
    if position < len(run.text):
        yield run._replace(text=run.text[position:])
