"""How well causes and escalation are found in texts that people labelled. Pure.

In: per row what is true (`KnownRow`) and what was found (`FoundRow`), in the same order. Out: scores over all
and per domain, and escalation counted row by row. Whoever reads the files and runs the taggers is elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tagging.causes.score import ScoredRow, Scores, score

ALL_DOMAINS = "all"
NO_CAUSE = "none"
NO_ESCALATION = "none"


@dataclass(frozen=True, slots=True)
class KnownRow:
    """What is true of a text or call.

    `causes` are top causes, empty for no complaint. What is in `optional` (causes; NO_CAUSE for "no complaint
    would be right too") and in `escalation_optional` counts neither way.
    """

    row_id: str
    domain: str
    causes: frozenset[str]
    optional: frozenset[str] = frozenset()
    escalation: str = NO_ESCALATION
    escalation_optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FoundRow:
    """What the taggers say of it: the causes that its customer states, and the highest escalation."""

    causes: frozenset[str]
    escalation: str = NO_ESCALATION


@dataclass(frozen=True, slots=True)
class EscalationFigures:
    """Counts of rows; `false_ids` and `missed_ids` name those that went wrong.

    A row whose escalation is another kind than the true one is both false and missed.
    """

    hits: int
    false_ids: tuple[str, ...]
    missed_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CauseFigures:
    """Scores of causes by domain, ALL_DOMAINS first, then domains by name; escalation over all rows."""

    scores: tuple[tuple[str, Scores], ...]
    escalation: EscalationFigures

    def of(self, domain: str = ALL_DOMAINS) -> Scores:
        """Return the scores of one domain.

        Raises:
            KeyError: no row is of that domain.
        """
        return dict(self.scores)[domain]


def known_labels(labels: Sequence[str]) -> frozenset[str]:
    """Return written labels as a set of top causes: `fees/annual_fee` is `fees`, NO_CAUSE is nothing."""
    return frozenset(label.partition("/")[0] for label in labels) - {NO_CAUSE}


def cause_figures(
    known: Sequence[KnownRow], found: Sequence[FoundRow], top_causes: Sequence[str]
) -> CauseFigures:
    """Return the figures of what was found against what is true.

    Args:
        known: The truth, row by row.
        found: The answers, in the same order.
        top_causes: Every top cause that counts, in the order of the report.

    Raises:
        ValueError: the two differ in length.
    """
    pairs = tuple(zip(known, found, strict=True))
    domains = (ALL_DOMAINS, *sorted({row.domain for row in known}))
    scores = tuple((domain, _scores_of(pairs, domain, top_causes)) for domain in domains)
    return CauseFigures(scores, _escalation_of(pairs))


def _scores_of(pairs: Sequence[tuple[KnownRow, FoundRow]], domain: str, top_causes: Sequence[str]) -> Scores:
    return score(
        [
            ScoredRow(true.causes, answer.causes, true.optional)
            for true, answer in pairs
            if domain in (ALL_DOMAINS, true.domain)
        ],
        top_causes,
    )


def _escalation_of(pairs: Sequence[tuple[KnownRow, FoundRow]]) -> EscalationFigures:
    hits = 0
    false_ids: list[str] = []
    missed_ids: list[str] = []
    for true, answer in pairs:
        if answer.escalation == true.escalation:
            hits += true.escalation != NO_ESCALATION
            continue
        if answer.escalation in true.escalation_optional:
            continue
        if answer.escalation != NO_ESCALATION:
            false_ids.append(true.row_id)
        if true.escalation != NO_ESCALATION and not true.escalation_optional:
            missed_ids.append(true.row_id)
    return EscalationFigures(hits, tuple(false_ids), tuple(missed_ids))
