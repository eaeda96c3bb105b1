"""Full names in a dialogue. A surname with a title (孙先生) stays. Pure.

A name is found after a word that announces it (我叫), before a title (孙建国先生), as the answer to a
question for it, and wherever a name found in the call is said again, also as recognition spells it by sound.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tagging.pii.digit_tokens import any_character, any_word
from tagging.pii.lines import Line, PiiSpan
from tagging.pii.name_shape import NameShape, Said, Trust, spelling
from tagging.pii.rules import DigitRules, NameRules
from tagging.pii.sounds import SoundScript
from tagging.pinyin import is_phrase

_CLAUSE = re.compile(r"[\u4e00-\u9fff]+")
# Names of so many characters are recognised again by sound; shorter ones only letter by letter.
_MIN_SOUND_CHARACTERS = 3
# Most names: a surname of one character and a given name of two.
_FULL_NAME = 3
_TITLED_CHARACTERS = (3, 2, 4)


@dataclass(frozen=True, slots=True)
class NameFindings:
    """Spans, and the names they hide."""

    spans: tuple[PiiSpan, ...]
    names: tuple[str, ...]


class NameFinder:
    """Finds names by the words of names.yaml."""

    def __init__(self, rules: NameRules, script: SoundScript, digits: DigitRules) -> None:
        self._rules = rules
        self._script = script
        fillers, punctuation = digits.fillers, digits.punctuation
        self._shape = NameShape(rules, script, digits)
        pauses = f"(?:{any_word(fillers)}|{any_character(punctuation)})"
        links = f"(?:{any_word(rules.name_links)})?"
        within = f"(?:{any_word(fillers)}|{any_character(rules.pauses_before)})"
        self._strong = re.compile(rf"({any_word(rules.strong_cues)}){links}{within}*")
        by_sound = script.pattern(cue for cue in rules.strong_cues if len(cue) > 1).pattern
        quiet = f"(?:{script.pattern(fillers).pattern}|{any_character(rules.pauses_before)})"
        self._strong_sound = re.compile(rf"(?:{by_sound}){quiet}*")
        self._weak_cue = re.compile(rf"(?:^|{pauses})(?:{any_word(rules.weak_cues)})")
        self._middle_cue = re.compile(any_word(rules.middle_cues))
        self._kin_cue = re.compile(rf"(?:{any_word(rules.kin_cues)}){links}{within}?")
        self._ends_with_cue = re.compile(rf"(?:{any_word([*rules.weak_cues, *rules.strong_cues])})$")
        ends = script.pattern([*rules.titles, *rules.weak_ends]).pattern
        signs = "".join(digits.digits.values())
        self._end = re.compile(rf"$|[0-9*]|{any_character(punctuation + signs)}|{ends}|{spelling(rules)}")
        self._data = re.compile(rf"\*|{any_word(self._shape.other_data)}")
        self._asks = script.pattern(rules.ask_words)
        self._before_answer = re.compile(f"(?:{any_word(rules.answer_starts)})?")
        self._spelled = re.compile(rf"{any_word(rules.spelled)}|{spelling(rules)}")

    def find(self, lines: Sequence[Line], known: Iterable[str] = ()) -> NameFindings:
        """Return what to mask; `known` are names found elsewhere in the call."""
        said = [Said(line.text, self._script.spell(line.text)) for line in lines]
        spans: list[PiiSpan] = []
        names = set(known)
        asked_until = spelled_until = -1
        surnames = "".join({each.text[at - 1] for each in said for at in self._shape.surname_titles(each)})
        titled = re.compile(any_character(surnames)) if surnames else None
        for index, line in enumerate(lines):
            found = [*self._announced(said[index]), *self._titled(said[index])]
            found.extend(self._of_surname(said[index], titled))
            found.extend(self._before_data(said[index]))
            if index <= asked_until and line.is_agent is not True:
                found.extend(self._answers(said[index]))
            elif line.is_agent is False:
                found.extend(self._alone(said[index]))
            is_asked = line.is_agent is not False and self._asks.search(said[index].spelled)
            if is_asked:
                asked_until = index + self._rules.ask_turns
            if found or is_asked:
                spelled_until = index + self._rules.spelling_turns
            names.update(line.text[start:end] for start, end in found)
            if index <= spelled_until:
                found.extend(match.span() for match in self._spelled.finditer(line.text))
            spans.extend(PiiSpan(index, start, end, "name") for start, end in found)
        spans.extend(self._repeated(said, names))
        return NameFindings(tuple(spans), tuple(sorted(names)))

    def _announced(self, said: Said) -> Iterable[tuple[int, int]]:
        for match in self._strong.finditer(said.text):
            is_lenient = match[1][-1] in self._rules.lenient_ends or ":" in match[0]
            end = self._shape.end(said, match.end(), Trust.LENIENT if is_lenient else Trust.STRONG)
            if end:
                yield match.end(), end
        for match in self._strong_sound.finditer(said.spelled):
            end = self._shape.end(said, match.end(), Trust.STRONG)
            if end and self._shape.is_bounded(said, end):
                yield match.end(), end
        for match in self._weak_cue.finditer(said.text):
            end = self._shape.end(said, match.end(), Trust.WEAK)
            if end and self._end.match(said.spelled, end):
                yield match.end(), end

        for cue, trust in ((self._middle_cue, Trust.WEAK), (self._kin_cue, Trust.STRONG)):
            for match in cue.finditer(said.text):
                end = self._shape.end(said, match.end(), trust)
                if end and end - match.end() == _FULL_NAME and self._end.match(said.spelled, end):
                    yield match.end(), end

    def _of_surname(self, said: Said, surnames: re.Pattern[str] | None) -> Iterable[tuple[int, int]]:
        """Full names whose surname stands before a title elsewhere in the call (柯小姐 … 柯晓燕)."""
        for match in surnames.finditer(said.text) if surnames else ():
            end = self._shape.end(said, match.start(), Trust.WEAK)
            if end and end - match.start() == _FULL_NAME and self._end.match(said.spelled, end):
                yield match.start(), end

    def _before_data(self, said: Said) -> Iterable[tuple[int, int]]:
        """Full names that begin a clause, right before a masked number or a word for one (…电话)."""
        for clause in _CLAUSE.finditer(said.text):
            start = clause.start()
            end = self._shape.end(said, start, Trust.WEAK)
            if end and end - start == _FULL_NAME and self._data.match(said.text, end):
                yield start, end

    def _titled(self, said: Said) -> Iterable[tuple[int, int]]:
        """Names right before a title. One character of surname and a title are none."""
        for title in self._shape.titles(said):
            is_surname = title > 0 and self._shape.is_surname(said.text[title - 1])
            for length in _TITLED_CHARACTERS:
                start = title - length
                if start < 0:
                    continue
                is_cued = bool(self._ends_with_cue.search(said.text[:start]))
                if is_surname and not is_cued:
                    continue
                trust = Trust.STRONG if is_cued or length == _MIN_SOUND_CHARACTERS else Trust.WEAK
                if (is_cued or self._shape.is_surname(said.text[start])) and self._shape.end(
                    said, start, trust
                ) == title:
                    yield start, title
                    break

    def _answers(self, said: Said) -> Iterable[tuple[int, int]]:
        """Names that stand alone between pauses, perhaps after 姓孙 / 叫 / 我是."""
        for clause in _CLAUSE.finditer(said.text):
            skipped = self._before_answer.match(said.text, clause.start())
            begin = skipped.end() if skipped else clause.start()
            for start in (clause.start(), begin):
                end = self._shape.end(said, start, Trust.STRONG)
                if end and (end == clause.end() or self._shape.is_bounded(said, end)):
                    yield start, end
                    break

    def _alone(self, said: Said) -> Iterable[tuple[int, int]]:
        """A line that holds nothing but a full name, whatever was asked: the question may be garbled."""
        clauses = list(_CLAUSE.finditer(said.text))
        if len(clauses) == 1 and len(clauses[0][0]) == _FULL_NAME:
            end = self._shape.end(said, clauses[0].start(), Trust.WEAK)
            if end == clauses[0].end() and not is_phrase(clauses[0][0][1:]):
                yield clauses[0].span()

    def _repeated(self, said: Sequence[Said], names: Iterable[str]) -> Iterable[PiiSpan]:
        by_letters = [re.compile(re.escape(name)) for name in names if len(name) >= 2]
        by_sound = [self._script.pattern([name]) for name in names if len(name) >= _MIN_SOUND_CHARACTERS]
        for index, line in enumerate(said):
            for pattern in by_letters:
                yield from (PiiSpan(index, *match.span(), "name") for match in pattern.finditer(line.text))
            for pattern in by_sound:
                yield from (PiiSpan(index, *match.span(), "name") for match in pattern.finditer(line.spelled))
