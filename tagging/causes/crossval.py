"""Held-out texts and made-up calls: what a classifier is worth on sentences that it has not seen. Pure.

In: corpus rows with their sentences. Out: per row the probabilities of a model that never saw its group; from
them calibrations, thresholds and scores.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold

from tagging.causes.classifier import COMPLAINT, Calibration, CauseClassifier, fit_calibration
from tagging.causes.corpus import CorpusRow
from tagging.causes.features import Sentence
from tagging.causes.merge import call_probability, decide
from tagging.causes.reading import Reader
from tagging.causes.schema import CauseSettings, DecisionSettings
from tagging.causes.score import ScoredRow, Scores, score

Floats = NDArray[np.float64]
# A made-up call: a complaint, up to so many more sentences of the same causes, and neutral ones around it.
MAX_MORE = 3
MIN_NEUTRAL, MAX_NEUTRAL = 6, 24
THRESHOLDS = tuple(round(0.1 + 0.02 * step, 2) for step in range(41))


@dataclass(frozen=True, slots=True)
class Judged:
    """A held-out text: its units' probabilities, shape (n_units, n_causes), and what is true."""

    true: frozenset[str]
    probabilities: Floats
    is_phone: bool


def fit_rows(
    sentences: Sequence[Sentence], rows: Sequence[CorpusRow], copies: int, settings: CauseSettings
) -> CauseClassifier:
    """Return a classifier of rows; `sentences` holds each row and then its misheard `copies`, in order."""
    labels = [row.labels for row in rows for _ in range(1 + copies)]
    return CauseClassifier(settings.model).fit(sentences, labels)


def cross_validate(
    rows: Sequence[CorpusRow],
    copies: Sequence[tuple[Sentence, ...]],
    settings: CauseSettings,
    reader: Reader,
) -> tuple[list[Judged], float]:
    """Return every row judged by a model that has not seen its group, and the sub-causes' accuracy."""
    judged: dict[int, Judged] = {}
    right = asked = 0
    columns = all_columns(settings)
    groups = np.array([row.group for row in rows])
    split = GroupKFold(n_splits=settings.model.folds, shuffle=True, random_state=0)
    for learnt, held in split.split(groups, groups=groups):
        model = fit_rows(
            [each for at in learnt for each in copies[at]],
            [rows[at] for at in learnt],
            settings.model.noise_copies,
            settings,
        )
        units = [reader.read_text(rows[at].text) for at in held]
        flat, matrix = model.predict([each for unit in units for each in unit])
        firsts = np.cumsum([0, *map(len, units)])
        for at, first, last in zip(held, firsts, firsts[1:], strict=False):
            row = rows[at]
            wide = np.zeros((last - first, len(columns)))
            for column, top in enumerate(columns):
                if top in model.columns:
                    wide[:, column] = flat[first:last, model.columns.index(top)]
            judged[int(at)] = Judged(row.top_causes, wide, row.domain != "review")
        firsts_of = dict(zip((int(at) for at in held), (int(first) for first in firsts), strict=False))
        asked_now, right_now = _ask_subs(model, matrix, firsts_of, rows)
        asked, right = asked + asked_now, right + right_now
    return [judged[at] for at in range(len(rows))], right / asked if asked else 0.0


def _ask_subs(
    model: CauseClassifier, matrix: csr_matrix, firsts: Mapping[int, int], rows: Sequence[CorpusRow]
) -> tuple[int, int]:
    """Return how many sub-causes were asked for, given their top cause, and how many came out right.

    `firsts` maps a row to its first unit's place in `matrix`.
    """
    wanted: dict[str, list[tuple[int, str]]] = {}
    for at, first in firsts.items():
        for label in rows[at].labels:
            top, _, sub = label.partition("/")
            if sub and top in model.top_causes and first < len(matrix.indptr) - 1:
                wanted.setdefault(top, []).append((first, sub))
    asked = right = 0
    for top, pairs in wanted.items():
        guesses = model.predict_sub(top, matrix[[first for first, _ in pairs]])
        asked += len(pairs)
        right += sum(
            guess is not None and guess.sub_cause == sub
            for guess, (_, sub) in zip(guesses, pairs, strict=True)
        )
    return asked, right


def calibrate(
    judged: Sequence[Judged], settings: CauseSettings, tops: Sequence[str]
) -> tuple[dict[str, Calibration], list[Judged]]:
    """Return a calibration per cause, and the held-out texts with calibrated probabilities."""
    found: dict[str, Calibration] = {}
    after = [each.probabilities.copy() for each in judged]
    for column, top in enumerate(all_columns(settings)):
        if top not in (*tops, COMPLAINT):
            continue
        surest = np.array([each.probabilities[:, column].max(initial=0.0) for each in judged])
        found[top] = fit_calibration(surest, np.array([_is_true(top, each.true) for each in judged]))
        for each in after:
            each[:, column] = found[top].apply(each[:, column])
    return found, [
        replace(each, probabilities=probabilities) for each, probabilities in zip(judged, after, strict=True)
    ]


def all_columns(settings: CauseSettings) -> tuple[str, ...]:
    """Return the columns of `Judged`: every top cause of the settings, then COMPLAINT."""
    return (*(cause.id for cause in settings.top_causes), COMPLAINT)


def _is_true(column: str, true: frozenset[str]) -> bool:
    return bool(true) if column == COMPLAINT else column in true


CallRow = tuple[frozenset[str], dict[str, float]]


def call_row(
    true: frozenset[str], parts: Sequence[Judged], decision: DecisionSettings, columns: Sequence[str]
) -> CallRow:
    """Return what is true of a call made of these parts, and its probability of every column of theirs."""
    probabilities = np.concatenate([part.probabilities for part in parts])
    weights = np.ones(len(probabilities))
    return true, {
        top: call_probability(probabilities[:, column], weights, decision)
        for column, top in enumerate(columns)
    }


def assemble_calls(judged: Sequence[Judged], settings: CauseSettings, draw: random.Random) -> list[CallRow]:
    """Return made-up calls: complaints among neutral sentences, and neutral sentences alone.

    A call has many chances for a false alarm that a sentence has not; thresholds must know them.
    """
    phone = [each for each in judged if each.is_phone]
    neutral = [each for each in phone if not each.true]
    calls: list[CallRow] = []
    shape = (settings.decision, all_columns(settings))
    for complaint in [each for each in phone if each.true]:
        same = [each for each in phone if each.true == complaint.true]
        more = draw.choices(same, k=draw.randint(0, MAX_MORE))
        around = draw.choices(neutral, k=draw.randint(MIN_NEUTRAL, MAX_NEUTRAL))
        calls.append(call_row(complaint.true, (complaint, *more, *around), *shape))
        alone = draw.choices(neutral, k=draw.randint(MIN_NEUTRAL, MAX_NEUTRAL))
        calls.append(call_row(frozenset(), alone, *shape))
    return calls


def choose_thresholds(rows: Sequence[CallRow], tops: Sequence[str]) -> dict[str, float]:
    """Return, per cause, the threshold with the best F1 on held-out rows (the lowest of equals)."""
    chosen: dict[str, float] = {}
    for top in tops:
        is_true = np.array([_is_true(top, true) for true, _ in rows])
        found = np.array([probabilities[top] for _, probabilities in rows])
        f1 = [
            2.0
            * np.count_nonzero((found >= least) & is_true)
            / (np.count_nonzero(found >= least) + is_true.sum())
            for least in THRESHOLDS
        ]
        chosen[top] = THRESHOLDS[int(np.argmax(f1))]
    return chosen


def score_rows(rows: Sequence[CallRow], model: CauseClassifier, settings: CauseSettings) -> Scores:
    """Return the scores of what the model's thresholds decide about calls."""
    return score(
        [ScoredRow(true, decide(found, model.thresholds, settings.decision)) for true, found in rows],
        model.top_causes,
    )
