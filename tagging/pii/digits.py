"""Numbers of persons in a dialogue: phones, identity numbers, cards, codes, any digits read aloud. Pure.

A run of digits is masked for its shape, for a word beside it, as the answer to a question, for its length,
or because it repeats digits that are masked elsewhere in the call. Hotlines, tickets and quantities stay.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tagging.pii.digit_answers import AnswerFinder
from tagging.pii.digit_cues import Cue, CueFinder
from tagging.pii.digit_kinds import CARD_DIGITS, ID_DIGITS, shape_kind
from tagging.pii.digit_runs import Group, Run, RunFinder
from tagging.pii.digit_tokens import DigitReader, any_word
from tagging.pii.hotlines import Hotlines
from tagging.pii.lines import Line, PiiSpan
from tagging.pii.rules import DigitRules
from tagging.pii.sounds import SoundScript

MOBILE_DIGITS = 11
# A mobile number without its leading 1, perhaps with a digit lost to recognition.
_HEADLESS_MOBILE = re.compile(r"[3-9][0-9]{7,9}$")
# Gaps inside one line longer than this are not masked with the digits around them.
_MAX_MASKED_GAP = 12
# Two digits are too few to recognise a repetition, unless it is said while the number is being read.
_MIN_INTERLEAVED_ECHO = 2


@dataclass(frozen=True, slots=True)
class DigitFindings:
    """Spans, the digit strings they hide (so that repetitions elsewhere are recognised), and the lines'
    texts with misheard digits written as digits.
    """

    spans: tuple[PiiSpan, ...]
    numbers: tuple[str, ...]
    texts: tuple[str, ...]


class DigitFinder:
    """Finds numbers of persons by the words of digits.yaml."""

    def __init__(self, rules: DigitRules, script: SoundScript) -> None:
        self._rules = rules
        self._reader = DigitReader(rules)
        self._runs = RunFinder(rules, self._reader)
        self._cues = CueFinder(rules, script)
        self._answers = AnswerFinder(rules, self._reader)
        self._hotlines = Hotlines(rules)
        self._id_end = re.compile(rf"[\s,、]*({any_word(rules.id_ends)})", re.IGNORECASE)

    def find(
        self, lines: Sequence[Line], known: Iterable[str] = (), *, is_suspect: bool = False
    ) -> DigitFindings:
        """Return what to mask.

        Args:
            lines: The dialogue, in order.
            known: Digit strings masked elsewhere in the call.
            is_suspect: The lines lack context: mask any digits of `min_suspect_digits`.
        """
        cues = [self._cues.cues(line.text) for line in lines]
        has_number = [self._reader.has_number(line.text) for line in lines]
        windows = self._cues.windows(lines, cues, has_number)
        reread = self.reread(lines, windows, has_number)
        runs = self._runs.runs(lines, reread)
        kinds: dict[int, str] = {}
        tickets: list[str] = []
        for position, run in enumerate(runs):
            kind = self._kind(lines, run, cues, windows[run.first_line], is_suspect=is_suspect)
            if kind == "ticket":
                tickets.append(run.digits)
            elif kind is not None:
                kinds[position] = kind
        self._add_echoes(lines, runs, kinds, [*known], tickets)
        answers = [
            PiiSpan(at, *span, kind)
            for at, kind in enumerate(windows)
            if kind not in (None, "ticket") and lines[at].is_agent is not True
            for span in self._answers.clauses(lines[at].text, cues[at])
        ]
        spans = [span for at, kind in kinds.items() for span in self._spans(lines, runs[at], kind)]
        return DigitFindings((*spans, *answers), tuple(runs[at].digits for at in kinds), tuple(reread))

    def reread(
        self, lines: Sequence[Line], windows: Sequence[str | None], has_number: Sequence[bool]
    ) -> list[str]:
        """Return the lines' texts with misheard digits written as digits, same lengths."""
        reach = self._rules.max_interleaved_turns
        return [
            self._reader.reread(
                line.text, is_expected=bool(windows[at]) or any(has_number[max(0, at - reach) : at + 1])
            )
            for at, line in enumerate(lines)
        ]

    def _kind(
        self,
        lines: Sequence[Line],
        run: Run,
        cues: Sequence[Sequence[Cue]],
        asked: str | None,
        *,
        is_suspect: bool,
    ) -> str | None:
        """Return the kind to mask as, `ticket` for a number that stays although it is long, or None."""
        digits = run.digits
        cue, is_beside = self._cue(lines, run, cues, asked)
        if self._is_public(run, cue if is_beside else None):
            return None
        shape = shape_kind(digits)
        if (
            cue == "ticket"
            and shape != "id_number"
            and not (shape == "phone" and len(digits) == MOBILE_DIGITS)
        ):
            return "ticket" if is_beside or len(digits) >= self._rules.min_bare_digits else None
        least = self._rules.min_cued_digits if cue and is_beside else self._rules.min_bare_digits
        if is_suspect:
            least = min(least, self._rules.min_suspect_digits)
        if len(digits) < least:
            return None
        return _best_kind(digits, shape, cue)

    def _cue(
        self, lines: Sequence[Line], run: Run, cues: Sequence[Sequence[Cue]], asked: str | None
    ) -> tuple[str | None, bool]:
        """Return the kind that words before, after or a question give, and whether they stand right there."""
        first, last = run.groups[0], run.groups[-1]
        cue, is_beside = self._cues.before(lines[first.line].text, first.start, cues[first.line])
        after = self._cues.after(lines[last.line].text, last.end) if len(run.digits) >= 3 else None
        if cue is None and after is None and asked is not None and self._is_answer(lines, run):
            return asked, True
        if not is_beside and after is not None:
            return after, True
        return cue, is_beside

    def _is_public(self, run: Run, cue: str | None) -> bool:
        """A hotline; as a code or card's digits the same number is somebody's own."""
        if cue in ("code", "digits", "bank_card", "id_number"):
            return False
        words = [run.digits, *(group.digits for group in run.groups)]
        if self._hotlines.is_hotline(words[0]):
            return True
        return all(len(word) >= 3 and self._hotlines.is_hotline(word) for word in words[1:])

    def _is_answer(self, lines: Sequence[Line], run: Run) -> bool:
        """Say whether the run stands by itself: a pause, a filler or nothing on both sides."""
        first, last = run.groups[0], run.groups[-1]
        return self._cues.is_plain(lines[first.line].text[: first.start], lines[last.line].text[last.end :])

    def _add_echoes(
        self,
        lines: Sequence[Line],
        runs: Sequence[Run],
        kinds: dict[int, str],
        known: list[str],
        tickets: list[str],
    ) -> None:
        """Mask runs that repeat digits of a masked run: anywhere, or of two digits while it is being read."""
        masked = [(runs[at], kind) for at, kind in kinds.items()]
        for position, run in enumerate(runs):
            digits = run.digits
            if position in kinds or (self._is_public(run, None) and len(digits) > 3):
                continue
            if any(digits in ticket for ticket in tickets):
                continue
            if len(digits) >= self._rules.min_echo_digits:
                kind = next((kind for other, kind in masked if digits in other.digits), None)
                if kind is None and any(digits in number for number in known):
                    kind = "digits"
                if kind is not None:
                    kinds[position] = kind
            elif len(digits) >= _MIN_INTERLEAVED_ECHO:
                for other, kind in masked:
                    is_inside = other.first_line <= run.first_line <= other.last_line + 1
                    if is_inside and digits in other.digits and self._is_answer(lines, run):
                        kinds[position] = kind

    def _spans(self, lines: Sequence[Line], run: Run, kind: str) -> list[PiiSpan]:
        """Return one span per stretch of a line, pauses between the digits included."""
        spans: list[PiiSpan] = []
        for group in run.groups:
            last = spans[-1] if spans else None
            if last is not None and last.line == group.line and self._is_inside(lines, last.end, group):
                spans[-1] = PiiSpan(last.line, last.start, group.end, kind)
            else:
                spans.append(PiiSpan(group.line, group.start, group.end, kind))
        spans[0] = self._widened_left(lines[spans[0].line].text, spans[0], run)
        spans[-1] = self._widened_right(lines[spans[-1].line].text, spans[-1], run)
        return spans

    def _is_inside(self, lines: Sequence[Line], end: int, group: Group) -> bool:
        """Say whether what stands between two groups is masked with them: signs, not words (不对, 后面是)."""
        gap = lines[group.line].text[end : group.start]
        return len(gap) <= _MAX_MASKED_GAP and not self._reader.is_word(gap)

    def _widened_left(self, text: str, span: PiiSpan, run: Run) -> PiiSpan:
        """Take in a misheard first digit of a mobile number: 要三八零零… is 幺三八零零…"""
        if span.start == 0 or not _HEADLESS_MOBILE.match(run.digits):
            return span
        if self._reader.sounded_digit(text, span.start - 1) == "1":
            return replace(span, start=span.start - 1)
        return span

    def _widened_right(self, text: str, span: PiiSpan, run: Run) -> PiiSpan:
        """Take in the X of an identity number, or a misheard last digit."""
        match = self._id_end.match(text, span.end) if span.kind == "id_number" else None
        if match:
            return replace(span, end=match.end())
        is_short = len(run.digits) in (MOBILE_DIGITS - 1, ID_DIGITS - 1)
        if is_short and span.end < len(text) and self._reader.sounded_digit(text, span.end) is not None:
            return replace(span, end=span.end + 1)
        return span


def _best_kind(digits: str, shape: str | None, cue: str | None) -> str:
    if shape in ("id_number", "phone") and len(digits) in (MOBILE_DIGITS, ID_DIGITS):
        return shape
    if cue == "bank_card" and len(digits) < CARD_DIGITS.start - 2:
        return "digits"
    if cue is not None and cue != "ticket":
        return cue
    return shape or "digits"
