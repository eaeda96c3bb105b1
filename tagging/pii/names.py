"""Full names in a dialogue. A surname with a title (孙先生) stays. Pure.

A name is found after a word that announces it (我叫), before a title (孙建国先生), as the answer to a question
for it, and wherever a name found in the call is said again, also as recognition spells it by sound.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tagging.pii.digit_tokens import any_character, any_word
from tagging.pii.lines import Line, PiiSpan
from tagging.pii.rules import NameRules
from tagging.pinyin import to_pinyin

_HAN = re.compile(r"[\u4e00-\u9fff]")
_CLAUSE = re.compile(r"[\u4e00-\u9fff]+")
_MAX_GIVEN = 2
# Names of so many characters are recognised again by sound; shorter ones only letter by letter.
_MIN_SOUND_CHARACTERS = 3


@dataclass(frozen=True, slots=True)
class NameFindings:
    """Spans, and the names they hide."""

    spans: tuple[PiiSpan, ...]
    names: tuple[str, ...]


class NameFinder:
    """Finds names by the words of names.yaml."""

    def __init__(self, rules: NameRules, fillers: Iterable[str], punctuation: str) -> None:
        self._rules = rules
        self._surnames = frozenset(rules.surnames)
        self._weak = frozenset(rules.weak_surnames)
        pauses = f"(?:{any_word(fillers)}|{any_character(punctuation)})"
        self._strong = re.compile(rf"({any_word(rules.strong_cues)}){pauses}*")
        self._weak_cue = re.compile(rf"(?:^|{pauses})(?:{any_word(rules.weak_cues)})")
        self._titled = re.compile(f"(?:{any_word(rules.titles)})")
        self._boundary = re.compile(rf"$|{any_character(punctuation)}|{any_word(rules.after_names)}")
        self._end = re.compile(
            rf"$|{any_character(punctuation)}|{any_word([*rules.titles, '吗', '本人', '吧', '对吗'])}"
        )
        self._never = re.compile(any_word(rules.never_names))
        self._asks = re.compile(any_word(rules.ask_words))
        self._pauses = re.compile(rf"{pauses}+")
        self._spelled = re.compile(
            rf"{any_word(rules.spelled)}|[\u4e00-\u9fff]{{0,2}}([\u4e00-\u9fff])[\u4e00-\u9fff]{{0,2}}的\1"
        )

    def find(self, lines: Sequence[Line], known: Iterable[str] = ()) -> NameFindings:
        """Return what to mask; `known` are names found elsewhere in the call."""
        spans: list[PiiSpan] = []
        asked_until = spelled_until = -1
        for index, line in enumerate(lines):
            found = [*self._announced(line.text), *self._titled_names(line.text)]
            if index <= asked_until and line.is_agent is not True:
                found.extend(self._answers(line.text))
            if line.is_agent is not False and self._asks.search(line.text):
                asked_until = index + self._rules.ask_turns
            if found or asked_until == index + self._rules.ask_turns:
                spelled_until = index + self._rules.spelling_turns
            spans.extend(PiiSpan(index, start, end, "name") for start, end in found)
            if index <= spelled_until:
                spans.extend(
                    PiiSpan(index, m.start(), m.end(), "name") for m in self._spelled.finditer(line.text)
                )
        names = {lines[span.line].text[span.start : span.end] for span in spans}
        names = {name for name in names if "的" not in name} | set(known)
        spans.extend(self._repeated(lines, names))
        return NameFindings(tuple(spans), tuple(sorted(names)))

    def _announced(self, text: str) -> Iterable[tuple[int, int]]:
        for match in self._strong.finditer(text):
            is_lenient = match[1][-1] in self._rules.lenient_ends or ":" in match[0]
            end = self._name_end(text, match.end(), is_strong=True, is_lenient=is_lenient)
            if end:
                yield match.end(), end
        for match in self._weak_cue.finditer(text):
            end = self._name_end(text, match.end())
            if end and self._end.match(text, end):
                yield match.end(), end

    def _titled_names(self, text: str) -> Iterable[tuple[int, int]]:
        for match in self._titled.finditer(text):
            if match.start() and text[match.start() - 1] in self._surnames:
                continue
            for length in (3, 2, 4):
                start = match.start() - length
                if start >= 0 and self._name_end(text, start) == match.start():
                    yield start, match.start()
                    break

    def _answers(self, text: str) -> Iterable[tuple[int, int]]:
        """Names that stand alone between pauses, perhaps after 姓孙 / 叫 / 我是."""
        for clause in _CLAUSE.finditer(text):
            start, end = clause.start(), clause.end()
            stripped = re.match(r"(?:我|名字|那)?(?:姓|叫|是|就叫)?", clause[0])
            begin = start + (stripped.end() if stripped else 0)
            for at in (start, begin):
                name_end = self._name_end(text, at, is_strong=True)
                if name_end and (name_end == end or self._boundary.match(text, name_end)):
                    yield at, name_end
                    break

    def _name_end(
        self, text: str, start: int, *, is_strong: bool = False, is_lenient: bool = False
    ) -> int | None:
        """Return where the name that starts at `start` ends, None when none does.

        Args:
            text: The line.
            start: Where the surname would be.
            is_strong: A word announced the name: everyday surnames count, the end may be uncertain.
            is_lenient: Even an unknown surname counts, when the clause holds nothing but the name.
        """
        if self._never.match(text, start):
            return None
        surname = self._surname_end(text, start, is_strong=is_strong)
        if surname is None:
            return self._lone_clause(text, start) if is_lenient else None
        ends = [
            end for end in range(surname + 1, surname + _MAX_GIVEN + 1) if self._is_given(text, surname, end)
        ]
        if not ends or self._titled.match(text, surname):
            return None
        bounded = [end for end in ends if self._boundary.match(text, end)]
        if bounded:
            return bounded[-1]
        return ends[-1] if is_strong else None

    def _surname_end(self, text: str, start: int, *, is_strong: bool) -> int | None:
        if text[start : start + 2] in self._rules.compound_surnames:
            return start + 2
        first = text[start : start + 1]
        if first in self._surnames and first and (is_strong or first not in self._weak):
            return start + 1
        return None

    def _is_given(self, text: str, start: int, end: int) -> bool:
        given = text[start:end]
        return (
            len(given) == end - start
            and all(_HAN.match(char) and char not in self._rules.never_given for char in given)
            and not any(self._titled.match(text, at) for at in range(start, end))
        )

    def _lone_clause(self, text: str, start: int) -> int | None:
        clause = _CLAUSE.match(text, start)
        if clause is None or not 2 <= len(clause[0]) <= 3 or not self._is_given(text, start, clause.end()):
            return None
        return clause.end()

    def _repeated(self, lines: Sequence[Line], names: Iterable[str]) -> Iterable[PiiSpan]:
        by_letters = [re.compile(re.escape(name)) for name in names if len(name) >= 2]
        by_sound = [to_pinyin(name) for name in names if len(name) >= _MIN_SOUND_CHARACTERS]
        for index, line in enumerate(lines):
            for pattern in by_letters:
                yield from (PiiSpan(index, m.start(), m.end(), "name") for m in pattern.finditer(line.text))
            syllables = to_pinyin(line.text) if by_sound else ()
            for sound in by_sound:
                for start in range(len(syllables) - len(sound) + 1):
                    if syllables[start : start + len(sound)] == sound:
                        yield PiiSpan(index, start, start + len(sound), "name")
