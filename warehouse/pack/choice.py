"""What a team hears in the morning: cases for its weightiest problems that fit the minutes. Pure.

In: the team's problems, listed cases with sound. Out: things to hear, each a pair or what went wrong and what
right looks like. The same input gives the same choice, in whatever order the cases come.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.pack.problems import Problem, ranked
from warehouse.pack.settings import PackSettings

SIDES = ("bad", "good")  # in this order they are heard


@dataclass(frozen=True, slots=True)
class Candidate:
    """A listed case with sound; in it `problems` (kind, id) and `shown` (good moves, steps) are heard.

    `causes` are what the customer complains of, sub-causes and top causes; `clip_s` seconds of sound.
    """

    case_id: str
    call_id: str
    library_id: str
    night: date
    rank: int
    clip_s: float
    team: str | None = None
    agent_id: str | None = None
    causes: frozenset[str] = frozenset()
    problems: frozenset[tuple[str, str]] = frozenset()
    shown: frozenset[str] = frozenset()
    pair_key: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to hear and talk about, what went wrong first; `problem` is None when nothing went wrong."""

    problem: Problem | None
    cases: tuple[Candidate, ...]
    talk_s: float
    is_pair: bool = False

    @property
    def clip_s(self) -> float:
        return sum(case.clip_s for case in self.cases)

    @property
    def seconds(self) -> float:
        """Sound and talk together."""
        return self.clip_s + self.talk_s


@dataclass(frozen=True, slots=True)
class Wish:
    """For whom and how long: the team (None: everybody) and the seconds in all."""

    team: str | None
    seconds: float


def choose(
    problems: Iterable[Problem], candidates: Iterable[Candidate], wish: Wish, settings: PackSettings
) -> tuple[Item, ...]:
    """Return what to hear, in order; empty when no case fits the time.

    Problem by problem, the weightiest first: a pair whose bad side has it, else a case that has it with one
    that shows what right looks like. No call and no agent is heard in two of them. When no case has any of
    the problems, or none of those fits, what right looks like is heard alone.
    """
    ordered = sorted(candidates, key=lambda case: (-case.night.toordinal(), case.rank, case.case_id))
    left_s = wish.seconds - settings.opening_s - settings.closing_s
    chosen: list[Item] = []
    for problem in (*ranked(problems, settings), None):
        if len(chosen) == settings.item_count or (problem is None and chosen):
            break
        free = _without(ordered, chosen)
        fitting = (item for item in _items(problem, free, wish, settings) if item.seconds <= left_s)
        item = next(fitting, None)
        if item is not None:
            chosen.append(item)
            left_s -= item.seconds
    return tuple(sorted(chosen, key=lambda item: not item.is_pair))


def _without(candidates: Sequence[Candidate], chosen: Sequence[Item]) -> list[Candidate]:
    """The cases of calls and agents that are not heard already."""
    cases = [case for item in chosen for case in item.cases]
    calls = {case.call_id for case in cases}
    agents = {case.agent_id for case in cases if case.agent_id is not None}
    return [case for case in candidates if case.call_id not in calls and case.agent_id not in agents]


def _items(
    problem: Problem | None, free: Sequence[Candidate], wish: Wish, settings: PackSettings
) -> Iterator[Item]:
    """Yield what could be heard for a problem, the best first."""
    talk = settings.talk_s
    if problem is None:
        for case in free:
            if _is_right(case, settings):
                yield Item(None, (case,), talk.right)
        return
    for pair in _pairs(free):
        if problem.key in pair[0].problems:
            yield Item(problem, pair, talk.pair, is_pair=True)
    wrong = [case for case in free if _is_wrong(case, problem, settings)]
    for case in wrong:
        for right in _answers(case, problem, free, wish, settings):
            yield Item(problem, (case, right), talk.wrong + talk.right)
    for case in wrong:
        yield Item(problem, (case,), talk.wrong)


def _pairs(free: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the pairs of which both sides may be heard, bad side first."""
    sides: dict[str, dict[str, Candidate]] = {}
    for case in free:
        if case.pair_key is not None and case.side is not None:
            sides.setdefault(case.pair_key, {}).setdefault(case.side, case)
    for pair in sides.values():
        if all(side in pair for side in SIDES):
            yield pair[SIDES[0]], pair[SIDES[1]]


def _is_wrong(case: Candidate, problem: Problem, settings: PackSettings) -> bool:
    return (
        case.pair_key is None and case.library_id in settings.wrong_libraries and problem.key in case.problems
    )


def _is_right(case: Candidate, settings: PackSettings) -> bool:
    return case.pair_key is None and case.library_id in settings.right_libraries


def _answers(
    wrong: Candidate, problem: Problem, free: Sequence[Candidate], wish: Wish, settings: PackSettings
) -> list[Candidate]:
    """What right looks like beside a case, the best first; by another agent on another call."""
    cures = settings.cures_of(*problem.key)

    def fitness(case: Candidate) -> tuple[int, int, bool]:
        return (
            len(case.causes & wrong.causes),
            len(case.shown & cures),
            wish.team is not None and case.team == wish.team,
        )

    right = [
        case
        for case in free
        if _is_right(case, settings)
        and case.call_id != wrong.call_id
        and (case.agent_id is None or case.agent_id != wrong.agent_id)
        and problem.key not in case.problems
    ]
    return sorted(right, key=fitness, reverse=True)  # stable: the newest and best ranked among equals
