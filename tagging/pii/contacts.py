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
# 新iphone5 is no plate.
_MIN_PLATE_DIGITS = 2
# The shortest name of an account (wechat asks for six characters).
_MIN_HANDLE_CHARACTERS = 6
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
        ending = any_word([*rules.email_ends, *rules.email_dots])
        heard = [word for word in (*rules.email_hosts, *rules.email_dots) if not word.isascii()]
        self._heard_words = [
            (word, re.compile(rf"{re.escape(script.spell(word))}(?={ending})", re.IGNORECASE))
            for word in heard
            if not word.isdigit() and all(char not in signs for char in word)
        ]
        plain = [word for word in rules.email_at if not word.isascii() or not word.isalpha()]
        letters = [word for word in rules.email_at if word not in plain]
        # `at` in letters is a sign only between an address and a host.
        signs_of_at = rf"{any_word(plain)}|(?<![A-Za-z])(?:{any_word(letters)})(?=\s*(?:{hosts}))"
        self._at = re.compile(f"@@|(?:{signs_of_at})|(?:{hosts}){pause}{{0,2}}{ends}", re.IGNORECASE)
        self._before = re.compile(
            rf"(?:{atom}(?:[\s,、._+-]|{any_word(rules.email_fillers)}){{0,2}})+[\u4e00-\u9fff]?$"
        )
        self._after = re.compile(
            rf"{pause}{{0,2}}(?:{hosts}|{atom}+)(?:{pause}{{0,2}}{ends}){{0,2}}",
            re.IGNORECASE,
        )
        self._email_cue = re.compile(any_word(rules.email_cues))
        self._email_rest = re.compile(rf"{atom}(?:[\s,、._+-]{{0,2}}{atom}){{{_MIN_EMAIL_CHARACTERS - 1},}}")
        self._secret = re.compile(
            rf"(?:{any_word(rules.secret_cues)})[\u4e00-\u9fff\s,、:]{{0,4}}?"
            rf"((?=[0-9]*[A-Za-z])(?=[A-Za-z]*[0-9])[A-Za-z0-9]{{{_MIN_HANDLE_CHARACTERS},}})"
        )
        self._handle = re.compile(
            rf"(?:{any_word(rules.handle_cues)})[\u4e00-\u9fff\s,、:]{{0,4}}?"
            rf"([A-Za-z][A-Za-z0-9_-]{{{_MIN_HANDLE_CHARACTERS - 1},}})"
        )
        sign = f"(?:[A-Za-z0-9]|{any_character(signs)})"
        self._sign = re.compile(f"[0-9]|{any_character(signs)}")
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
            spans.extend(PiiSpan(index, *m.span(1), "digits") for m in self._handle.finditer(line.text))
            spans.extend(PiiSpan(index, *m.span(1), "code") for m in self._secret.finditer(line.text))
            if self._plate_cue.search(line.text):
                plate_until = index + _EMAIL_TURNS
            plate = self._cued_plate if index <= plate_until else self._plate
            spans.extend(
                PiiSpan(index, *match.span(), "plate")
                for match in plate.finditer(text)
                if len(self._sign.findall(match[0])) >= _MIN_PLATE_DIGITS
            )
        return spans

    def _respelled(self, text: str) -> str:
        """Return the text, same length, with misheard words of the ending (甸com, 新琅点) as they are."""
        spelled = self._script.spell(text)
        for word, pattern in self._heard_words:
            for heard in pattern.finditer(spelled):
                text = text[: heard.start()] + word + text[heard.end() :]
        return text

    def _emails(self, text: str) -> Iterable[_Span]:
        text = self._respelled(text)
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
