"""Answers to a question for a number that recognition garbled: clauses made of little but digits. Pure.

六二二二,幺幺幺幺 comes back as `UR2,有有有有`. Where a number was asked for, a clause that mostly is or
sounds like digits is masked whole, and so is one character repeated beside such a clause.
"""

import re
from collections.abc import Iterable, Sequence

from tagging.pii.digit_cues import Cue
from tagging.pii.digit_tokens import DigitReader, TokenKind, any_word
from tagging.pii.hotlines import Hotlines
from tagging.pii.rules import DigitRules

_CLAUSE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]+")
_MIN_REPEATED = 3
# Two characters that are no digits by sound are a word; what stands between it and the digits goes with it.
_WORDS = re.compile("[^D]*xx[^D]*(?=D|$)")
_SIGNS = re.compile("D{3,}")


class AnswerFinder:
    """Finds clauses that can only be digits."""

    def __init__(self, rules: DigitRules, reader: DigitReader) -> None:
        self._share = rules.min_answer_share
        words = any_word([*rules.fillers, *rules.cue_links])
        self._lead, self._trail = re.compile(words), re.compile(f"(?:{words})$")
        self._reader = reader
        self._hotlines = Hotlines(rules)

    def clauses(self, text: str, cues: Sequence[Cue]) -> Iterable[tuple[int, int]]:
        """Return the clauses (after a cue word in them) that are masked as an answer."""
        classes = self._reader.classes(text)
        quantities = [
            t for t in self._reader.tokens(text) if t.kind is TokenKind.QUANTITY and len(t.value) > 1
        ]
        whole = [match.span() for match in _CLAUSE.finditer(text)]
        parts = [self._bare(text, self._after_cue(span, cues)) for span in whole]
        numeric = [
            self._is_numeric(text[start:end], classes[start:end])
            and not self._is_public(text[start:end], classes[start:end])
            and not any(token.start < end and start < token.end for token in quantities)
            for start, end in parts
        ]
        for at, (start, end) in enumerate(whole):
            is_repeated = end - start >= _MIN_REPEATED and len(set(text[start:end])) == 1
            if numeric[at]:
                yield from self._pieces(text, parts[at])
            elif is_repeated and any(numeric[max(0, at - 1) : at + 2]):
                yield start, end

    def _after_cue(self, span: tuple[int, int], cues: Sequence[Cue]) -> tuple[int, int]:
        start, end = span
        inside = [cue.end for cue in cues if start <= cue.start and cue.end <= end]
        return (max(inside), end) if inside else span

    def _bare(self, text: str, span: tuple[int, int]) -> tuple[int, int]:
        """Cut what only leads to the digits or follows them (那就…, …吧)."""
        start, end = span
        while start < end and (lead := self._lead.match(text, start, end)):
            start = lead.end()
        while start < end and (trail := self._trail.search(text, start, end)):
            end = trail.start()
        return start, end

    def _pieces(self, text: str, span: tuple[int, int]) -> Iterable[tuple[int, int]]:
        """Return what is left of a clause without the words in it (区号是, 不对不对, 最后)."""
        at, end = span
        for words in _WORDS.finditer(self._classes(text), at, end):
            if words.start() > at:
                yield at, words.start()
            at = words.end()
        if at < end:
            yield at, end

    def _classes(self, text: str) -> str:
        """Return the classes; letters, which recognition makes of digits too, count as digits."""
        classes = self._reader.classes(text)
        return "".join("D" if char.isascii() else kind for char, kind in zip(text, classes, strict=True))

    def _is_public(self, text: str, classes: str) -> bool:
        """Say whether all numbers in a clause are hotlines."""
        signs = [self._reader.digits(text[found.start() : found.end()]) for found in _SIGNS.finditer(classes)]
        return bool(signs) and all(map(self._hotlines.is_hotline, signs))

    def _is_numeric(self, clause: str, classes: str) -> bool:
        if len(clause) < 2 or "D" not in classes:
            return False
        like = sum(1 for char, kind in zip(clause, classes, strict=True) if kind != "x" or char.isascii())
        return like >= self._share * len(clause)
