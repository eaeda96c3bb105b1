"""E-mail addresses and licence plates in a dialogue, written or spoken. Pure."""

import re
from collections.abc import Iterable, Sequence

from tagging.pii.digit_tokens import any_character, any_word
from tagging.pii.lines import Line, PiiSpan
from tagging.pii.rules import ContactRules

# Characters of a plate after its province and letter: five, six for electric cars.
_PLATE_CHARACTERS = "{5,6}"
# After a word for e-mail, letters and digits of this length are part of one.
_MIN_EMAIL_CHARACTERS = 3
_EMAIL_TURNS = 3


class ContactFinder:
    """Finds e-mail addresses and plates by the words of contacts.yaml; `signs` are all numerals."""

    def __init__(self, rules: ContactRules, signs: str, fillers: Iterable[str], punctuation: str) -> None:
        pause = f"(?:{any_word(fillers)}|{any_character(punctuation)})"
        atom = f"(?:[A-Za-z0-9]|{any_character(signs)}|{any_word(rules.email_words)})"
        local = rf"{atom}(?:[\s,、._+-]{{0,2}}{atom})*"
        host = f"(?:{any_word(rules.email_hosts)}|{local})"
        at = f"(?:{any_word(rules.email_at)})"
        dotted = (
            f"{pause}{{0,2}}(?:{any_word(rules.email_dots)}){pause}{{0,2}}(?:{any_word(rules.email_ends)})"
        )
        self._emails = (
            re.compile(f"{local}{pause}{{0,3}}{at}{pause}{{0,3}}{host}(?:{dotted}){{0,2}}", re.IGNORECASE),
            re.compile(f"{local}{pause}{{0,3}}(?:{any_word(rules.email_hosts)}){dotted}", re.IGNORECASE),
        )
        self._email_cue = re.compile(any_word(rules.email_cues))
        self._email_rest = re.compile(rf"{atom}(?:[\s,、._+-]{{0,2}}{atom}){{{_MIN_EMAIL_CHARACTERS - 1},}}")
        sign = f"(?:[A-Za-z0-9]|{any_character(signs)})"
        province = any_character(rules.plate_provinces)
        self._plate = re.compile(
            f"{province}{pause}{{0,2}}[A-Za-z](?:{pause}{{0,3}}{sign}){_PLATE_CHARACTERS}"
        )
        self._cued_plate = re.compile(
            f"(?:{any_word(rules.plate_cues)})(?:是|号|号码|叫|为|{pause}){{0,4}}"
            f"(?P<plate>{province}?{pause}{{0,2}}[A-Za-z]?(?:{pause}{{0,3}}{sign}){_PLATE_CHARACTERS})"
        )

    def find(self, lines: Sequence[Line]) -> list[PiiSpan]:
        """Return what to mask."""
        spans: list[PiiSpan] = []
        email_until = -1
        for index, line in enumerate(lines):
            for pattern in self._emails:
                spans.extend(PiiSpan(index, m.start(), m.end(), "email") for m in pattern.finditer(line.text))
            cue = self._email_cue.search(line.text)
            if cue or index <= email_until:
                start = cue.end() if cue else 0
                rest = self._email_rest.finditer(line.text, start)
                spans.extend(PiiSpan(index, m.start(), m.end(), "email") for m in rest if _has_letter(m[0]))
            if cue:
                email_until = index + _EMAIL_TURNS
            spans.extend(PiiSpan(index, m.start(), m.end(), "plate") for m in self._plate.finditer(line.text))
            cued = self._cued_plate.finditer(line.text)
            spans.extend(PiiSpan(index, m.start("plate"), m.end("plate"), "plate") for m in cued)
        return spans


def _has_letter(text: str) -> bool:
    return any(char.isascii() and char.isalpha() for char in text)
