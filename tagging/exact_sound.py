"""Words and turns by their exact toneless syllables, one private character each. Pure.

In: parsed patterns and marked turns. Out: regular expressions and the strings they search. Where phrases by
sound forgive near syllables too, this is for what undoes them: 没有说 heard as 没有硕, but nothing further.
"""

from tagging.pattern import (
    STRONG_BREAK,
    WEAK_BREAK,
    Nodes,
    Writing,
    least_chars,
    literals_of,
    regex_of,
    runs_of,
)
from tagging.phrase import Folding
from tagging.pinyin import to_pinyin

# Shorter words have too many others that sound the same.
MIN_CHARS = 2
# Two private planes of Unicode: a syllable's code, and the same syllable where it is a filler.
_FIRST_CODE = 0xF0000
_TWIN_DISTANCE = 0x10000
_SKIPPED = f"[{WEAK_BREAK}{chr(_FIRST_CODE + _TWIN_DISTANCE)}-{chr(0x10FFFD)}]"


class ExactSounds:
    """One code per syllable, given out as they come; equal in one process only."""

    def __init__(self, folding: Folding):
        self._folding = folding
        self._codes: dict[str, str] = {}

    def regex_of(self, nodes: Nodes) -> str | None:
        """Return the regular expression of a pattern's sound, None when it may be too short to be told."""
        if least_chars(nodes) < MIN_CHARS:
            return None
        readings: dict[str, set[str]] = {}
        for run in (*runs_of(nodes), *literals_of(nodes)):
            for char, syllable in zip(run, to_pinyin(run), strict=True):
                code = self._code(syllable)
                readings.setdefault(char, set()).update((code, _twin(code)))
        return regex_of(nodes, Writing(lambda char: f"[{''.join(sorted(readings[char]))}]", _SKIPPED, ""))

    def encode(self, text: str, pinyin: tuple[str, ...]) -> str:
        """Return a turn's syllables as codes; `text` is marked, its pauses and fillers stay what they are."""
        marks = self._folding.marks
        return "".join(
            char
            if char in (WEAK_BREAK, STRONG_BREAK)
            else _twin(self._code(syllable))
            if marks.is_twin(char)
            else self._code(syllable)
            for char, syllable in zip(text, pinyin, strict=True)
        )

    def _code(self, syllable: str) -> str:
        return self._codes.setdefault(syllable, chr(_FIRST_CODE + len(self._codes)))


def _twin(code: str) -> str:
    return chr(ord(code) + _TWIN_DISTANCE)
