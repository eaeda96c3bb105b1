"""How alike two sentences are: cosine over their characters and syllables, alone and in pairs. Pure.

In: a sentence as it was said. Out: 0..1 beside each example. No weights are learnt: characters that any
sentence has count little, all others alike, so a score never moves because other texts changed. Syllables
stand beside the characters, so that a homophone costs half of what another word does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from tagging.lexicon_schema import LikenessSettings
from tagging.pinyin import to_pinyin

# A sentence that shares fewer character pairs or syllable pairs with an example is not compared.
MIN_SHARED = 2


@dataclass(frozen=True, slots=True)
class Vector:
    """Weights of a sentence's features, of length 1."""

    weights: dict[str, float]

    def cosine(self, other: "Vector") -> float:
        """Return 0..1."""
        mine, theirs = self.weights, other.weights
        return sum(mine[feature] * theirs[feature] for feature in mine.keys() & theirs.keys())


class Likeness:
    """The examples of one condition, ready to be compared with."""

    def __init__(self, examples: Iterable[str], at_least: float, settings: LikenessSettings):
        self._settings = settings
        self._light = frozenset(settings.light)
        self.at_least = at_least
        self._examples = tuple(self.vector(text, to_pinyin(text)) for text in examples)
        self._features = frozenset().union(*(each.weights for each in self._examples))

    def score(self, text: str, pinyin: tuple[str, ...]) -> float:
        """Return the cosine (0..1) of a sentence and the nearest example."""
        vector = self.vector(text, pinyin)
        if len(vector.weights.keys() & self._features) < MIN_SHARED:
            return 0.0
        return max(each.cosine(vector) for each in self._examples)

    def vector(self, text: str, pinyin: tuple[str, ...]) -> Vector:
        """Return a sentence's features: characters and syllables (marked by a space), alone and in pairs."""
        weights: dict[str, float] = {}
        said = [
            (char, f" {syllable}", self._settings.light_weight if char in self._light else 1.0)
            for char, syllable in zip(text, pinyin, strict=True)
            if char.isalnum()
        ]
        for char, syllable, weight in said:
            weights[char] = weights[syllable] = weight
        for (one, low, first), (other, high, second) in pairwise(said):
            weights[one + other] = weights[low + high] = first + second
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return Vector({feature: weight / length for feature, weight in weights.items()})
