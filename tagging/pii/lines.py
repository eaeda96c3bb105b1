"""What the finders of personal data read and return. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

MASK = "*"


@dataclass(frozen=True, slots=True)
class Line:
    """One turn as the finders see it. `speaker` keeps the lines of one person together.

    `is_agent` is None when the role is not known: such a line may ask and may answer.
    """

    text: str
    speaker: str
    is_agent: bool | None
    start_s: float = 0.0
    end_s: float = 0.0


@dataclass(frozen=True, slots=True, order=True)
class PiiSpan:
    """Personal data in one line: half-open characters [start, end) of `lines[line].text`."""

    line: int
    start: int
    end: int
    kind: str


def merge_spans(spans: Iterable[PiiSpan]) -> list[PiiSpan]:
    """Return the spans in order, overlapping ones united under the kind of the longest of them."""
    merged: list[PiiSpan] = []
    longest = 0
    for span in sorted(spans):
        last = merged[-1] if merged else None
        length = span.end - span.start
        if last is None or last.line != span.line or span.start >= last.end:
            merged.append(span)
            longest = length
            continue
        kind = span.kind if length > longest else last.kind
        longest = max(longest, length)
        merged[-1] = PiiSpan(last.line, last.start, max(last.end, span.end), kind)
    return merged


def masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return `text` with the characters of the spans replaced by '*', same length."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = MASK * (end - start)
    return "".join(characters)
