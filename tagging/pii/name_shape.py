"""Where a name that starts at a given character ends, by surname, given name and what follows. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from tagging.pii.digit_tokens import any_character, any_word
from tagging.pii.rules import DigitRules, NameRules
from tagging.pii.sounds import SoundScript
from tagging.pinyin import is_phrase

_HAN = re.compile(r"[\u4e00-\u9fff]")
_CLAUSE = re.compile(r"[\u4e00-\u9fff]+")
_MAX_GIVEN = 2
# A surname that is only heard as one (锅 for 郭) makes a name together with two characters.
_SOUND_GIVEN = 2


def spelling(rules: NameRules) -> str:
    """Return the pattern of how somebody spells a character of a name: 建设的建."""
    character = rf"(?!{any_character(rules.never_given)})[\u4e00-\u9fff]"
    return rf"[\u4e00-\u9fff]{{0,2}}({character})[\u4e00-\u9fff]{{0,2}}[的得]\1"


class Trust(IntEnum):
    """How sure the words around are that a name stands here."""

    WEAK = 0  # a known surname that is no everyday word, and an end right after the name
    STRONG = 1  # any surname, also by sound; the end may be uncertain
    LENIENT = 2  # even without a surname, when the clause holds nothing but the name


@dataclass(frozen=True, slots=True)
class Said:
    """A line as text and spelled by sound, same offsets."""

    text: str
    spelled: str


class NameShape:
    """Knows surnames, given names and their ends by names.yaml."""

    def __init__(self, rules: NameRules, script: SoundScript, digits: DigitRules) -> None:
        """Compile the words; `digits` tells words of other data (身份证), which are no names either."""
        punctuation, signs = digits.punctuation, "".join(digits.digits.values())
        self.other_data = never = [
            word for words in digits.cues.model_dump().values() for word in words if len(word) > 1
        ]
        self._rules = rules
        self._surnames = frozenset(rules.surnames)
        self._weak = frozenset(rules.weak_surnames)
        self._sounds = frozenset(script.spell(rules.surnames)) - frozenset(script.spell(rules.weak_surnames))
        self._compound_sounds = {script.spell(surname) for surname in rules.compound_surnames}
        self._never_given = frozenset(rules.never_given)
        self._never = re.compile(any_word([*rules.never_names, *never]))
        self._exact_titles = re.compile(any_word(rules.exact_titles))
        self._titles = script.pattern(word for word in rules.titles if word not in rules.exact_titles)
        edge = rf"$|[0-9*]|{any_character(punctuation + signs)}|{any_word(rules.spelled)}|{spelling(rules)}"
        # Short words that follow names sound like too many given names: these only by letters.
        self._boundary = re.compile(f"{edge}|{any_word(rules.after_names)}")
        self._boundary_sound = script.pattern(word for word in rules.after_names if len(word) > 1)

    def is_surname(self, char: str) -> bool:
        return char in self._surnames

    def titles(self, said: Said) -> Iterable[int]:
        """Return where titles (先生) begin."""
        yield from (match.start() for match in self._titles.finditer(said.spelled))
        yield from (match.start() for match in self._exact_titles.finditer(said.text))

    def is_title(self, said: Said, start: int) -> bool:
        """Say whether a title stands at `start`."""
        return bool(self._titles.match(said.spelled, start) or self._exact_titles.match(said.text, start))

    def surname_titles(self, said: Said) -> Iterable[int]:
        """Return where titles begin that follow a surname which is no everyday word."""
        strong = self._surnames - self._weak
        return (at for at in self.titles(said) if at > 0 and said.text[at - 1] in strong)

    def end(self, said: Said, start: int, trust: Trust) -> int | None:
        """Return where the name that starts at `start` ends, None when none does."""
        if self._never.match(said.text, start):
            return None
        if trust < Trust.LENIENT and any(is_phrase(said.text[start : start + size]) for size in (2, 3, 4)):
            return None
        surname = self._surname_end(said.text, start, trust)
        if surname is None:
            return self._unknown_end(said, start, trust)
        ends = [end for end in self._given_ends(said, surname)]
        if not ends or self.is_title(said, surname):
            return None
        bounded = [end for end in ends if self.is_bounded(said, end)]
        if bounded:
            return bounded[-1]
        return ends[-1] if trust > Trust.WEAK else None

    def is_bounded(self, said: Said, end: int) -> bool:
        """Say whether the line ends at `end`, or goes on with a pause or a word that follows names."""
        return bool(self._boundary.match(said.text, end) or self._boundary_sound.match(said.spelled, end))

    def _surname_end(self, text: str, start: int, trust: Trust) -> int | None:
        if text[start : start + 2] in self._rules.compound_surnames:
            return start + 2
        first = text[start : start + 1]
        is_surname = first in self._surnames and (trust > Trust.WEAK or first not in self._weak)
        return start + 1 if is_surname else None

    def _unknown_end(self, said: Said, start: int, trust: Trust) -> int | None:
        """Return the end of a name whose surname is misheard or rare."""
        if trust is Trust.WEAK:
            return None
        for surname, is_known in (
            (start + 2, said.spelled[start : start + 2] in self._compound_sounds),
            (start + 1, said.spelled[start : start + 1] in self._sounds),
        ):
            end = surname + _SOUND_GIVEN
            if is_known and self._is_given(said, start, end) and self.is_bounded(said, end):
                return end
        clause = _CLAUSE.match(said.text, start)
        if trust is Trust.LENIENT and clause and 2 <= len(clause[0]) <= 3:
            return clause.end() if self._is_given(said, start, clause.end()) else None
        return None

    def _given_ends(self, said: Said, start: int) -> Iterable[int]:
        return (end for end in range(start + 1, start + _MAX_GIVEN + 1) if self._is_given(said, start, end))

    def _is_given(self, said: Said, start: int, end: int) -> bool:
        given = said.text[start:end]
        return (
            len(given) == end - start
            and all(_HAN.match(char) and char not in self._never_given for char in given)
            and not any(self.is_title(said, at) for at in range(start, end))
        )
