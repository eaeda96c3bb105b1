"""Lines that one person says one after another, joined: what recognition cut in two is found whole. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tagging.pii.lines import Line, PiiSpan

# A pause stands where two turns met.
JOINT = ","


@dataclass(frozen=True, slots=True)
class JoinedLines:
    """`lines`, and for each of them the indices and offsets of the lines that it was made of."""

    lines: tuple[Line, ...]
    parts: tuple[tuple[tuple[int, int], ...], ...]

    def split(self, span: PiiSpan, texts: Sequence[str]) -> list[PiiSpan]:
        """Return a span of a joined line as spans of the lines it was made of; `texts` are theirs."""
        found: list[PiiSpan] = []
        for index, offset in self.parts[span.line]:
            start = max(0, span.start - offset)
            end = min(len(texts[index]), span.end - offset)
            if start < end:
                found.append(PiiSpan(index, start, end, span.kind))
        return found


def join_lines(lines: Sequence[Line], max_pause_s: float) -> JoinedLines:
    """Join lines of one known role that follow each other after at most `max_pause_s` seconds."""
    joined: list[Line] = []
    parts: list[list[tuple[int, int]]] = []
    for index, line in enumerate(lines):
        last = joined[-1] if joined else None
        if (
            last is not None
            and line.is_agent is not None
            and line.speaker == last.speaker
            and line.start_s - last.end_s <= max_pause_s
        ):
            parts[-1].append((index, len(last.text) + len(JOINT)))
            joined[-1] = replace(last, text=f"{last.text}{JOINT}{line.text}", end_s=line.end_s)
        else:
            joined.append(line)
            parts.append([(index, 0)])
    return JoinedLines(tuple(joined), tuple(map(tuple, parts)))
