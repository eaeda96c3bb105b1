"""Kinds of classifiers compared on the same held-out groups. Pure; for developers, not for the nightly run.

In: corpus rows as sentences, perhaps with an embedding each. Out: per contender the scores that training
would report with it, and what it costs. Every contender learns the same rows from the same features in the
same folds; calibration, call weights and thresholds are fitted for each alike.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from tagging.causes.classifier import COMPLAINT, CauseClassifier
from tagging.causes.corpus import CorpusRow
from tagging.causes.crossval import Judged, all_columns
from tagging.causes.features import FeatureBuilder, Sentence
from tagging.causes.made_calls import teach_calls
from tagging.causes.schema import CauseSettings, ModelSettings
from tagging.causes.score import Scores

Floats = NDArray[np.float64]
# Dimensions that gradient boosting sees of the sparse features; more took minutes and gained nothing.
SVD_DIMENSIONS = 100
# scikit-learn's classifiers are untyped: from here on a model is whatever has fit and a score.
Model = Any
Matrix = Any


@dataclass(frozen=True, slots=True)
class Contender:
    """A kind of model: `make` gives a new binary one from the corpus's regularisation.

    Of a `dense` one the sparse features are first made few by SVD. `is_positive` shifts embeddings to >= 0.
    """

    name: str
    make: Callable[[ModelSettings], Model]
    is_dense: bool = False
    is_positive: bool = False


CONTENDERS = (
    Contender(
        "logistic regression",
        lambda model: LogisticRegression(
            C=model.regularisation, solver="liblinear", dual=True, random_state=0
        ),
    ),
    Contender("linear SVM", lambda _: LinearSVC(C=0.5, random_state=0)),
    Contender("complement naive Bayes", lambda _: ComplementNB(alpha=0.3), is_positive=True),
    Contender(
        "gradient boosting on SVD",
        lambda _: HistGradientBoostingClassifier(max_iter=80, learning_rate=0.15, random_state=0),
        is_dense=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What one contender is worth on texts and on made-up calls; CPU seconds to learn all folds, and the
    sentences that it judges in a CPU second, features included and embeddings not."""

    name: str
    sentences: Scores
    calls: Scores
    training_s: float
    sentences_per_s: float


@dataclass(frozen=True, slots=True)
class Entrants:
    """The rows, what is learnt of each (`copies`: the sentence, then misheard ones), and embeddings.

    `embeddings` has shape (n_rows, n_dimensions), None to compare without; a misheard copy has its row's.
    """

    rows: Sequence[CorpusRow]
    copies: Sequence[tuple[Sentence, ...]]
    embeddings: NDArray[np.float32] | None = None


def compete(contender: Contender, entrants: Entrants, settings: CauseSettings) -> Result:
    """Return what a contender is worth, every row judged by a model that has not seen its group."""
    columns = all_columns(settings)
    said = np.zeros((len(entrants.rows), len(columns)))
    groups = [row.group for row in entrants.rows]
    split = GroupKFold(n_splits=settings.model.folds, shuffle=True, random_state=0)
    training_s = judging_s = 0.0
    for learnt, held in split.split(groups, groups=groups):
        started = time.process_time()
        fold = _Fold(contender, entrants, settings).fit(learnt.tolist())
        trained = time.process_time()
        said[held] = fold.judge(held.tolist())
        training_s += trained - started
        judging_s += time.process_time() - trained
    judged = [
        Judged(row.top_causes, said[at : at + 1], row.domain != "review", row.group)
        for at, row in enumerate(entrants.rows)
    ]
    teller = CauseClassifier(settings.model)
    teller.top_causes = tuple(top for top in _frequent(entrants.rows, settings) if top in columns)
    on_sentences, on_calls = teach_calls(teller, judged, settings, seed=0)
    rate = len(entrants.rows) / judging_s if judging_s else 0.0
    return Result(contender.name, on_sentences, on_calls, training_s, rate)


class _Fold:
    """One contender learnt from one fold: a binary model per column."""

    def __init__(self, contender: Contender, entrants: Entrants, settings: CauseSettings):
        self._contender = contender
        self._entrants = entrants
        self._settings = settings
        self._features = FeatureBuilder(settings.model)
        self._svd = TruncatedSVD(SVD_DIMENSIONS, random_state=0)
        self._models: dict[int, Model] = {}

    def fit(self, learnt: Sequence[int]) -> "_Fold":
        """Learn from the rows at these places and their misheard copies."""
        copies = self._entrants.copies
        sentences = [each for at in learnt for each in copies[at]]
        places = [at for at in learnt for _ in copies[at]]
        sparse = self._features.fit_transform(sentences)
        if self._contender.is_dense:
            self._svd.fit(sparse)
        matrix = self._with_embeddings(sparse, places)
        tops = [self._entrants.rows[at].top_causes for at in places]
        for column, name in enumerate(all_columns(self._settings)):
            wanted = np.array([bool(each) if name == COMPLAINT else name in each for each in tops])
            if wanted.any() and not wanted.all():
                model = self._contender.make(self._settings.model)
                self._models[column] = model.fit(matrix, wanted)
        return self

    def judge(self, held: Sequence[int]) -> Floats:
        """Return shape (n_held, n_columns): 0..1, not yet calibrated."""
        sentences = [self._entrants.copies[at][0] for at in held]
        matrix = self._with_embeddings(self._features.transform(sentences), held)
        said = np.zeros((len(sentences), len(all_columns(self._settings))))
        for column, model in self._models.items():
            said[:, column] = _score_of(model, matrix)
        return said

    def _with_embeddings(self, sparse: csr_matrix, places: Sequence[int]) -> Matrix:
        if self._entrants.embeddings is None:
            return self._svd.transform(sparse) if self._contender.is_dense else sparse
        own = np.asarray(self._entrants.embeddings, dtype=np.float64)
        if self._contender.is_positive:
            own = own - own.min(axis=0)
        own = own[np.asarray(places)]
        if self._contender.is_dense:
            return np.hstack([self._svd.transform(sparse), own])
        return csr_matrix(hstack([sparse, csr_matrix(own)]))


def _score_of(model: Model, matrix: Matrix) -> Floats:
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(matrix)[:, 1], dtype=np.float64)
    return 1.0 / (1.0 + np.exp(-np.asarray(model.decision_function(matrix), dtype=np.float64)))


def _frequent(rows: Sequence[CorpusRow], settings: CauseSettings) -> list[str]:
    names = sorted({top for row in rows for top in row.top_causes})
    enough = settings.model.min_rows_per_label
    return [name for name in names if sum(name in row.top_causes for row in rows) >= enough]
