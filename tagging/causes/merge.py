"""Probabilities of units and confidences of rules to the causes of a call. Pure.

In: arrays over the units of one call. Out: one probability per top cause, and the units that decided it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tagging.causes.call_weights import logit_of
from tagging.causes.classifier import COMPLAINT, OTHER
from tagging.causes.schema import DecisionSettings

Floats = NDArray[np.float64]
# Units less likely than this are no evidence beside the best one.
MIN_SUPPORT = 0.25


def with_rules(probability: float, rule_confidences: Sequence[float], settings: DecisionSettings) -> float:
    """Return 0..1: the classifier's probability raised by the surest rule, discounted by `agreement`."""
    surest = max(rule_confidences, default=0.0)
    return 1.0 - (1.0 - probability) * (1.0 - settings.agreement * surest)


def best_units(unit_probabilities: Floats, weights: Floats, limit: int) -> list[int]:
    """Return the places of the likeliest units, best first: at most `limit`, the best one always."""
    weighted = unit_probabilities * weights
    order = np.argsort(-weighted, kind="stable")[:limit]
    return [int(place) for rank, place in enumerate(order) if rank == 0 or weighted[place] >= MIN_SUPPORT]


def decide(
    probabilities: Mapping[str, float], thresholds: Mapping[str, float], settings: DecisionSettings
) -> frozenset[str]:
    """Return the top causes of a call, from the probability of every column of the classifier.

    Nothing holds in a call that hardly complains: one whose probability of COMPLAINT is less than
    `complaint_gate` of its threshold. Else a cause holds that reaches its threshold. When none does and yet
    the call surely complains, the cause
    holds that comes nearest to its threshold, or OTHER when none comes within `nearest_within` (in logits):
    a complaint has a cause, even when its words are new.
    """
    tops = [top for top in thresholds if top != COMPLAINT]
    if probabilities[COMPLAINT] < settings.complaint_gate * thresholds[COMPLAINT]:
        return frozenset()
    sure = frozenset(top for top in tops if probabilities[top] >= thresholds[top])
    if sure or not tops or probabilities[COMPLAINT] < thresholds[COMPLAINT]:
        return sure
    missing = {top: logit_of(thresholds[top]) - logit_of(probabilities[top]) for top in tops}
    nearest = min(tops, key=lambda top: missing[top])
    return frozenset({nearest if missing[nearest] <= settings.nearest_within else OTHER})
