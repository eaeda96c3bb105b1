"""Features to probabilities of being taboo, and to a family. Pure.

Learnt with scikit-learn (TF-IDF and logistic regression), asked through plain tables: a turn costs a look-up
per n-gram, nothing per call.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from tagging.taboo.paraphrase.features import PART_COUNT, Features
from tagging.taboo.paraphrase.schema import OK, ModelSettings

# Per n-gram: idf squared (for the norm), then per column its weight times idf.
Table = dict[str, tuple[float, ...]]


def as_given(features: list[str]) -> list[str]:
    """Return the features unchanged: the vectorisers get lists, not text."""
    return features


# The vectorisers' own types say that an analyser is a name; a function is documented and works.
_LISTS: dict[str, Any] = {"analyzer": as_given}


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model over features as tables: `columns` names its scores, which are logits."""

    columns: tuple[str, ...]
    intercepts: tuple[float, ...]
    tables: tuple[Table, ...]

    def scores(self, features: Features) -> list[float]:
        """Return the logit of every column."""
        totals = list(self.intercepts)
        for table, names in zip(self.tables, features, strict=True):
            known = list(filter(None, map(table.get, names)))
            if known:
                squares, *weights = zip(*known, strict=True)
                scale = 1.0 / sqrt(sum(squares))
                for column, each in enumerate(weights):
                    totals[column] += scale * sum(each)
        return totals


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling with a price for every further unit: more chances, more false alarms.

    logit of the truth = slope * logit + per_log_unit * log(units) + offset. Source: J. Platt, Probabilistic
    outputs for support vector machines, 1999; fitted on held-out groups.
    """

    slope: float = 1.0
    per_log_unit: float = 0.0
    offset: float = 0.0

    def apply(self, score: float, units: int) -> float:
        """Return the probability (0..1) of the best of `units` units having this logit."""
        x = self.slope * score + self.per_log_unit * log(units) + self.offset
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, x))))


@dataclass(frozen=True, slots=True)
class ParaphraseModel:
    """Everything a hit needs: per kind a column of `kinds`, its calibration and threshold; the families.

    A kind without a threshold is never reported.
    """

    kinds: Linear
    families: Linear
    calibrations: dict[str, Calibration] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)


def fit_linear(
    features: Sequence[Features],
    labels: Sequence[frozenset[str]],
    settings: ModelSettings,
    ok_weight: float = 1.0,
) -> Linear:
    """Return one logistic regression per label (rows may have none), as tables.

    Args:
        features: of every row.
        labels: of every row; empty means acceptable.
        settings: n-grams and regularisation.
        ok_weight: how much rows without the label weigh against those with it.
    """
    vectorisers = [
        TfidfVectorizer(min_df=settings.min_document_count, binary=True, **_LISTS) for _ in range(PART_COUNT)
    ]
    parts: list[Any] = [
        vectoriser.fit_transform([row[part] for row in features])
        for part, vectoriser in enumerate(vectorisers)
    ]
    matrix = csr_matrix(hstack(parts))
    columns = tuple(sorted({label for each in labels for label in each}))
    models = [
        _regression(settings, ok_weight).fit(matrix, np.array([column in each for each in labels]))
        for column in columns
    ]
    weights = np.stack([np.asarray(model.coef_[0], dtype=np.float64) for model in models])
    tables: list[Table] = []
    first = 0
    for vectoriser in vectorisers:
        idf = np.asarray(vectoriser.idf_, dtype=np.float64)
        tables.append(
            {
                str(name): (
                    float(idf[at] ** 2),
                    *(float(each) for each in weights[:, first + at] * idf[at]),
                )
                for name, at in vectoriser.vocabulary_.items()
            }
        )
        first += len(idf)
    return Linear(columns, tuple(float(model.intercept_[0]) for model in models), tuple(tables))


def _regression(settings: ModelSettings, ok_weight: float) -> LogisticRegression:
    return LogisticRegression(
        C=settings.regularisation,
        solver="liblinear",
        random_state=0,
        class_weight={True: 1.0, False: ok_weight},
    )


def kinds_of(label: str, kind_of_family: dict[str, str]) -> frozenset[str]:
    """Return the kinds that a row of this label is an example of."""
    return frozenset() if label == OK else frozenset({kind_of_family[label]})
