"""Words that say what digits are: beside them, and in the question that they answer. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tagging.pii.digit_tokens import any_character, any_word
from tagging.pii.lines import Line
from tagging.pii.rules import DigitRules
from tagging.pii.sounds import SoundScript

# A number may be hidden already: a masked stretch counts as digits.
_MASKED = re.compile(r"\*{3,}")


@dataclass(frozen=True, slots=True)
class Cue:
    """A word at [start, end) of a line that makes digits of `kind`."""

    start: int
    end: int
    kind: str


class CueFinder:
    """Finds cue words of digits.yaml in lines."""

    def __init__(self, rules: DigitRules, script: SoundScript) -> None:
        self._rules = rules
        self._script = script
        self._kinds = {word: kind for kind, words in rules.cues.model_dump().items() for word in words}
        self._cue = re.compile(any_word(self._kinds))
        by_sound = [word for word in self._kinds if len(word) > 1 and word not in rules.exact_cues]
        self._sound_kinds = {script.spell(word): self._kinds[word] for word in by_sound}
        self._sound_cue = script.pattern(by_sound)
        fillers = f"{any_word(rules.fillers)}|{any_character(rules.punctuation)}"
        self._fillers = re.compile(rf"(?:{fillers})*")
        spelled = (
            f"{script.pattern([*rules.cue_links, *rules.fillers]).pattern}|{any_character(rules.punctuation)}"
        )
        self._links = re.compile(rf"(?:{spelled})*")
        after = {word: kind for kind, words in rules.cue_after_words.items() for word in words}
        self._after_kinds = after
        self._after = re.compile(
            rf"(?:{any_word(rules.cue_after_links)}|{fillers})*(?P<cue>{any_word(after)})"
        )
        self._ask = re.compile(any_word(rules.ask_words))
        self._open_ask = re.compile(any_word(rules.open_asks))
        self._ends_plain = re.compile(rf"(?:^|{fillers}|{any_word(rules.cue_links)})$")
        self._starts_plain = re.compile(
            rf"(?:$|{fillers}|{any_word(rules.answer_ends)}|的(?:$|{any_character(rules.punctuation)}))"
        )

    def cues(self, text: str) -> list[Cue]:
        """Return all cue words of a line in order, also as recognition spells them by sound."""
        found = [Cue(m.start(), m.end(), self._kinds[m[0]]) for m in self._cue.finditer(text)]
        for m in self._sound_cue.finditer(self._script.spell(text)):
            if not any(cue.start < m.end() and m.start() < cue.end for cue in found):
                found.append(Cue(m.start(), m.end(), self._sound_kinds[m[0]]))
        return sorted(found, key=lambda cue: (cue.end, cue.start))

    def before(self, text: str, start: int, cues: Sequence[Cue]) -> tuple[str | None, bool]:
        """Return the kind that the nearest word before `start` gives, and whether it stands right there.

        Only links and fillers may stand between for the second to be true; otherwise the word may be up to
        `cue_characters` away, with no digits between.
        """
        near = [cue for cue in cues if cue.end <= start]
        if not near:
            return None, False
        cue = near[-1]
        between = text[cue.end : start]
        if self._links.fullmatch(self._script.spell(between)):
            return cue.kind, True
        if len(between) <= self._rules.cue_characters and not any(
            char.isdigit() or char == "*" for char in between
        ):
            return cue.kind, False
        return None, False

    def after(self, text: str, end: int) -> str | None:
        """Return the kind that words right after `end` give: 八零零零是我的尾号."""
        match = self._after.match(text, end)
        return self._after_kinds[match["cue"]] if match else None

    def is_plain(self, before: str, after: str) -> bool:
        """Say whether what stands before and after is a pause, a filler, a link or nothing."""
        return bool(self._ends_plain.search(before) and self._starts_plain.match(after))

    def windows(
        self, lines: Sequence[Line], cues: Sequence[Sequence[Cue]], has_number: Sequence[bool]
    ) -> list[str | None]:
        """Return for each line the kind of number that was asked for (or announced) before it, or None."""
        kinds: list[str | None] = []
        kind: str | None = None
        age = silent = 0
        for index, line in enumerate(lines):
            kinds.append(kind)
            has_digits = has_number[index] or bool(_MASKED.search(line.text))
            silent = 0 if has_digits else silent + 1
            age = 0 if has_digits else age + 1
            opened = self._opened(line, cues[index])
            if opened is not None:
                kind, age, silent = opened, 0, 0
            elif self._is_over(line, age, silent, has_digits):
                kind = None
        return kinds

    def _opened(self, line: Line, cues: Sequence[Cue]) -> str | None:
        if line.is_agent is not False and self._open_ask.search(line.text) and not cues:
            return "digits"
        if not cues:
            return None
        is_asked = line.is_agent is not False and self._ask.search(line.text)
        is_announced = self._links.fullmatch(self._script.spell(line.text[cues[-1].end :]))
        return cues[-1].kind if is_asked or is_announced else None

    def _is_over(self, line: Line, age: int, silent: int, has_digits: bool) -> bool:
        if age >= self._rules.ask_turns or silent >= self._rules.ask_turns_without_digits:
            return True
        content = self._fillers.sub("", line.text)
        is_talk = len(content) >= self._rules.subject_change_characters
        return line.is_agent is not False and is_talk and not has_digits
