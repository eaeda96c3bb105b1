"""Turns to units: clauses, runs of clauses and the whole, each judged like a sentence. Pure.

A long turn in which one clause is bad must not hide it; a bad sentence that was cut at a pause must be seen
whole.
"""

from itertools import pairwise
from unicodedata import category


def units_of(text: str, unit_chars: int, whole_chars: int, min_chars: int) -> list[tuple[int, int]]:
    """Return half-open character spans to be judged, the whole first where it is short enough.

    Args:
        text: a turn's text.
        unit_chars: how many characters a run of clauses may have; longer clauses are cut in windows that
            overlap by half.
        whole_chars: up to how many characters the whole turn is judged too.
        min_chars: clauses with fewer characters are joined to their neighbour.
    """
    clauses = _clauses(text, min_chars)
    if not clauses:
        return []
    spans: dict[tuple[int, int], None] = {}
    if len(text) <= whole_chars or len(clauses) == 1:
        spans[clauses[0][0], clauses[-1][1]] = None
    for at, (start, end) in enumerate(clauses):
        if end - start > unit_chars:
            step = unit_chars // 2
            for first in range(start, max(start + 1, end - step), step):
                spans[first, min(end, first + unit_chars)] = None
            continue
        spans[start, end] = None
        last = end
        for _, next_end in clauses[at + 1 :]:
            if next_end - start > unit_chars:
                break
            last = next_end
        spans[start, last] = None
    return list(spans)


def _clauses(text: str, min_chars: int) -> list[tuple[int, int]]:
    """Return the spans between punctuation, short ones joined to what follows (the last to its left)."""
    breaks = [at + 1 for at, char in enumerate(text) if category(char)[0] in "PZ" and char != "*"]
    cuts = [0, *breaks, len(text)]
    clauses: list[tuple[int, int]] = []
    start = 0
    for _, end in pairwise(cuts):
        if sum(map(str.isalnum, text[start:end])) >= min_chars:
            clauses.append((start, end))
            start = end
    if start < len(text) and clauses:
        clauses[-1] = (clauses[-1][0], len(text))
    elif start < len(text) and any(map(str.isalnum, text)):
        clauses.append((start, len(text)))
    return clauses
