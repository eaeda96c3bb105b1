"""Units of a call to the call's probability of one cause. Pure.

In: the probabilities of a call's units. Out: one probability; its weights are fitted on held-out texts and on
calls made up of them.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
# How many of a call's likeliest units are looked at.
BEST_UNITS = 3
# The logit of a unit that is not there, and the range that logits are cut to.
_NO_LOGIT, _MAX_LOGIT = -6.0, 6.0


@dataclass(frozen=True, slots=True)
class CallWeights:
    """How units become a call: logit = offset + sum of `best` * logits of the likeliest units, best first,
    + `length` * ln(number of units), because the likeliest of many neutral sentences looks likelier than one
    of few. Fitted on held-out texts and made-up calls; these values only serve calls before that.
    """

    best: tuple[float, ...] = (1.0, 0.1, 0.1)
    length: float = -0.75
    offset: float = 1.2


def call_features(unit_probabilities: Floats, weights: Floats) -> Floats:
    """Return shape (BEST_UNITS + 1,): logits of the likeliest units and ln(number of units).

    Args:
        unit_probabilities: Shape (n_units,), n_units >= 1.
        weights: Shape (n_units,), 0..1 by a unit's position; its probability is multiplied by it.
    """
    ordered = np.sort(unit_probabilities * weights)[::-1][:BEST_UNITS]
    features = np.full(BEST_UNITS + 1, _NO_LOGIT)
    for place, each in enumerate(ordered):
        features[place] = max(min(logit_of(float(each)), _MAX_LOGIT), _NO_LOGIT)
    features[-1] = math.log(len(unit_probabilities))
    return features


def call_probability(unit_probabilities: Floats, weights: Floats, call: CallWeights) -> float:
    """Return 0..1: how likely a call of these units has the cause; 0 without units."""
    if not unit_probabilities.size:
        return 0.0
    features = call_features(unit_probabilities, weights)
    score = call.offset + float(np.dot((*call.best, call.length), features))
    return 1.0 / (1.0 + math.exp(-score))


def fit_call_weights(features: Floats, is_true: NDArray[np.bool_]) -> CallWeights:
    """Return the weights that fit calls' features, shape (n, BEST_UNITS + 1), to the truth, shape (n,).

    A likelier unit never makes a call less likely: weights below 0 become 0.
    """
    if is_true.all() or not is_true.any():
        return CallWeights()
    model = LogisticRegression(C=10.0, max_iter=1000).fit(features, is_true)
    fitted = [float(each) for each in model.coef_[0]]
    return CallWeights(tuple(max(each, 0.0) for each in fitted[:-1]), fitted[-1], float(model.intercept_[0]))


def logit_of(probability: float) -> float:
    """Return ln(p / (1 - p)), finite for 0 and 1."""
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))
