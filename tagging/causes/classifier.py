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

from tagging.causes.call_weights import CallWeights, call_probability
from tagging.causes.features import FeatureBuilder, Sentence
from tagging.causes.schema import ModelSettings

Floats = NDArray[np.float64]


# The column that says whether a sentence complains at all, of whatever.
COMPLAINT = "complaint"
# The top cause of complaints that are near to none of the others.
OTHER = "other"
# Logits are cut here before calibration: a probability of 0 or 1 has none.
_EDGE = 1e-6
# The logit of what every sentence is that was learnt from.
_CERTAIN = 10.0


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
        return _sigmoid(self.slope * logit(probabilities) + self.offset)


def logit(probabilities: Floats) -> Floats:
    """Return log(p / (1 - p)), finite for 0 and 1."""
    inside = np.clip(probabilities, _EDGE, 1.0 - _EDGE)
    return np.log(inside / (1.0 - inside))


def _sigmoid(logits: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-logits))


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


@dataclass(frozen=True, slots=True)
class _Linear:
    """Several binary regressions side by side: `names`, weights (n_features, n_names), offsets (n_names,).

    Learnt numbers are rounded to float32 and kept as float64: products with features need no conversion.
    """

    names: tuple[str, ...]
    weights: Floats
    offsets: Floats

    def probabilities(self, features: csr_matrix) -> Floats:
        """Return shape (n_sentences, n_names): each name's probability, whatever the others'."""
        return _sigmoid(np.asarray(features @ self.weights) + self.offsets)


class CauseClassifier:
    """A fitted model; `columns` are those of `predict`, `thresholds` the least probability of each.

    `calibrations`, `calls` (how units become a call) and `thresholds` come from held-out groups; without them
    raw probabilities are returned and calls are joined as `CallWeights` does by itself.
    """

    def __init__(self, settings: ModelSettings):
        self._settings = settings
        self._features = FeatureBuilder(settings)
        self.top_causes: tuple[str, ...] = ()
        self.thresholds: dict[str, float] = {}
        self.calibrations: dict[str, Calibration] = {}
        self.calls: dict[str, CallWeights] = {}
        self._tops: _Linear | None = None
        self._subs: dict[str, _Linear] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """What the columns of `predict` mean: the top causes, then COMPLAINT."""
        return (*self.top_causes, COMPLAINT)

    def fit(
        self,
        sentences: Sequence[Sentence],
        labels: Sequence[tuple[str, ...]],
        weights: Sequence[float] | None = None,
    ) -> "CauseClassifier":
        """Learn from sentences and their labels (`fees`, `fees/annual_fee`, empty for no complaint).

        A top cause with fewer than `min_rows_per_label` rows gets no model: it is found by rules alone. A
        sentence of weight 2 counts as if it were there twice; without weights each counts once.
        """
        matrix = self._features.fit_transform(sentences)
        counted = np.ones(len(sentences)) if weights is None else np.array(weights, dtype=np.float64)
        tops = [frozenset(label.partition("/")[0] for label in each) for each in labels]
        counts = Counter(top for each in tops for top in each)
        enough = self._settings.min_rows_per_label
        self.top_causes = tuple(sorted(top for top, count in counts.items() if count >= enough))
        wanted = [np.array([top in each for each in tops]) for top in self.top_causes]
        wanted.append(np.array([bool(each) for each in tops]))
        self._tops = self._regressions(self.columns, matrix, wanted, counted)
        for top in self.top_causes:
            self._fit_subs(top, matrix, labels, counted)
        return self

    def _fit_subs(
        self, top: str, matrix: csr_matrix, labels: Sequence[tuple[str, ...]], weights: Floats
    ) -> None:
        own = [
            (row, label.partition("/")[2])
            for row, each in enumerate(labels)
            for label in each
            if label.startswith(f"{top}/")
        ]
        subs = sorted({sub for _, sub in own})
        if subs:
            rows = np.array([row for row, _ in own])
            wanted = [np.array([each == sub for _, each in own]) for sub in subs]
            self._subs[top] = self._regressions(subs, matrix[rows], wanted, weights[rows])

    def _regressions(
        self,
        names: Sequence[str],
        matrix: csr_matrix,
        wanted: Sequence[NDArray[np.bool_]],
        weights: Floats,
    ) -> _Linear:
        coefficients = np.zeros((len(self._features), len(names)), dtype=np.float32)
        offsets = np.zeros(len(names), dtype=np.float32)
        for column, is_true in enumerate(wanted):
            if is_true.all() or not is_true.any():
                # Nothing to tell apart: always, or never.
                offsets[column] = _CERTAIN if is_true.all() else -_CERTAIN
                continue
            model = LogisticRegression(
                C=self._settings.regularisation, solver="liblinear", dual=True, random_state=0
            )
            model.fit(matrix, is_true.astype(np.int64), sample_weight=weights)
            coefficients[:, column] = model.coef_[0]
            offsets[column] = np.ravel(model.intercept_)[0]
        return _Linear(tuple(names), coefficients.astype(np.float64), offsets.astype(np.float64))

    def predict(self, sentences: Sequence[Sentence]) -> tuple[Floats, csr_matrix]:
        """Return probabilities, shape (n_sentences, n_columns), and the features for `predict_sub`."""
        if not sentences or self._tops is None:
            return np.zeros((0, len(self.columns))), csr_matrix((0, 0))
        matrix = self._features.transform(sentences)
        raw = self._tops.probabilities(matrix)
        none = Calibration()
        own = [self.calibrations.get(top, none) for top in self.columns]
        slopes, offsets = np.array([each.slope for each in own]), np.array([each.offset for each in own])
        return _sigmoid(slopes * logit(raw) + offsets), matrix

    def call_probabilities(self, probabilities: Floats, weights: Floats) -> dict[str, float]:
        """Return a call's probability of every column.

        Args:
            probabilities: Those of its units, shape (n_units, n_columns).
            weights: Shape (n_units,), 0..1 by a unit's position.
        """
        alone = CallWeights()
        return {
            name: call_probability(probabilities[:, column], weights, self.calls.get(name, alone))
            for column, name in enumerate(self.columns)
        }

    def predict_sub(self, top: str, features: csr_matrix) -> tuple[SubGuess | None, ...]:
        """Return the likeliest sub-cause of each row of `features` given the top cause."""
        model = self._subs.get(top)
        if model is None:
            return (None,) * (len(features.indptr) - 1)
        probabilities = model.probabilities(features)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        best = probabilities.argmax(axis=1)
        return tuple(
            SubGuess(model.names[each], float(probabilities[row, each])) for row, each in enumerate(best)
        )
