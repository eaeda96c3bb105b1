"""E-mail addresses and licence plates in a dialogue, written or spoken. Pure."""

import re
from collections.abc import Iterable, Sequence

from tagging.pii.digit_tokens import any_character, any_word
from tagging.pii.lines import Line, PiiSpan
from tagging.pii.rules import ContactRules
from tagging.pii.sounds import SoundScript

_Span = tuple[int, int]
# Characters of a plate after its province and letter: five, six for electric cars.
_PLATE_CHARACTERS = "{5,6}"
# After a word for e-mail, letters and digits of this length are part of one.
_MIN_EMAIL_CHARACTERS = 3
_EMAIL_TURNS = 3


class ContactFinder:
    """Finds e-mail addresses and plates by the words of contacts.yaml; `signs` are all numerals."""

    def __init__(
        self, rules: ContactRules, script: SoundScript, signs: str, pauses: tuple[Iterable[str], str]
    ) -> None:
        """Compile the patterns; `pauses` are the fillers and the punctuation of digits.yaml."""
        fillers, punctuation = pauses
        pause = f"(?:{any_word(fillers)}|{any_character(punctuation)})"
        atom = f"(?:{any_word(rules.email_words)}|[A-Za-z0-9]|{any_character(signs)})"
        ends = f"(?:{any_word(rules.email_dots)}){pause}{{0,2}}(?:{any_word(rules.email_ends)})"
        hosts = any_word(rules.email_hosts)
        # What surely is an address's middle: an at sign, or a known host with its ending (幺六三点com).
        self._script = script
        self._at_sound = script.pattern(
            word for word in rules.email_at if len(word) > 1 and not word.isascii()
        )
        self._at = re.compile(
            f"@@|(?:{any_word(rules.email_at)})|(?:{hosts}){pause}{{0,2}}{ends}", re.IGNORECASE
        )
        self._before = re.compile(
            rf"(?:{atom}(?:[\s,、._+-]|{any_word(rules.email_fillers)}){{0,2}})+[\u4e00-\u9fff]?$"
        )
        self._after = re.compile(
            rf"{pause}{{0,2}}(?:{hosts}|{atom}+)(?:{pause}{{0,2}}{ends}){{0,2}}",
            re.IGNORECASE,
        )
        self._email_cue = re.compile(any_word(rules.email_cues))
        self._email_rest = re.compile(rf"{atom}(?:[\s,、._+-]{{0,2}}{atom}){{{_MIN_EMAIL_CHARACTERS - 1},}}")
        sign = f"(?:[A-Za-z0-9]|{any_character(signs)})"
        province = any_character(rules.plate_provinces)
        self._plate = re.compile(
            f"{province}{pause}{{0,2}}[A-Za-z](?:{pause}{{0,3}}{sign}){_PLATE_CHARACTERS}"
        )
        self._plate_cue = re.compile(any_word(rules.plate_cues))
        self._cued_plate = re.compile(
            f"{province}?{pause}{{0,2}}[A-Za-z](?:{pause}{{0,3}}{sign}){_PLATE_CHARACTERS}"
        )

    def find(self, lines: Sequence[Line], texts: Sequence[str]) -> list[PiiSpan]:
        """Return what to mask; `texts` are the lines with misheard digits written as digits."""
        spans: list[PiiSpan] = []
        email_until = plate_until = -1
        for index, (line, text) in enumerate(zip(lines, texts, strict=True)):
            spans.extend(PiiSpan(index, *span, "email") for span in self._emails(text))
            cue = self._email_cue.search(line.text)
            if cue or index <= email_until:
                rest = self._email_rest.finditer(text, cue.end() if cue else 0)
                spans.extend(PiiSpan(index, *m.span(), "email") for m in rest if _has_letter(m[0]))
            if cue:
                email_until = index + _EMAIL_TURNS
            if self._plate_cue.search(line.text):
                plate_until = index + _EMAIL_TURNS
            plate = self._cued_plate if index <= plate_until else self._plate
            spans.extend(PiiSpan(index, *match.span(), "plate") for match in plate.finditer(text))
        return spans

    def _emails(self, text: str) -> Iterable[_Span]:
        for heard in self._at_sound.finditer(self._script.spell(text)):
            if heard.end() - heard.start() == 2:
                text = text[: heard.start()] + "@@" + text[heard.end() :]
        for match in self._at.finditer(text):
            before = self._before.search(text[: match.start()])
            if before is None:
                continue
            after = self._after.match(text, match.end())
            yield before.start(), after.end() if after else match.end()


def _has_letter(text: str) -> bool:
    return any(char.isascii() and char.isalpha() for char in text)
