"""What is looked for in one turn's words: phrases, regular expressions, syllables, likeness. Pure.

In: a `TurnView`. Out: matches in its text. A leaf's patterns are filed in the prefilter, so it is only asked
about turns that may hold it; regular expressions are asked about every turn.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tagging.call_view import CallView
from tagging.finding import MatchKind
from tagging.haystack import TurnView
from tagging.hits import Hit
from tagging.likeness import Likeness
from tagging.phrase import CompiledPattern, Match
from tagging.pieces import sentences_of
from tagging.syllables import SyllablePattern


@dataclass(frozen=True, slots=True)
class CompiledCancel:
    """Words close before or after a match that undo it, by their characters and by their sound."""

    before: tuple[re.Pattern[str], ...]
    after: tuple[re.Pattern[str], ...]
    sound_before: tuple[re.Pattern[str], ...] = ()
    sound_after: tuple[re.Pattern[str], ...] = ()

    def undoes(self, text: str, start: int, end: int) -> bool:
        """Say whether words in marked `text` undo a match at [start, end)."""
        return _is_around(self.before, self.after, text, start, end)

    def undoes_by_sound(self, sound: str, start: int, end: int) -> bool:
        """Say whether words that sound so undo it; `sound` holds exact syllables."""
        return _is_around(self.sound_before, self.sound_after, sound, start, end)


def _is_around(
    before: Iterable[re.Pattern[str]], after: Iterable[re.Pattern[str]], text: str, start: int, end: int
) -> bool:
    return any(regex.search(text, 0, start) for regex in before) or any(
        regex.match(text, end) for regex in after
    )


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What undoes a match: patterns anywhere in the same turn, or words close around it.

    `hear` gives a turn's exact syllables in the fillers' marks, for cancels by sound.
    """

    unless: tuple[CompiledPattern, ...]
    cancels: tuple[CompiledCancel, ...]
    hear: Callable[[TurnView], str]

    def is_undone(self, call: CallView, hit: Hit) -> bool:
        """Say whether a hit's own turn undoes it; what holds for the whole call or is absent never is."""
        if not (self.unless or self.cancels) or not hit.places or hit.match is MatchKind.ABSENCE:
            return False
        view, start = call.around(hit.first)
        own = call.view(hit.first.position) if len(hit.places) == 1 else view
        if any(pattern.is_in(own.text) for pattern in self.unless):
            return True
        last = hit.places[-1]
        end = call.around(last)[1] + last.char_end
        start += hit.first.char_start
        if any(cancel.undoes(view.text, start, end) for cancel in self.cancels):
            return True
        heard = self.hear(view) if self.cancels and view.sound else ""
        return bool(heard) and any(cancel.undoes_by_sound(heard, start, end) for cancel in self.cancels)


class Leaf:
    """Patterns of one condition; any of them matches. `sound` is the least score by sound, None = never."""

    def __init__(self, number: int, said_by: str, sound: float | None, exceptions: Exceptions):
        self.number = number
        self.said_by = said_by
        self.sound = sound
        self._exceptions = exceptions
        self.patterns: tuple[CompiledPattern, ...] = ()
        self.syllables: tuple[SyllablePattern, ...] = ()
        self.regexes: tuple[re.Pattern[str], ...] = ()
        self.likeness: Likeness | None = None

    def hears(self, side: str) -> bool:
        """Say whether the leaf listens to a side (`agent`, `customer`)."""
        return self.said_by in (side, "anyone")

    def is_undone(self, call: CallView, hit: Hit) -> bool:
        """Say whether the condition's own exceptions undo a hit."""
        return self._exceptions.is_undone(call, hit)

    def find_plain(self, raw: str, pinyin: tuple[str, ...]) -> list[Match]:
        """Return matches of what no prefilter serves: regular expressions and likeness."""
        found = [
            Match(each.start(), each.end(), MatchKind.PATTERN, 1.0)
            for regex in self.regexes
            for each in regex.finditer(raw)
            if each.end() > each.start()
        ]
        if self.likeness is not None and len(pinyin) == len(raw):
            for start, end in sentences_of(raw):
                score = self.likeness.score(raw[start:end], pinyin[start:end])
                if score >= self.likeness.at_least:
                    found.append(Match(start, end, MatchKind.SIMILAR, min(1.0, score)))
        return found
