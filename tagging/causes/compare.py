"""Two classifiers on the same held-back texts: is the new one worse? Pure.

In: rows that people labelled, two models. Out: a `Comparison`. A row is held back by its group's name alone,
so that the same rows stay held back from training to training and no model has ever learnt from them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tagging.causes.classifier import CauseClassifier
from tagging.causes.corpus import CorpusRow
from tagging.causes.made_calls import MadeCall, judge_calls, probabilities_of
from tagging.causes.reading import Reader
from tagging.causes.schema import CauseSettings
from tagging.causes.score import ScoredRow, Scores, score

# Buckets that groups are dealt into by the digest of their name.
_BUCKETS = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """A text that two models judge differently: the top causes that each finds."""

    row: CorpusRow
    before: frozenset[str]
    after: frozenset[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scores of the model in use and of the new one on the same rows, and the rows that they differ on."""

    old: Scores
    new: Scores
    changes: tuple[Change, ...] = ()

    @property
    def rows(self) -> int:
        """How many texts were judged; with none, nothing is known."""
        return self.new.rows

    def is_worse(self, tolerance: float = 0.0) -> bool:
        """Whether the new model loses more than `tolerance` (0..1) of macro-F1 or of complaint accuracy."""
        return (
            self.new.macro_f1 < self.old.macro_f1 - tolerance
            or self.new.complaint_accuracy < self.old.complaint_accuracy - tolerance
        )


def hold_back(rows: Sequence[CorpusRow], share: float) -> tuple[tuple[CorpusRow, ...], tuple[CorpusRow, ...]]:
    """Return the rows to learn from and those held back: about `share` (0..1) of the groups, whole."""
    held = {row.group for row in rows if _bucket(row.group) < share * _BUCKETS}
    return (
        tuple(row for row in rows if row.group not in held),
        tuple(row for row in rows if row.group in held),
    )


def _bucket(group: str) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % _BUCKETS


def score_on(
    model: CauseClassifier, rows: Sequence[CorpusRow], reader: Reader, settings: CauseSettings
) -> Scores:
    """Return how well a model finds the causes of whole texts, each cut and joined as a call's turns are."""
    return score(_judge(model, rows, reader, settings), model.top_causes)


def _judge(
    model: CauseClassifier, rows: Sequence[CorpusRow], reader: Reader, settings: CauseSettings
) -> list[ScoredRow]:
    """Return what is true of each row beside what the model finds."""
    units = [reader.read_text(row.text) for row in rows]
    flat, _ = model.predict([each for unit in units for each in unit])
    ends = np.cumsum([0, *map(len, units)])
    said = [
        probabilities_of(MadeCall(row.top_causes, flat[first:last]), model)
        for row, first, last in zip(rows, ends, ends[1:], strict=False)
    ]
    return judge_calls([row.top_causes for row in rows], said, model, settings)


def compare_models(
    old: CauseClassifier,
    new: CauseClassifier,
    rows: Sequence[CorpusRow],
    reader: Reader,
    settings: CauseSettings,
) -> Comparison:
    """Return both models' scores on rows that neither has learnt from (see `hold_back`)."""
    before, after = (_judge(model, rows, reader, settings) for model in (old, new))
    changes = tuple(
        Change(row, one.predicted, other.predicted)
        for row, one, other in zip(rows, before, after, strict=True)
        if one.predicted != other.predicted
    )
    return Comparison(score(before, old.top_causes), score(after, new.top_causes), changes)
