"""True and predicted causes to precision, recall and F1. Pure.

In: per row the sets of true, optional and predicted top causes; empty means no complaint. Out: counts and
figures. An optional cause is counted neither way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """One call or text; causes in `optional` count neither as hit nor as miss (`none` may be optional)."""

    true: frozenset[str]
    predicted: frozenset[str]
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LabelScore:
    """Counts of one cause; figures are 0..1, 0 where nothing can be divided."""

    label: str
    hits: int
    false_alarms: int
    misses: int

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false_alarms) if self.hits else 0.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.misses) if self.hits else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.hits / (2 * self.hits + self.false_alarms + self.misses) if self.hits else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores per cause, their macro-F1 over causes with a positive row, and complaint-or-not accuracy."""

    labels: tuple[LabelScore, ...]
    complaint_accuracy: float
    rows: int

    @property
    def macro_f1(self) -> float:
        counted = [each.f1 for each in self.labels if each.hits + each.misses]
        return sum(counted) / len(counted) if counted else 0.0


def score(rows: Sequence[ScoredRow], labels: Iterable[str]) -> Scores:
    """Return the scores of `labels` over the rows.

    A row is complaint-or-not correct when it has causes predicted exactly if it has true ones; when all that
    is true or predicted is optional, both answers are right.
    """
    found = tuple(_label_score(label, rows) for label in labels)
    right = sum(_is_complaint_right(row) for row in rows)
    return Scores(found, right / len(rows) if rows else 0.0, len(rows))


def _label_score(label: str, rows: Sequence[ScoredRow]) -> LabelScore:
    counted = [row for row in rows if label not in row.optional]
    return LabelScore(
        label,
        hits=sum(label in row.true and label in row.predicted for row in counted),
        false_alarms=sum(label in row.predicted and label not in row.true for row in counted),
        misses=sum(label in row.true and label not in row.predicted for row in counted),
    )


def _is_complaint_right(row: ScoredRow) -> bool:
    if bool(row.true) == bool(row.predicted):
        return True
    if row.predicted:
        return row.predicted <= row.optional
    return "none" in row.optional
