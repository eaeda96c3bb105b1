"""Turns -> Praat's TextGrid: one interval tier per voice, and one with its words. Pure.

In: turns and the length of the call. Out: the long text form of the file, UTF-8 when written. Format:
Praat manual, "TextGrid file formats". A tier has no holes and no overlaps, so silence is an empty interval.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from transcribe.call import SpeakerRole, Turn

_Item = tuple[int, int, str]  # [start, end) in milliseconds, text
_Voice = tuple[int, SpeakerRole]


@dataclass(frozen=True, slots=True)
class _Tier:
    name: str
    items: tuple[_Item, ...]


def textgrid_text(turns: Sequence[Turn], duration_s: float) -> str:
    """Returns the file's text; a call without turns has one empty tier, `speech`.

    An interval lasts at least a millisecond and begins where the one before it ends at the earliest.
    """
    tiers = list(_tiers(turns)) or [_Tier("speech", ())]
    ends = [tier.items[-1][1] for tier in tiers if tier.items]
    end_ms = max([1, round(duration_s * 1000), *ends])
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {_seconds(end_ms)}",
        "tiers? <exists>",
        f"size = {len(tiers)}",
        "item []:",
    ]
    for number, tier in enumerate(tiers, start=1):
        lines += _tier_lines(number, tier, end_ms)
    return "\n".join(lines) + "\n"


def _tiers(turns: Sequence[Turn]) -> Iterator[_Tier]:
    voices: dict[_Voice, list[Turn]] = {}
    for turn in turns:
        voices.setdefault((turn.channel, turn.role), []).append(turn)
    names = _names(voices)
    for voice, spoken in voices.items():
        yield _Tier(names[voice], _laid_out([_item(t.start_s, t.end_s, t.text) for t in spoken]))
        words = [word for turn in spoken for word in turn.words]
        if words:
            items = _laid_out([_item(w.start_s, w.end_s, w.text) for w in words])
            yield _Tier(f"{names[voice]} words", items)


def _names(voices: Mapping[_Voice, object]) -> dict[_Voice, str]:
    """The role; with the number of the channel (from 1) where several channels have it."""
    roles = [role for _, role in voices]
    return {
        (channel, role): role.value if roles.count(role) == 1 else f"{role.value} {channel + 1}"
        for channel, role in voices
    }


def _item(start_s: float, end_s: float, text: str) -> _Item:
    return round(start_s * 1000), round(end_s * 1000), " ".join(text.split())


def _laid_out(items: Sequence[_Item]) -> tuple[_Item, ...]:
    laid: list[_Item] = []
    free_from = 0
    for start, end, text in sorted(items, key=lambda item: item[:2]):
        begin = max(start, free_from)
        free_from = max(end, begin + 1)
        laid.append((begin, free_from, text))
    return tuple(laid)


def _tier_lines(number: int, tier: _Tier, end_ms: int) -> Iterator[str]:
    intervals = list(_without_holes(tier.items, end_ms))
    yield f"    item [{number}]:"
    yield '        class = "IntervalTier"'
    yield f"        name = {_quoted(tier.name)}"
    yield "        xmin = 0"
    yield f"        xmax = {_seconds(end_ms)}"
    yield f"        intervals: size = {len(intervals)}"
    for index, (start, end, text) in enumerate(intervals, start=1):
        yield f"        intervals [{index}]:"
        yield f"            xmin = {_seconds(start)}"
        yield f"            xmax = {_seconds(end)}"
        yield f"            text = {_quoted(text)}"


def _without_holes(items: Sequence[_Item], end_ms: int) -> Iterator[_Item]:
    at = 0
    for item in items:
        if item[0] > at:
            yield at, item[0], ""
        yield item
        at = item[1]
    if at < end_ms:
        yield at, end_ms, ""


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _seconds(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03}"
