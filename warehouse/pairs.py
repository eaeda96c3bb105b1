"""A comparison pair step by step: what each side did, and what the good one said where the bad one failed.

In: the stored turns of two calls and the marks found in them (rows as `pages/queries` read them). Out: frozen
shapes for the page of a pair. Pure.

A fault of the bad side is answered by the agent's turn of the good side that stands in the most similar
place: it answers a customer's turn that says nearly the same, belongs to the same of the five steps, lies at
the same share of the call, and shows something done well (`PlaceWeights`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

Row = Mapping[str, Any]
STEPS = ("emotion", "diagnose", "propose", "accept", "close")
FAULT_KINDS = ("taboo", "sensitive", "fault")


class PairSide(Protocol):
    """One call of a pair: `turns` in order (turn_index, role, start_s, end_s, text), `marks` in them.

    A mark has turn_index, kind (good | fault | taboo | sensitive | cause | escalation), label_id, step,
    replacement and confidence.
    """

    @property
    def turns(self) -> Sequence[Row]: ...

    @property
    def marks(self) -> Sequence[Row]: ...


@dataclass(frozen=True, slots=True)
class PlaceWeights:
    """How much each kind of agreement counts when the corresponding place is sought; each agreement is 0..1.

    Marks less sure than `min_confidence` (0..1) are not looked at; an answer below `min_likeness` (share of
    all weights) is none.
    """

    customer_words: float = 4.0
    step: float = 2.0
    place: float = 1.0
    done_well: float = 1.5
    min_confidence: float = 0.5
    min_likeness: float = 0.2


@dataclass(frozen=True, slots=True)
class SaidTurn:
    """A turn as it was said; seconds of the recording; `labels` are ids of behaviours heard in it."""

    turn_index: int
    role: str
    start_s: float
    end_s: float
    text: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PairStep:
    """One of the five steps on both sides: turns with something done well, in order of the call.

    `bad_faults` are the bad side's turns in which it failed while it was at this step.
    """

    step: str
    good: tuple[SaidTurn, ...]
    bad: tuple[SaidTurn, ...]
    bad_faults: tuple[SaidTurn, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One fault of the bad side beside what the good side said there.

    `kind` is taboo | sensitive | fault, `label_id` its phrase or behaviour, `replacement` what the lexicon
    offers instead ("" for nothing). `asked` is the customer's turn before each, None when nobody spoke
    before. `good` is None when the good call has no such place; `likeness` (0..1) is how similar it is.
    """

    kind: str
    label_id: str
    step: str
    bad: SaidTurn
    bad_asked: SaidTurn | None
    good: SaidTurn | None
    good_asked: SaidTurn | None
    likeness: float
    replacement: str


@dataclass(frozen=True, slots=True)
class PairSteps:
    """A pair laid out: always five steps, and the bad side's faults in order of the call."""

    steps: tuple[PairStep, ...]
    answers: tuple[Answer, ...]


def pair_steps(good: PairSide, bad: PairSide, weights: PlaceWeights | None = None) -> PairSteps:
    """Return both calls laid out along the five steps, and an answer to every fault of the bad one.

    Cost grows with (faults of the bad call) x (agent turns of the good call).
    """
    weights = weights or PlaceWeights()
    well, ill = _Call(good, weights), _Call(bad, weights)
    answers = tuple(_answer(mark, ill, well, weights) for mark in ill.faults)
    steps = tuple(
        PairStep(
            step=step,
            good=well.shown(step),
            bad=ill.shown(step),
            bad_faults=_once(answer.bad for answer in answers if answer.step == step),
        )
        for step in STEPS
    )
    return PairSteps(steps, answers)


def likeness_of(one: str, other: str) -> float:
    """Return how alike two texts are, 0..1: the share of their character pairs that both have (Dice)."""
    first, second = _pairs_of(one), _pairs_of(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


class _Call:
    """One side, its turns and marks at hand by turn."""

    def __init__(self, side: PairSide, weights: PlaceWeights):
        self.turns = sorted(side.turns, key=_turn_index)
        self.positions = {row["turn_index"]: at for at, row in enumerate(self.turns)}
        marks = [
            mark
            for mark in side.marks
            if mark["confidence"] >= weights.min_confidence and mark["turn_index"] in self.positions
        ]
        self.good = [mark for mark in marks if mark["kind"] == "good"]
        self.faults = _unique_faults(marks)
        self._by_turn: dict[int, list[Row]] = {}
        for mark in self.good:
            self._by_turn.setdefault(mark["turn_index"], []).append(mark)
        self._steps = self._steps_by_turn()

    def said(self, position: int, labels: Sequence[str] | None = None) -> SaidTurn:
        row = self.turns[position]
        shown = (
            [mark["label_id"] for mark in self._by_turn.get(row["turn_index"], ())]
            if labels is None
            else labels
        )
        return SaidTurn(
            turn_index=row["turn_index"],
            role=row["role"],
            start_s=row["start_s"],
            end_s=row["end_s"],
            text=row["text"],
            labels=tuple(dict.fromkeys(shown)),
        )

    def shown(self, step: str) -> tuple[SaidTurn, ...]:
        labels: dict[int, list[str]] = {}
        for mark in self.good:
            if mark["step"] == step:
                labels.setdefault(self.positions[mark["turn_index"]], []).append(mark["label_id"])
        return tuple(self.said(position, labels[position]) for position in sorted(labels))

    def asked(self, position: int) -> int | None:
        """The customer's turn that the turn at `position` answers."""
        return next((at for at in range(position - 1, -1, -1) if self.turns[at]["role"] == "customer"), None)

    def step_at(self, position: int) -> str:
        """The step that the agent was at: the last that was heard until then, the first before any."""
        return self._steps[position]

    def share(self, position: int) -> float:
        """Where in the call the turn lies, 0..1."""
        return position / max(1, len(self.turns) - 1)

    def does_well(self, position: int) -> bool:
        return self.turns[position]["turn_index"] in self._by_turn

    def _steps_by_turn(self) -> list[str]:
        steps: list[str] = []
        current = STEPS[0]
        for row in self.turns:
            heard = [
                mark["step"] for mark in self._by_turn.get(row["turn_index"], ()) if mark["step"] in STEPS
            ]
            current = heard[-1] if heard else current
            steps.append(current)
        return steps


def _answer(mark: Row, ill: _Call, well: _Call, weights: PlaceWeights) -> Answer:
    position = ill.positions[mark["turn_index"]]
    asked = ill.asked(position)
    found, likeness = _corresponding(position, ill, well, weights)
    good_asked = None if found is None else well.asked(found)
    return Answer(
        kind=mark["kind"],
        label_id=mark["label_id"],
        step=ill.step_at(position),
        bad=ill.said(position),
        bad_asked=None if asked is None else ill.said(asked),
        good=None if found is None else well.said(found),
        good_asked=None if good_asked is None else well.said(good_asked),
        likeness=round(likeness, 4),
        replacement=mark["replacement"] or "",
    )


def _corresponding(position: int, ill: _Call, well: _Call, weights: PlaceWeights) -> tuple[int | None, float]:
    """Return the place of the good call's turn that stands where the bad one's stands, and how surely."""
    faulty = {well.positions[mark["turn_index"]] for mark in well.faults}
    best: tuple[float, int] | None = None
    for at, row in enumerate(well.turns):
        if row["role"] != "agent" or at in faulty or not row["text"].strip():
            continue
        likeness = _place_likeness(position, at, ill, well, weights)
        if best is None or likeness > best[0]:
            best = (likeness, at)
    if best is None or best[0] < weights.min_likeness:
        return None, 0.0
    return best[1], best[0]


def _place_likeness(position: int, at: int, ill: _Call, well: _Call, weights: PlaceWeights) -> float:
    asked, well_asked = ill.asked(position), well.asked(at)
    words = (
        0.0
        if asked is None or well_asked is None
        else likeness_of(ill.turns[asked]["text"], well.turns[well_asked]["text"])
    )
    total = (
        weights.customer_words * words
        + weights.step * (ill.step_at(position) == well.step_at(at))
        + weights.place * (1 - abs(ill.share(position) - well.share(at)))
        + weights.done_well * well.does_well(at)
    )
    return total / (weights.customer_words + weights.step + weights.place + weights.done_well)


def _unique_faults(marks: Sequence[Row]) -> list[Row]:
    """Return the faults in order of the call, each once per turn."""
    faults = {
        (mark["turn_index"], mark["kind"], mark["label_id"]): mark
        for mark in marks
        if mark["kind"] in FAULT_KINDS
    }
    return [faults[key] for key in sorted(faults)]


def _once(turns: Iterator[SaidTurn]) -> tuple[SaidTurn, ...]:
    return tuple(dict.fromkeys(turns))


def _pairs_of(text: str) -> frozenset[str]:
    letters = [char for char in text if char.isalnum()]
    return frozenset(a + b for a, b in pairwise(letters))


def _turn_index(row: Row) -> int:
    return row["turn_index"]
