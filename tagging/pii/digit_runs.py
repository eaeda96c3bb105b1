"""Lines to runs: the digits that one speaker reads as one number. Pure.

A run goes on through fillers, through a few homophones or one stray character of recognition, and over the
turns that somebody else puts between (嗯, a repetition). It ends at other words or at a quantity.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tagging.pii.digit_kinds import ID_DIGITS
from tagging.pii.digit_tokens import DigitReader, Token, TokenKind
from tagging.pii.lines import Line
from tagging.pii.rules import DigitRules

# A stray character is bridged only inside something that already is a number.
_DIGITS_BEFORE_STRAY = 3
_DIGITS_AFTER_STRAY = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Digits of one line without a filler between: characters [start, end), their ASCII digits."""

    line: int
    start: int
    end: int
    digits: str
    is_single_numeral: bool = False


@dataclass(slots=True)
class Run:
    """Groups of one speaker that make one number; `touches_*`: a word is glued to the first or last."""

    speaker: str
    groups: list[Group] = field(default_factory=list["Group"])
    touches_before: bool = False
    touches_after: bool = False

    @property
    def digits(self) -> str:
        return "".join(group.digits for group in self.groups)

    @property
    def first_line(self) -> int:
        return self.groups[0].line

    @property
    def last_line(self) -> int:
        return self.groups[-1].line

    def lines(self) -> set[int]:
        return {group.line for group in self.groups}


class RunFinder:
    """Finds the runs of a dialogue."""

    def __init__(self, rules: DigitRules, reader: DigitReader) -> None:
        self._rules = rules
        self._reader = reader

    def runs(self, lines: Sequence[Line], texts: Sequence[str]) -> list[Run]:
        """Return all runs in the order of their first digit.

        Args:
            lines: The dialogue.
            texts: Its texts with misheard digits written as digits.
        """
        done: list[Run] = []
        is_open: dict[str, Run] = {}
        for index, line in enumerate(lines):
            run = is_open.pop(line.speaker, None)
            if run is not None and not self._goes_on(lines, run, index):
                done.append(run)
                run = None
            if run is not None or self._reader.has_sign(texts[index]):
                run = self._read_line(line, index, self._reader.tokens(texts[index]), run, done)
            if run is not None:
                is_open[line.speaker] = run
        done.extend(is_open.values())
        kept = [run for run in map(_trimmed, done) if run.groups]
        return sorted(kept, key=lambda run: (run.first_line, run.groups[0].start))

    def _goes_on(self, lines: Sequence[Line], run: Run, index: int) -> bool:
        last = run.last_line
        between = sum(1 for line in lines[last + 1 : index] if line.speaker != run.speaker)
        gap_s = lines[index].start_s - lines[last].end_s
        return between <= self._rules.max_interleaved_turns and gap_s <= self._rules.max_interleaved_s

    def _read_line(
        self, line: Line, index: int, tokens: Sequence[Token], run: Run | None, done: list[Run]
    ) -> Run | None:
        """Walk one line; return the run still open at its end, append the closed ones to `done`."""
        odd: list[Token] = []
        previous: Token | None = None
        for token in tokens:
            if token.kind is TokenKind.DIGITS:
                run = self._extended(line, index, (run, odd, token, previous), done)
                odd = []
            elif token.kind is TokenKind.ID_END and run is not None and _may_end_in_x(run, odd):
                run.groups.append(Group(index, token.start, token.end, "X"))
                run = _close(run, done)
            elif token.kind is TokenKind.MASK or self._is_quantity(line, token):
                run = _close(run, done)
            elif token.kind is not TokenKind.FILLER:
                odd.append(token)
                if run is not None and run.last_line == index and run.groups[-1].end == token.start:
                    run.touches_after = True
                if len(odd) > self._rules.max_odd_characters:
                    run = _close(run, done)
            previous = token
        return _close(run, done) if odd else run

    def _extended(
        self,
        line: Line,
        index: int,
        state: tuple[Run | None, Sequence[Token], Token, Token | None],
        done: list[Run],
    ) -> Run:
        """Return the run that the digits of a token belong to: the open one, or a new one."""
        run, odd, token, previous = state
        is_single = self._reader.is_spoken_single(token, line.text)
        group = Group(index, token.start, token.end, token.value, is_single)
        inner = self._bridge(line, index, run, odd, group)
        if run is not None and inner is not None:
            run.touches_after = False
            run.groups.extend([*inner, group])
            return run
        _close(run, done)
        is_glued = previous is not None and previous.kind is TokenKind.ODD
        return Run(line.speaker, [group], touches_before=is_glued)

    def _is_quantity(self, line: Line, token: Token) -> bool:
        """A lone unit (十) may be a misheard digit (四) and is no quantity."""
        if token.kind is not TokenKind.QUANTITY:
            return False
        return token.end - token.start > 1 or self._reader.sounded_digit(line.text, token.start) is None

    def _bridge(
        self, line: Line, index: int, run: Run | None, odd: Sequence[Token], group: Group
    ) -> list[Group] | None:
        """Return the groups that stand for the odd characters before `group`, None when they end the run."""
        if run is None:
            return None
        if not odd:
            return []
        sounded = [self._reader.sounded_digit(line.text, token.start) for token in odd]
        is_stray = any(digit is None for digit in sounded)
        if is_stray and not self._is_stray_bridged(run, odd, group):
            return None
        return [
            Group(index, token.start, token.end, digit or "")
            for token, digit in zip(odd, sounded, strict=True)
        ]

    def _is_stray_bridged(self, run: Run, odd: Sequence[Token], group: Group) -> bool:
        return (
            len(odd) == 1
            and odd[0].value not in self._rules.never_bridged
            and len(run.digits) >= _DIGITS_BEFORE_STRAY
            and len(group.digits) >= _DIGITS_AFTER_STRAY
        )


def _close(run: Run | None, done: list[Run]) -> None:
    if run is not None:
        done.append(run)


def _may_end_in_x(run: Run, odd: Sequence[Token]) -> bool:
    """An identity number, its last six or its last four signs may end in X."""
    count = len(run.digits)
    return not odd and (count in (3, 5) or ID_DIGITS - 2 <= count <= ID_DIGITS)


def _trimmed(run: Run) -> Run:
    """Drop a lone Chinese numeral at either end that a word is glued to: 统一,幺三八… / …零零零,一共."""
    groups = list(run.groups)
    if run.touches_after and groups[-1].is_single_numeral:
        groups.pop()
    if run.touches_before and groups and groups[0].is_single_numeral and not _is_glued(groups):
        groups.pop(0)
    return Run(run.speaker, groups, run.touches_before, run.touches_after)


def _is_glued(groups: Sequence[Group]) -> bool:
    return len(groups) > 1 and groups[0].line == groups[1].line and groups[0].end == groups[1].start
