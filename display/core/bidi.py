"""The Unicode Bidirectional Algorithm (UAX #9): the order in which the characters of a line are painted.

One line of text is one paragraph. The rule names (P2, X1, W1, N0, L1 ...) are those of the annex.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from display.core.bidi_data import CANONICAL, CLOSED, CLOSING, bidi_class

Base = Literal["ltr", "rtl", "auto"]

DEPTH_MAX = 125  # levels; BD2
BRACKETS_OPEN_MAX = 63  # BD16: a bracket nested deeper ends the search
RUNS_CACHED_MAX = 2048  # texts; some five pages of a busy board

REMOVED = None  # the level of a character that rule X9 takes out

_ZERO_WIDTH_JOINERS = "\u200c\u200d"  # removed by X9, yet the shaper needs them
_ISOLATE_CHARACTERS = "\u2066\u2067\u2068\u2069"
_RTL_CLASSES = frozenset(("R", "AL", "AN"))
_LTR_CLASSES = frozenset(("L", "EN", "AN"))  # what has an even level inside right-to-left text
_EXPLICIT = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
_INITIATORS = frozenset(("LRI", "RLI", "FSI"))
_ISOLATES = _INITIATORS | {"PDI"}
_NEUTRAL = frozenset(("B", "S", "WS", "ON")) | _ISOLATES
_TRAILING = frozenset(("WS",)) | _ISOLATES
_STRONG = {"L": "L", "R": "R", "EN": "R", "AN": "R"}  # as N0-N2 see it: numbers count as R


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one direction in logical order, without the characters that only steer the order."""

    text: str
    rtl: bool


@lru_cache(maxsize=RUNS_CACHED_MAX)
def visual_runs(text: str, base: Base = "auto") -> tuple[Run, ...]:
    """The runs of one line from left to right; embedding, override and isolate characters are dropped."""
    _, levels = resolve(text, base)
    runs: list[tuple[int, list[str]]] = []
    for char, level in zip(text, levels, strict=True):
        if level is REMOVED:
            if char in _ZERO_WIDTH_JOINERS and runs:
                runs[-1][1].append(char)
        elif char not in _ISOLATE_CHARACTERS:
            if not runs or runs[-1][0] != level:
                runs.append((level, []))
            runs[-1][1].append(char)
    order = visual_order([level for level, _ in runs])
    return tuple(Run("".join(runs[i][1]), bool(runs[i][0] & 1)) for i in order)


def resolve(text: str, base: Base = "auto") -> tuple[int, list[int | None]]:
    """The paragraph level and each character's level; REMOVED for those that rule X9 takes out."""
    classes = [bidi_class(char) for char in text]
    paragraph = {"ltr": 0, "rtl": 1}.get(base)
    if paragraph is None:
        paragraph = 1 if _first_strong(classes, 0, len(classes)) == "R" else 0
    present = set(classes)
    if present.isdisjoint(_LTR_CLASSES if paragraph else _RTL_CLASSES) and present.isdisjoint(_EXPLICIT):
        return paragraph, [REMOVED if kind == "BN" else paragraph for kind in classes]
    partners = _isolate_partners(classes)
    levels, types = _explicit_levels(classes, paragraph, partners)
    for sequence, sos, eos in list(_run_sequences(classes, levels, paragraph, partners)):
        kinds = [types[i] for i in sequence]
        _resolve_weak(kinds, sos)
        level = levels[sequence[0]] or 0
        _resolve_brackets(kinds, sequence, text, classes, level, sos)
        _resolve_neutral(kinds, level, sos, eos)
        for i, kind in zip(sequence, kinds, strict=True):
            if kind in ("AN", "EN"):  # I1, I2
                levels[i] = level + 2 - (level & 1)
            elif (kind == "R") != bool(level & 1):
                levels[i] = level + 1
    _reset_trailing(classes, levels, paragraph)
    return paragraph, levels


def visual_order(levels: Sequence[int]) -> list[int]:
    """L2: the indices from left to right."""
    order = list(range(len(levels)))
    odd = [level for level in levels if level & 1]
    if not odd:
        return order
    for limit in range(max(levels), min(odd) - 1, -1):
        start = None
        for at in range(len(order) + 1):
            inside = at < len(order) and levels[order[at]] >= limit
            if inside and start is None:
                start = at
            elif not inside and start is not None:
                order[start:at] = order[start:at][::-1]
                start = None
    return order


def _first_strong(classes: Sequence[str], start: int, end: int) -> str | None:
    """P2, P3: L or R of the first strong character outside isolates."""
    depth = 0
    for kind in classes[start:end]:
        if kind in _INITIATORS:
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif kind == "B":
            return None
        elif depth == 0 and kind in ("L", "R", "AL"):
            return "L" if kind == "L" else "R"
    return None


def _isolate_partners(classes: Sequence[str]) -> dict[int, int]:
    """BD9: initiator to its PDI and back."""
    partners: dict[int, int] = {}
    unclosed: list[int] = []
    for i, kind in enumerate(classes):
        if kind in _INITIATORS:
            unclosed.append(i)
        elif kind == "PDI" and unclosed:
            start = unclosed.pop()
            partners[start], partners[i] = i, start
        elif kind == "B":
            unclosed.clear()
    return partners


def _explicit_levels(
    classes: Sequence[str], paragraph: int, partners: dict[int, int]
) -> tuple[list[int | None], list[str]]:
    """X1-X9: levels from embeddings, overrides and isolates; the types as overrides leave them."""
    levels: list[int | None] = []
    types = list(classes)
    stack: list[tuple[int, str | None, bool]] = [(paragraph, None, False)]  # level, override, is an isolate
    lost_isolates = lost_embeddings = isolates = 0
    for i, kind in enumerate(classes):
        level, override, _ = stack[-1]
        if kind in ("RLE", "LRE", "RLO", "LRO"):
            levels.append(REMOVED)
            deeper = _deeper(level, kind[0])
            if deeper <= DEPTH_MAX and not lost_isolates and not lost_embeddings:
                stack.append((deeper, kind[0] if kind[2] == "O" else None, False))
            elif not lost_isolates:
                lost_embeddings += 1
        elif kind == "PDF":
            levels.append(REMOVED)
            if not lost_isolates:
                if lost_embeddings:
                    lost_embeddings -= 1
                elif not stack[-1][2] and len(stack) > 1:
                    stack.pop()
        elif kind == "BN":
            levels.append(REMOVED)
        elif kind == "B":
            levels.append(paragraph)
            stack = stack[:1]
            lost_isolates = lost_embeddings = isolates = 0
        else:
            if kind == "PDI":
                if lost_isolates:
                    lost_isolates -= 1
                elif isolates:
                    lost_embeddings = 0
                    while not stack[-1][2]:
                        stack.pop()
                    stack.pop()
                    isolates -= 1
                level, override, _ = stack[-1]
            levels.append(level)
            if override:
                types[i] = override
            if kind in _INITIATORS:
                side = kind[0]
                if kind == "FSI":
                    side = _first_strong(classes, i + 1, partners.get(i, len(classes))) or "L"
                deeper = _deeper(level, side)
                if deeper <= DEPTH_MAX and not lost_isolates and not lost_embeddings:
                    isolates += 1
                    stack.append((deeper, None, True))
                else:
                    lost_isolates += 1
    return levels, types


def _deeper(level: int, side: str) -> int:
    """The next odd (R) or even (L) level."""
    return (level + 1) | 1 if side == "R" else (level + 2) & ~1


def _run_sequences(
    classes: Sequence[str], levels: Sequence[int | None], paragraph: int, partners: dict[int, int]
) -> Iterable[tuple[list[int], str, str]]:
    """X10: isolating run sequences as (indices, sos, eos)."""
    runs: list[list[int]] = []
    kept = [i for i, level in enumerate(levels) if level is not REMOVED]
    for before, i in zip([-1, *kept], kept, strict=False):
        if before >= 0 and levels[before] == levels[i] and classes[before] != "B":
            runs[-1].append(i)
        else:
            runs.append([i])
    run_at = {run[0]: run for run in runs}
    place = {i: n for n, i in enumerate(kept)}
    for run in runs:
        if classes[run[0]] == "PDI" and run[0] in partners:
            continue
        sequence = list(run)
        while (last := sequence[-1]) in partners and classes[last] in _INITIATORS:
            sequence += run_at[partners[last]]
        level = levels[run[0]] or 0
        first, end = place[sequence[0]], place[sequence[-1]] + 1
        before_level = levels[kept[first - 1]] if first and classes[kept[first - 1]] != "B" else paragraph
        after_level = levels[kept[end]] if end < len(kept) and classes[last] not in _INITIATORS else paragraph
        yield (
            sequence,
            "R" if max(level, before_level or 0) & 1 else "L",
            "R" if max(level, after_level or 0) & 1 else "L",
        )


def _resolve_weak(kinds: list[str], sos: str) -> None:
    """W1-W7, in place."""
    before = sos
    for n, kind in enumerate(kinds):  # W1
        if kind == "NSM":
            kinds[n] = "ON" if before in _ISOLATES else before
        before = kinds[n]
    strong = sos
    for n, kind in enumerate(kinds):  # W2, W3
        if kind in ("L", "R", "AL"):
            strong = kind
            if kind == "AL":
                kinds[n] = "R"
        elif kind == "EN" and strong == "AL":
            kinds[n] = "AN"
    for n in range(1, len(kinds) - 1):  # W4
        around = kinds[n - 1]
        if around == kinds[n + 1] and (
            (kinds[n] == "ES" and around == "EN") or (kinds[n] == "CS" and around in ("EN", "AN"))
        ):
            kinds[n] = around
    n = 0
    while n < len(kinds):  # W5
        if kinds[n] == "ET":
            end = n
            while end < len(kinds) and kinds[end] == "ET":
                end += 1
            if (n and kinds[n - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN"):
                kinds[n:end] = ["EN"] * (end - n)
            n = end
        n += 1
    strong = sos
    for n, kind in enumerate(kinds):  # W6, W7
        if kind in ("ES", "ET", "CS"):
            kinds[n] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[n] = "L"


def _resolve_brackets(
    kinds: list[str], sequence: Sequence[int], text: str, classes: Sequence[str], level: int, sos: str
) -> None:
    """N0, in place."""
    embedding, opposite = ("R", "L") if level & 1 else ("L", "R")
    for opening, closing in _bracket_pairs(kinds, sequence, text):
        inside = {_STRONG.get(kind) for kind in kinds[opening + 1 : closing]}
        if embedding in inside:
            side = embedding
        elif opposite in inside:
            before = (_STRONG[kind] for kind in reversed(kinds[:opening]) if kind in _STRONG)
            side = opposite if next(before, sos) == opposite else embedding
        else:
            continue
        for bracket in (opening, closing):
            kinds[bracket] = side
            for n in range(bracket + 1, len(kinds)):  # marks on the bracket go with it
                if classes[sequence[n]] != "NSM":
                    break
                kinds[n] = side


def _bracket_pairs(kinds: Sequence[str], sequence: Sequence[int], text: str) -> list[tuple[int, int]]:
    """BD16: bracket pairs of one sequence, in the order of their opening brackets."""
    pairs: list[tuple[int, int]] = []
    unclosed: list[tuple[str, int]] = []
    for n, kind in enumerate(kinds):
        char = text[sequence[n]]
        if kind != "ON":
            continue
        if char in CLOSING:
            if len(unclosed) == BRACKETS_OPEN_MAX:
                return []
            closing = CLOSING[char]
            unclosed.append((CANONICAL.get(closing, closing), n))
        elif char in CLOSED:
            char = CANONICAL.get(char, char)
            for depth in range(len(unclosed) - 1, -1, -1):
                if unclosed[depth][0] == char:
                    pairs.append((unclosed[depth][1], n))
                    del unclosed[depth:]
                    break
    return sorted(pairs)


def _resolve_neutral(kinds: list[str], level: int, sos: str, eos: str) -> None:
    """N1, N2, in place."""
    embedding = "R" if level & 1 else "L"
    n = 0
    while n < len(kinds):
        if kinds[n] not in _NEUTRAL:
            n += 1
            continue
        end = n
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        before = _STRONG[kinds[n - 1]] if n else sos
        after = _STRONG[kinds[end]] if end < len(kinds) else eos
        kinds[n:end] = [before if before == after else embedding] * (end - n)
        n = end


def _reset_trailing(classes: Sequence[str], levels: list[int | None], paragraph: int) -> None:
    """L1, in place: separators, and the white space before them and at the end, take the paragraph's level."""
    trailing = True
    for i in range(len(classes) - 1, -1, -1):
        if classes[i] in ("B", "S"):
            levels[i] = paragraph
            trailing = True
        elif levels[i] is not REMOVED:
            trailing = trailing and classes[i] in _TRAILING
            if trailing:
                levels[i] = paragraph
