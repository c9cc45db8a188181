"""The Unicode Bidirectional Algorithm (UAX #9) for text with isolates and marks, without embeddings."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u2067\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ISOLATES = frozenset({"LRI", "RLI", "FSI"})
_NEUTRAL = frozenset({"B", "S", "WS", "ON", "PDI", *_ISOLATES})
_REMOVED = frozenset({"BN", "LRE", "RLE", "LRO", "RLO", "PDF"})
_MAX_DEPTH = 125
_PAIRS = (
    "()[]{}⁅⁆⁽⁾₍₎⌈⌉⌊⌋❨❩❪❫❬❭❮❯❰❱❲❳❴❵⟅⟆⟦⟧⟨⟩⟪⟫⟬⟭⟮⟯⦃⦄⦅⦆⦇⦈⦉⦊〈〉《》「」『』【】〔〕〖〗〘〙〚〛（）［］｛｝｟｠｢｣"  # noqa: RUF001 - brackets
)
_CLOSING = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
_MAX_OPEN_BRACKETS = 63
_MAX_LOOK_AHEAD = 200


def has_rtl(text: str) -> bool:
    """Whether any character of `text` may be set from right to left."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def first_strong(text: str, *, isolated: bool = False) -> bool | None:
    """Whether the first letter outside isolates is right-to-left; None when there is no letter.

    `isolated` text ends where its isolate does.
    """
    depth = 0
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _ISOLATES:
            depth += 1
        elif kind == "PDI" and isolated and not depth:
            return None
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif depth == 0 and kind in ("L", "R", "AL"):
            return kind != "L"
    return None


def levels(text: str, *, rtl: bool) -> list[int]:
    """Return the embedding level of each character of a paragraph; odd ones run from right to left."""
    kinds = [unicodedata.bidirectional(character) or "L" for character in text]
    resolved, partners = _explicit(kinds, text, base=int(rtl))
    for run in _isolating_runs(kinds, resolved, partners):
        _resolve(run, kinds, resolved, text, base=int(rtl))
    for position, kind in enumerate(kinds):
        if kind in _REMOVED and position:
            resolved[position] = resolved[position - 1]  # joiners stay with what they join
    return resolved


def visual_order(row: Sequence[int]) -> list[int]:
    """Return the indices of the items of a line, which have these levels, from left to right."""
    order = list(range(len(row)))
    odd = [level for level in row if level % 2]
    if not odd:
        return order
    for level in range(max(row), min(odd) - 1, -1):
        start = None
        for place in range(len(order) + 1):
            inside = place < len(order) and row[order[place]] >= level
            if inside and start is None:
                start = place
            elif not inside and start is not None:
                order[start:place] = order[start:place][::-1]
                start = None
    return order


def _explicit(kinds: Sequence[str], text: str, base: int) -> tuple[list[int], dict[int, int]]:
    """Apply X1 to X8: a level for each character, and the partner of each isolate's beginning and end."""
    resolved, partners = [], {}
    stack: list[tuple[int, int]] = []
    overflow = 0
    for position, kind in enumerate(kinds):
        level = stack[-1][1] if stack else base
        if kind == "PDI" and not overflow and stack:
            opening, _ = stack.pop()
            partners[opening], partners[position] = position, opening
            level = stack[-1][1] if stack else base
        elif kind == "PDI":
            overflow = max(0, overflow - 1)
        resolved.append(level)
        if kind in _ISOLATES:
            right = kind == "RLI" or (kind == "FSI" and bool(_first_in(text, position)))
            inner = (level + 1) | 1 if right else (level + 2) & ~1
            if inner > _MAX_DEPTH or overflow:
                overflow += 1
            else:
                stack.append((position, inner))
    return resolved, partners


def _first_in(text: str, opening: int) -> bool | None:
    return first_strong(text[opening + 1 : opening + _MAX_LOOK_AHEAD], isolated=True)


def _isolating_runs(
    kinds: Sequence[str], resolved: Sequence[int], partners: dict[int, int]
) -> Iterator[list[int]]:
    """Yield the positions of each isolating run sequence (BD13)."""
    runs: list[list[int]] = []
    for position in range(len(kinds)):
        if kinds[position] in _REMOVED:
            continue
        if runs and resolved[runs[-1][-1]] == resolved[position] and partners.get(position) != runs[-1][-1]:
            runs[-1].append(position)
        else:
            runs.append([position])
    by_start = {run[0]: run for run in runs}
    for run in runs:
        if run[0] in partners and kinds[run[0]] == "PDI":
            continue
        whole = list(run)
        while kinds[whole[-1]] in _ISOLATES and whole[-1] in partners:
            whole += by_start[partners[whole[-1]]]
        yield whole


def _resolve(run: Sequence[int], kinds: Sequence[str], resolved: list[int], text: str, base: int) -> None:
    level = resolved[run[0]]
    before = next((resolved[at] for at in range(run[0] - 1, -1, -1) if kinds[at] not in _REMOVED), base)
    after = next((resolved[at] for at in range(run[-1] + 1, len(kinds)) if kinds[at] not in _REMOVED), base)
    if kinds[run[-1]] in _ISOLATES:
        after = base
    edges = ("LR"[max(level, before) % 2], "LR"[max(level, after) % 2])
    types = [kinds[position] for position in run]
    _weak(types, edges[0])
    _brackets(types, [text[position] for position in run], [kinds[p] for p in run], edges[0], "LR"[level % 2])
    _neutral(types, edges, "LR"[level % 2])
    for position, kind in zip(run, types, strict=True):
        if level % 2:
            resolved[position] = level + (kind != "R")
        else:
            resolved[position] = level + {"L": 0, "R": 1}.get(kind, 2)


def _weak(types: list[str], edge: str) -> None:
    """W1 to W7: marks, numbers and what stands in and beside them."""
    previous = edge
    for index, kind in enumerate(types):
        if kind == "NSM":
            types[index] = "ON" if previous in _ISOLATES or previous == "PDI" else previous
        previous = types[index]
    _numbers_after(types, edge, "AL", "AN")
    types[:] = ["R" if kind == "AL" else kind for kind in types]
    for index in range(1, len(types) - 1):
        left, kind, right = types[index - 1 : index + 2]
        joins = kind == "CS" and left in ("EN", "AN")
        if left == right and (joins or (kind == "ES" and left == "EN")):
            types[index] = left
    _terminators(types)
    types[:] = ["ON" if kind in ("ES", "CS", "ET") else kind for kind in types]
    _numbers_after(types, edge, "L", "L")


def _numbers_after(types: list[str], edge: str, letter: str, number: str) -> None:
    """W2 and W7: a number whose last letter before it is of one kind becomes another kind of number."""
    strong = edge
    for index, kind in enumerate(types):
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == letter:
            types[index] = number


def _terminators(types: list[str]) -> None:
    """W5: a run of percent signs, currency signs and the like beside a number joins it."""
    index = 0
    while index < len(types):
        end = index
        while end < len(types) and types[end] == "ET":
            end += 1
        if end == index:
            index += 1
            continue
        if (index and types[index - 1] == "EN") or (end < len(types) and types[end] == "EN"):
            types[index:end] = ["EN"] * (end - index)
        index = end


def _brackets(types: list[str], characters: Sequence[str], kinds: Sequence[str], edge: str, own: str) -> None:
    """N0: a pair of brackets runs as what is inside it, or as what precedes it."""
    for opening, closing in _bracket_pairs(types, characters):
        inside = {_strong(kind) for kind in types[opening + 1 : closing]}
        if own in inside:
            direction = own
        elif inside & {"L", "R"}:
            before = (_strong(types[at]) for at in range(opening - 1, -1, -1))
            direction = next((strong for strong in before if strong), edge)
        else:
            continue
        for bracket in (opening, closing):
            types[bracket] = direction
            mark = bracket + 1
            while mark < len(types) and kinds[mark] == "NSM":
                types[mark] = direction
                mark += 1


def _strong(kind: str) -> str:
    if kind in ("R", "EN", "AN"):
        return "R"
    return "L" if kind == "L" else ""


def _bracket_pairs(types: Sequence[str], characters: Sequence[str]) -> list[tuple[int, int]]:
    stack: list[tuple[str, int]] = []
    pairs = []
    for index, (kind, character) in enumerate(zip(types, characters, strict=True)):
        if kind != "ON":
            continue
        if character in _CLOSING:
            if len(stack) == _MAX_OPEN_BRACKETS:
                break
            stack.append((_CLOSING[character], index))
            continue
        depth = next((at for at in range(len(stack) - 1, -1, -1) if stack[at][0] == character), None)
        if depth is not None:
            pairs.append((stack[depth][1], index))
            del stack[depth:]
    return sorted(pairs)


def _neutral(types: list[str], edges: tuple[str, str], own: str) -> None:
    """N1 and N2: what has no direction takes that of both its sides, else the run's."""
    marks = [(-1, edges[0])]
    marks += [(index, _strong(kind)) for index, kind in enumerate(types) if kind not in _NEUTRAL]
    marks.append((len(types), edges[1]))
    for (start, left), (end, right) in pairwise(marks):
        types[start + 1 : end] = [left if left == right else own] * (end - start - 1)
