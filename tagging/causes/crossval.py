"""Held-out texts: what a classifier says of sentences whose group it has not seen. Pure.

In: corpus rows with their sentences. Out: per row the probabilities of a model that never saw its group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold

from tagging.causes.classifier import COMPLAINT, CauseClassifier
from tagging.causes.corpus import CorpusRow
from tagging.causes.features import Sentence
from tagging.causes.reading import Reader
from tagging.causes.schema import CauseSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """A held-out text: its units' probabilities, shape (n_units, n_causes), and what is true."""

    true: frozenset[str]
    probabilities: Floats
    is_phone: bool
    group: str = ""


def fit_rows(
    sentences: Sequence[Sentence], rows: Sequence[CorpusRow], copies: int, settings: CauseSettings
) -> CauseClassifier:
    """Return a classifier of rows; `sentences` holds each row and then its misheard `copies`, in order."""
    each = [row for row in rows for _ in range(1 + copies)]
    return CauseClassifier(settings.model).fit(
        sentences, [row.labels for row in each], [row.weight for row in each]
    )


def all_columns(settings: CauseSettings) -> tuple[str, ...]:
    """Return the columns of `Judged`: every top cause of the settings, then COMPLAINT."""
    return (*(cause.id for cause in settings.top_causes), COMPLAINT)


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
            judged[int(at)] = Judged(row.top_causes, wide, row.domain != "review", row.group)
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
