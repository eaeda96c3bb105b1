"""Held-out texts to made-up calls, and what these teach: calibration, call weights, thresholds. Pure.

In: texts judged by models that have not seen their group. Out: how probabilities become the causes of a call,
and the scores of that. A call has many chances for a false alarm that a sentence has not; made-up calls are
complaints among neutral sentences, and neutral sentences alone.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tagging.causes.call_weights import call_features, fit_call_weights
from tagging.causes.classifier import COMPLAINT, Calibration, CauseClassifier, fit_calibration
from tagging.causes.crossval import Floats, Judged, all_columns
from tagging.causes.merge import decide
from tagging.causes.schema import CauseSettings
from tagging.causes.score import ScoredRow, Scores, score

# A made-up call: a complaint, up to so many more sentences of its group, and neutral ones around it.
MAX_MORE = 4
MIN_NEUTRAL, MAX_NEUTRAL = 6, 24
# One in so many complains of a second thing.
SECOND_CAUSE_RATIO = 0.2
THRESHOLDS = tuple(round(0.02 * step, 2) for step in range(1, 46))


@dataclass(frozen=True, slots=True)
class MadeCall:
    """A text or a made-up call: what is true, and its units' probabilities, shape (n_units, n_columns)."""

    true: frozenset[str]
    probabilities: Floats


def calibrate(
    judged: Sequence[Judged], columns: Sequence[str], tops: Sequence[str]
) -> tuple[dict[str, Calibration], list[Judged]]:
    """Return a calibration per cause, and the texts with calibrated probabilities of `tops` and COMPLAINT."""
    found: dict[str, Calibration] = {}
    wanted = [columns.index(top) for top in (*tops, COMPLAINT)]
    after = [each.probabilities[:, wanted].copy() for each in judged]
    for column, top in enumerate((*tops, COMPLAINT)):
        surest = np.array([each[:, column].max(initial=0.0) for each in after])
        found[top] = fit_calibration(surest, np.array([is_true(top, each.true) for each in judged]))
        for each in after:
            each[:, column] = found[top].apply(each[:, column])
    return found, [
        replace(each, probabilities=probabilities) for each, probabilities in zip(judged, after, strict=True)
    ]


def is_true(column: str, true: frozenset[str]) -> bool:
    """Return whether a column of the classifier holds where these causes are true."""
    return bool(true) if column == COMPLAINT else column in true


def singles_of(judged: Sequence[Judged]) -> list[MadeCall]:
    """Return every text as a call by itself."""
    return [MadeCall(each.true, each.probabilities) for each in judged if len(each.probabilities)]


def make_calls(judged: Sequence[Judged], draw: random.Random) -> list[MadeCall]:
    """Return, for every complaint on the phone, a call around it and a neutral one."""
    phone = [each for each in judged if each.is_phone]
    neutral = [each for each in phone if not each.true]
    complaints = [each for each in phone if each.true]
    groups: dict[str, list[Judged]] = {}
    for each in complaints:
        groups.setdefault(each.group, []).append(each)
    calls: list[MadeCall] = []
    for complaint in complaints:
        parts = [complaint, *draw.choices(groups[complaint.group], k=draw.randint(0, MAX_MORE))]
        if draw.random() < SECOND_CAUSE_RATIO:
            parts.append(draw.choice(complaints))
        for said in (parts, []):
            around = draw.choices(neutral, k=draw.randint(MIN_NEUTRAL, MAX_NEUTRAL)) if neutral else []
            calls.append(_joined([*said, *around]))
    return [call for call in calls if len(call.probabilities)]


def _joined(parts: Sequence[Judged]) -> MadeCall:
    if not parts:
        return MadeCall(frozenset(), np.zeros((0, 0)))
    true = frozenset[str]().union(*(part.true for part in parts))
    return MadeCall(true, np.concatenate([part.probabilities for part in parts]))


def teach_calls(
    model: CauseClassifier, judged: Sequence[Judged], settings: CauseSettings, seed: int
) -> tuple[Scores, Scores]:
    """Give the model its calibrations, call weights and thresholds; return scores on texts and on calls.

    Thresholds are chosen, and scores taken, on other made-up calls than those that the weights are fitted on.
    """
    model.calibrations, judged = calibrate(judged, all_columns(settings), model.top_causes)
    singles = singles_of(judged)
    fitted_on = [*singles, *make_calls(judged, random.Random(seed + 1))]  # noqa: S311
    for column, name in enumerate(model.columns):
        features = np.array(
            [
                call_features(each.probabilities[:, column], np.ones(len(each.probabilities)))
                for each in fitted_on
            ]
        )
        wanted = np.array([is_true(name, each.true) for each in fitted_on])
        model.calls[name] = fit_call_weights(features, wanted)
    calls = make_calls(judged, random.Random(seed))  # noqa: S311
    said = [probabilities_of(each, model) for each in (*singles, *calls)]
    truths = [each.true for each in (*singles, *calls)]
    model.thresholds = choose_thresholds(truths, said, model.columns)
    cut = len(singles)
    return (
        score_calls(truths[:cut], said[:cut], model, settings),
        score_calls(truths[cut:], said[cut:], model, settings),
    )


def probabilities_of(call: MadeCall, model: CauseClassifier) -> dict[str, float]:
    """Return a made-up call's probability of every column."""
    return model.call_probabilities(call.probabilities, np.ones(len(call.probabilities)))


def choose_thresholds(
    truths: Sequence[frozenset[str]], said: Sequence[Mapping[str, float]], columns: Sequence[str]
) -> dict[str, float]:
    """Return the threshold per column: half of the best F1 that any threshold reaches; 0.5 for COMPLAINT.

    For calibrated probabilities half of the best F1 is where F1 is best (Z. Lipton et al., Optimal
    thresholding of classifiers to maximize F1 measure, 2014); the best of a grid moved with every sentence.
    COMPLAINT is judged by accuracy, which is best at 0.5.
    """
    chosen: dict[str, float] = {}
    for name in columns:
        wanted = np.array([is_true(name, true) for true in truths])
        found = np.array([probabilities[name] for probabilities in said])
        best = max(_f1(found >= least, wanted) for least in THRESHOLDS)
        chosen[name] = 0.5 if name == COMPLAINT else max(round(best / 2.0, 2), THRESHOLDS[0])
    return chosen


def _f1(found: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    counted = np.count_nonzero(found) + np.count_nonzero(wanted)
    return 2.0 * np.count_nonzero(found & wanted) / counted if counted else 0.0


def score_calls(
    truths: Sequence[frozenset[str]],
    said: Sequence[Mapping[str, float]],
    model: CauseClassifier,
    settings: CauseSettings,
) -> Scores:
    """Return the scores of what the model's thresholds decide about calls."""
    return score(judge_calls(truths, said, model, settings), model.top_causes)


def judge_calls(
    truths: Sequence[frozenset[str]],
    said: Sequence[Mapping[str, float]],
    model: CauseClassifier,
    settings: CauseSettings,
) -> list[ScoredRow]:
    """Return what is true of each call beside what the model's thresholds decide about it."""
    return [
        ScoredRow(true, decide(found, model.thresholds, settings.decision))
        for true, found in zip(truths, said, strict=True)
    ]
