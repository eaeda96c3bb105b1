"""Sentences to probabilities of causes, on two levels. Pure.

In: `Sentence`s with labels to learn from. Out: `CauseClassifier.predict` -> arrays of probabilities. The
top level is one binary logistic regression per cause (several may be true, or none); the second level
compares the sub-causes of one top cause, learnt from its own rows only.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from tagging.causes.features import FeatureBuilder, Sentence
from tagging.causes.schema import ModelSettings

Floats = NDArray[np.float64]


# The column that says whether a sentence complains at all, of whatever.
COMPLAINT = "complaint"
# The top cause of complaints that are near to none of the others.
OTHER = "other"
# Logits are cut here before calibration: a probability of 0 or 1 has none.
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling of one cause: logit of the truth = slope * logit of the model + offset.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999. Fitted on held-out groups,
    where a model is less sure than on sentences like those that it learnt from.
    """

    slope: float = 1.0
    offset: float = 0.0

    def apply(self, probabilities: Floats) -> Floats:
        """Return calibrated probabilities, same shape."""
        scores = self.slope * logit(probabilities) + self.offset
        return 1.0 / (1.0 + np.exp(-scores))


def logit(probabilities: Floats) -> Floats:
    """Return log(p / (1 - p)), finite for 0 and 1."""
    inside = np.clip(probabilities, _EDGE, 1.0 - _EDGE)
    return np.log(inside / (1.0 - inside))


def fit_calibration(probabilities: Floats, is_true: NDArray[np.bool_]) -> Calibration:
    """Return the calibration that fits held-out probabilities (shape (n,)) to the truth (shape (n,))."""
    if is_true.all() or not is_true.any():
        return Calibration()
    model = LogisticRegression(C=100.0).fit(logit(probabilities)[:, None], is_true)
    return Calibration(float(model.coef_[0, 0]), float(model.intercept_[0]))


@dataclass(frozen=True, slots=True)
class SubGuess:
    """The most likely sub-cause of a sentence, given its top cause, with its probability (0..1)."""

    sub_cause: str
    probability: float


class CauseClassifier:
    """A fitted model; `columns` are those of `predict`, `thresholds` the least probability of each.

    `calibrations` and `thresholds` come from held-out groups; without them raw probabilities are returned.
    """

    def __init__(self, settings: ModelSettings):
        self._settings = settings
        self._features = FeatureBuilder(settings)
        self.top_causes: tuple[str, ...] = ()
        self.thresholds: dict[str, float] = {}
        self.calibrations: dict[str, Calibration] = {}
        self._tops: dict[str, LogisticRegression] = {}
        self._subs: dict[str, OneVsRestClassifier | str] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """What the columns of `predict` mean: the top causes, then COMPLAINT."""
        return (*self.top_causes, COMPLAINT)

    def fit(
        self, sentences: Sequence[Sentence], labels: Sequence[tuple[str, ...]], *, with_subs: bool = True
    ) -> "CauseClassifier":
        """Learn from sentences and their labels (`fees`, `fees/annual_fee`, empty for no complaint).

        A top cause with fewer than `min_rows_per_label` rows gets no model: it is found by rules alone.
        """
        matrix = self._features.fit_transform(sentences)
        tops = [frozenset(label.partition("/")[0] for label in each) for each in labels]
        counts = Counter(top for each in tops for top in each)
        enough = self._settings.min_rows_per_label
        self.top_causes = tuple(sorted(top for top, count in counts.items() if count >= enough))
        is_complaint = np.array([bool(each) for each in tops], dtype=np.int64)
        self._tops[COMPLAINT] = self._regression().fit(matrix, is_complaint)
        for top in self.top_causes:
            wanted = np.array([top in each for each in tops], dtype=np.int64)
            self._tops[top] = self._regression().fit(matrix, wanted)
            if with_subs:
                self._fit_subs(top, matrix, labels)
        return self

    def _fit_subs(self, top: str, matrix: csr_matrix, labels: Sequence[tuple[str, ...]]) -> None:
        own = [
            (row, label.partition("/")[2])
            for row, each in enumerate(labels)
            for label in each
            if label.startswith(f"{top}/")
        ]
        subs = sorted({sub for _, sub in own})
        if len(subs) == 1:
            self._subs[top] = subs[0]
        elif subs:
            rows = np.array([row for row, _ in own])
            model = OneVsRestClassifier(self._regression())
            self._subs[top] = model.fit(matrix[rows], np.array([sub for _, sub in own]))

    def _regression(self) -> LogisticRegression:
        return LogisticRegression(C=self._settings.regularisation, solver="liblinear", random_state=0)

    def predict(self, sentences: Sequence[Sentence]) -> tuple[Floats, csr_matrix]:
        """Return probabilities, shape (n_sentences, n_columns), and the features for `predict_sub`."""
        if not sentences:
            return np.zeros((0, len(self.columns))), csr_matrix((0, 0))
        matrix = self._features.transform(sentences)
        columns = [
            self.calibrations.get(top, Calibration()).apply(self._tops[top].predict_proba(matrix)[:, 1])
            for top in self.columns
        ]
        return np.stack(columns, axis=1).astype(np.float64), matrix

    def predict_sub(self, top: str, features: csr_matrix) -> tuple[SubGuess | None, ...]:
        """Return the likeliest sub-cause of each row of `features` given the top cause."""
        model = self._subs.get(top)
        if model is None:
            return (None,) * _row_count(features)
        if isinstance(model, str):
            return (SubGuess(model, 1.0),) * _row_count(features)
        probabilities: Floats = np.asarray(model.predict_proba(features), dtype=np.float64)
        names = [str(name) for name in np.asarray(model.classes_)]
        best = probabilities.argmax(axis=1)
        return tuple(SubGuess(names[each], float(probabilities[row, each])) for row, each in enumerate(best))


def _row_count(features: csr_matrix) -> int:
    return len(features.indptr) - 1
