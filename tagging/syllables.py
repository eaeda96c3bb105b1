"""Words written in pinyin, matched by how a turn sounds. Pure.

In: `bu gui wo men guan`. Out: a pattern over a turn's sound codes, scored like phrases by sound are.
"""

import re
from functools import cached_property

from tagging.finding import MatchKind
from tagging.folding import SOUND_FILLER, split_syllable
from tagging.pattern import STRONG_BREAK, WEAK_BREAK, PatternInvalid
from tagging.phrase import Folding, Match

# How near to its syllables a pattern in pinyin must sound where no `sound` is asked for.
DEFAULT_SOUND = 0.85
MIN_SYLLABLES = 2
_SYLLABLE = re.compile(r"[a-z]*[aeiouv][a-z]*")


class SyllablePattern:
    """One run of toneless syllables."""

    def __init__(self, number: int, source: str, folding: Folding):
        self.number = number
        self.source = source
        self._folding = folding
        self._syllables = tuple(source.lower().replace("ü", "v").split())
        unread = [each for each in self._syllables if not _is_syllable(each)]
        if unread or len(self._syllables) < MIN_SYLLABLES:
            wrong = f"读不懂 {unread[0]}" if unread else f"至少写 {MIN_SYLLABLES} 个音节"
            raise PatternInvalid(f"{wrong}；拼音不带声调，音节之间空一格，如 bu gui wo guan", source)
        self._codes = tuple(map(folding.sounds.code, self._syllables))

    @property
    def sound_needs(self) -> tuple[frozenset[str], ...]:
        """The sound features that every match has: each code, as no filler may be left out here."""
        return (frozenset(self._codes),)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        skipped = f"[{WEAK_BREAK}{STRONG_BREAK}{SOUND_FILLER}]*"
        return re.compile(skipped.join(f"({re.escape(code)})" for code in self._codes))

    def find_sound(self, text: str, sound: str, pinyin: tuple[str, ...]) -> list[Match]:
        """Return matches; `sound` are the turn's codes, scored 0..1 by its syllables."""
        settings = self._folding.sounds.settings
        found: list[Match] = []
        for each in self._regex.finditer(sound):
            said = [pinyin[each.start(group)] for group in range(1, len(self._codes) + 1)]
            costs = [
                0.0 if one == other else self._folding.sounds.cost(one, other) - settings.homophone_cost
                for one, other in zip(said, self._syllables, strict=True)
            ]
            start, end = self._folding.trim(text, each.start(), each.end())
            found.append(Match(start, end, MatchKind.PINYIN, 1 - sum(costs) / len(costs)))
        return found


def _is_syllable(text: str) -> bool:
    return len(text) <= 6 and _SYLLABLE.fullmatch(text) is not None and bool(split_syllable(text)[1])
