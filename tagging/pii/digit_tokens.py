"""One line of text to tokens: digits, quantities, fillers, anything else. Pure.

A quantity is a number that says how much, when or how many (三百二十块, 11月20号, 3.5%); digits are signs
read one after another. Fillers are pauses, back-channels and punctuation that do not end a number.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from tagging.pii.rules import DigitRules
from tagging.pinyin import to_pinyin

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class TokenKind(StrEnum):
    """What a stretch of text is for somebody who reads a number."""

    DIGITS = "digits"
    QUANTITY = "quantity"
    FILLER = "filler"
    MASK = "mask"
    ID_END = "id_end"
    ODD = "odd"


@dataclass(frozen=True, slots=True)
class Token:
    """Half-open characters [start, end) of a line; `value` holds ASCII digits for digits, else the text."""

    kind: TokenKind
    start: int
    end: int
    value: str


class _Memo(dict[KeyT, ValueT]):
    """What `find` returns for a key, kept: for `str.translate`, and because sounds are slow to look up."""

    def __init__(self, find: Callable[[KeyT], ValueT]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: KeyT) -> ValueT:
        self[key] = found = self._find(key)
        return found


class DigitReader:
    """Cuts lines into tokens by the words of digits.yaml."""

    def __init__(self, rules: DigitRules) -> None:
        self._values = {sign: digit for digit, signs in rules.digits.items() for sign in signs}
        self._sounds = {sound: digit for digit, sounds in rules.sounds.items() for sound in sounds}
        self._pattern = re.compile(_token_pattern(rules), re.DOTALL)
        self._digits = re.compile(f"{any_character(''.join(self._values))}{{2}}")
        self._sign = re.compile(any_character("".join(self._values)))
        self._sounded = _Memo(self._sound_of)
        self._classes = _Memo(self._class_of_code)
        self._everyday = frozenset(rules.everyday_sounds)
        self._small_words = frozenset([*rules.fillers, *rules.cue_links])
        edge = (
            rf"{any_character(rules.punctuation)}|[A-Za-z0-9]|{any_word([*rules.fillers, *rules.cue_links])}"
        )
        self._ends_with_edge = re.compile(rf"(?:^|{edge})$")
        self._starts_with_edge = re.compile(rf"$|{edge}")

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of a line; joined they are the line."""
        found: list[Token] = []
        for match in self._pattern.finditer(text):
            kind = _KINDS[match.lastgroup or "odd"]
            found.append(Token(kind, match.start(), match.end(), self._value(kind, match[0])))
        return found

    def has_number(self, text: str) -> bool:
        """Say whether two digits or more stand together somewhere in the line."""
        return bool(self._digits.search(text))

    def reread(self, text: str, *, is_expected: bool) -> str:
        """Return the line, same length, with homophones inside stretches of digits written as the digits.

        Args:
            text: A line.
            is_expected: A number was asked for or is being read: shorter and less certain stretches count.
        """
        classes = self.classes(text)
        if not is_expected and "D" not in classes:
            return text
        characters = list(text)
        for match in _STRETCH.finditer(classes):
            start, end = self._without_loose_ends(text, classes, match.span(), is_expected=is_expected)
            signs = classes.count("D", start, end)
            least, share = (2, 0.5) if is_expected else (5, 0.6)
            is_whole = is_expected and self._is_edge(text, start, end)
            if signs < end - start and end - start >= least and (signs >= share * (end - start) or is_whole):
                for at in range(start, end):
                    characters[at] = self.sounded_digit(text, at) or text[at]
        for match in _REPEATED_SOUND.finditer(text) if is_expected else ():
            if classes[match.end() - 1] == "S":
                characters[match.end() - 1] = self.sounded_digit(text, match.end() - 1) or match[0][-1]
        return "".join(characters)

    def classes(self, text: str) -> str:
        """Return a class per character: D digit, S sounds like one, W so does an everyday word, x other."""
        return text.translate(self._classes)

    def _class_of_code(self, code: int) -> str:
        return self._class_of(chr(code))

    def _class_of(self, char: str) -> str:
        if char in self._values:
            return "D"
        if char.isascii() or self._sounds.get(to_pinyin(char)[0]) is None or char in _UNITS:
            return "x"
        return "W" if char in self._everyday else "S"

    def _sound_of(self, char: str) -> str | None:
        return self._values.get(char) or self._sounds.get(to_pinyin(char)[0])

    def has_sign(self, text: str) -> bool:
        """Say whether a numeral stands in the text."""
        return self._sign.search(text) is not None

    def _without_loose_ends(
        self, text: str, classes: str, span: tuple[int, int], *, is_expected: bool
    ) -> tuple[int, int]:
        """Cut homophones at the ends that belong to a word beside them."""
        start, end = span
        while start < end and classes[start] != "D":
            is_kept = classes[start] == "S" or (is_expected and _is_number(classes[start + 1 : start + 4]))
            if is_kept and text[start] not in self._small_words and self._ends_with_edge.search(text[:start]):
                break
            start += 1
        while end > start and classes[end - 1] != "D":
            is_kept = classes[end - 1] == "S" or (
                is_expected and _is_number(classes[max(0, end - 4) : end - 1])
            )
            if is_kept and text[end - 1] not in self._small_words and self._starts_with_edge.match(text, end):
                break
            end -= 1
        return start, end

    def _is_edge(self, text: str, start: int, end: int) -> bool:
        return bool(self._ends_with_edge.search(text[:start]) and self._starts_with_edge.match(text, end))

    def digits(self, text: str) -> str:
        """Return the ASCII digits of a stretch of numerals."""
        return "".join(self._values.get(char, "") for char in text)

    def is_word(self, text: str) -> bool:
        """Say whether a stretch between digits holds a character that neither is nor sounds like a digit."""
        return any(
            kind == "x" and char.isalnum() for char, kind in zip(text, self.classes(text), strict=True)
        )

    def sounded_digit(self, text: str, position: int) -> str | None:
        """Return the digit that the character at `position` sounds like, None when it is no such syllable."""
        return self._sounded[text[position]]

    def is_spoken_single(self, token: Token, text: str) -> bool:
        """Say whether the token is one Chinese numeral, which often is no digit at all (一共, 统一)."""
        return token.end - token.start == 1 and not text[token.start].isascii()

    def _value(self, kind: TokenKind, text: str) -> str:
        if kind is not TokenKind.DIGITS:
            return text
        digits: list[str] = []
        at = 0
        while at < len(text):
            if text[at + 1 : at + 2] == "个":
                digits.append(self._values[text[at + 2]] * _REPEATS[text[at]])
                at += 3
            elif text[at] == "双":
                digits.append(self._values[text[at + 1]] * 2)
                at += 2
            else:
                digits.append(self._values[text[at]])
                at += 1
        return "".join(digits)


_UNITS = "十百千万亿"
# A stretch of digits and homophones; everyday words only inside, unless three digits touch them.
_STRETCH = re.compile(r"[DSW]+")
# The names of the token pattern's groups; a number that starts with a repetition (三个八) has its own.
_KINDS = {
    "plain": TokenKind.ODD,
    "mask": TokenKind.MASK,
    "phrase": TokenKind.FILLER,
    "repeated": TokenKind.DIGITS,
    "quantity": TokenKind.QUANTITY,
    "digits": TokenKind.DIGITS,
    "id_end": TokenKind.ID_END,
    "filler": TokenKind.FILLER,
    "odd": TokenKind.ODD,
}
_REPEATS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6}

# A repetition whose digit is misheard: 三个羚.
_REPEATED_SOUND = re.compile(f"[{''.join(_REPEATS)}]个[\u4e00-\u9fff]")


def _is_number(classes: str) -> bool:
    """Say whether three characters beside an everyday word make it a digit too."""
    return len(classes) == 3 and "x" not in classes and "D" in classes


def _token_pattern(rules: DigitRules) -> str:
    numeral = any_character("".join(rules.digits.values()))
    # The 一 of 一直 and 一般 is no digit.
    sign = f"{numeral}(?!(?<=一){any_character(rules.after_one)})"
    measure = any_word(rules.measure_units)
    amount = any_word(rules.amount_units)
    unit = any_character(_UNITS)
    repeat = rf"[{''.join(_REPEATS)}]个{numeral}(?!{unit}|个|{measure}|{amount})|双{sign}"
    chinese = (
        rf"(?:[一二三四五六七八九两几]?{unit}(?:零(?=[一二三四五六七八九]))?)+[一二三四五六七八九]?(?!{sign})"
    )
    # Fillers with a numeral in them (最后一位是) go before the numbers.
    phrases = any_word(filler for filler in rules.fillers if re.search(sign, filler))
    quantities = (
        r"(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9])",
        r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9:])",
        r"[¥￥$][0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?",
        rf"[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]+)?\s?(?:{amount})",
        rf"[0-9]{{1,{rules.amount_digits}}}(?:\.[0-9]+)?\s?(?:{amount})",
        rf"[0-9]{{1,{rules.measured_digits}}}(?:\.[0-9]+)?\s?(?:{measure})",
        r"(?<![0-9.])[0-9]{1,6}\.[0-9]{1,2}(?![0-9.])",
        rf"(?:{sign}|[十百两]){{1,3}}点(?:{sign}|[十半])(?:{sign}|十){{0,3}}(?:{amount}|{measure}|(?!{sign}))",
        rf"{chinese}(?:{amount}|{measure})?",
        rf"(?:{sign}|两){{1,{rules.measured_digits}}}(?:{amount}|{measure})",
    )
    starts = "*¥￥$双几两" + "".join(rules.digits.values()) + "0123456789" + _UNITS + rules.punctuation
    starts += "".join(word[0] + word[0].swapcase() for word in (*rules.fillers, *rules.id_ends))
    # Most characters begin nothing: they need not be tried against everything else.
    return (
        rf"(?P<plain>[^{re.escape(starts)}])|(?P<mask>\*+)|(?P<phrase>{phrases})|(?P<repeated>(?:{repeat})(?:{repeat}|{sign})*)|(?P<quantity>{'|'.join(quantities)})"
        rf"|(?P<digits>(?:{repeat}|{sign})+)|(?P<id_end>{any_word(rules.id_ends)})|(?P<filler>{any_word(rules.fillers)}|{any_character(rules.punctuation)}+)"
        rf"|(?P<odd>.)"
    )


def any_word(words: Iterable[str]) -> str:
    """Return the alternation of words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def any_character(characters: str) -> str:
    """Return the character class of characters."""
    return f"[{re.escape(characters)}]"
