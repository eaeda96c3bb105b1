"""A pair for its page: both calls along the five steps, and the good side's answer beside each fault.

In: `PairSteps`, the spans that the two clips show, labels. Out: frozen views, times within the clips. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from transcribe.call import TimeSpan
from warehouse.labels import Labels
from warehouse.pages.names import typeset
from warehouse.pages.said import Said, label
from warehouse.pages.talk import mark_title
from warehouse.pairs import Answer, PairStep, PairSteps, SaidTurn


@dataclass(frozen=True, slots=True)
class PairTurn:
    """A turn in a cell; seconds from the start of its clip, None where it is not in it."""

    text: str
    labels: tuple[Said, ...]
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A fault of the bad side beside what the good side said there; `replacement` is the lexicon's, or ""."""

    kind: str
    title: Said
    bad: PairTurn
    bad_asked: PairTurn | None
    good: PairTurn | None
    good_asked: PairTurn | None
    replacement: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step side by side; `bad_span` and `good_span` are (start, end) to be heard of it, or None."""

    step: str
    name: Said
    bad: tuple[PairTurn, ...]
    good: tuple[PairTurn, ...]
    answers: tuple[AnswerView, ...]
    bad_span: tuple[float, float] | None
    good_span: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class PairClips:
    """What of each recording can be heard; None where a side has no clip."""

    bad: TimeSpan | None
    good: TimeSpan | None


def step_rows(steps: PairSteps, clips: PairClips, labels: Labels) -> tuple[StepRow, ...]:
    """Return a row per step, always five, the faults at the step they fell in."""
    return tuple(
        _row(step, [a for a in steps.answers if a.step == step.step], clips, labels) for step in steps.steps
    )


def _row(step: PairStep, answers: Sequence[Answer], clips: PairClips, labels: Labels) -> StepRow:
    bad = tuple(_turn(turn, clips.bad, labels) for turn in step.bad)
    good = tuple(_turn(turn, clips.good, labels) for turn in step.good)
    views = tuple(_answer(answer, clips, labels) for answer in answers)
    return StepRow(
        step=step.step,
        name=label(labels, "step", step.step),
        bad=bad,
        good=good,
        answers=views,
        bad_span=_span([*bad, *(view.bad for view in views)]),
        good_span=_span([*good, *(view.good for view in views if view.good)]),
    )


def _answer(answer: Answer, clips: PairClips, labels: Labels) -> AnswerView:
    mark = {"kind": answer.kind, "label_id": answer.label_id, "step": None}
    return AnswerView(
        kind=answer.kind,
        title=mark_title(mark, labels),
        bad=_turn(answer.bad, clips.bad, labels),
        bad_asked=_turn(answer.bad_asked, clips.bad, labels) if answer.bad_asked else None,
        good=_turn(answer.good, clips.good, labels) if answer.good else None,
        good_asked=_turn(answer.good_asked, clips.good, labels) if answer.good_asked else None,
        replacement=typeset(answer.replacement),
    )


def _turn(turn: SaidTurn, clip: TimeSpan | None, labels: Labels) -> PairTurn:
    names = tuple(label(labels, "behaviour", each) for each in turn.labels)
    if clip is None or turn.start_s >= clip.end_s or turn.end_s <= clip.start_s:
        return PairTurn(typeset(turn.text), names, None, None)
    start_s = round(max(0.0, turn.start_s - clip.start_s), 3)
    return PairTurn(typeset(turn.text), names, start_s, round(min(turn.end_s, clip.end_s) - clip.start_s, 3))


def _span(turns: Sequence[PairTurn]) -> tuple[float, float] | None:
    heard = [
        (turn.start_s, turn.end_s) for turn in turns if turn.start_s is not None and turn.end_s is not None
    ]
    return (min(start for start, _ in heard), max(end for _, end in heard)) if heard else None
