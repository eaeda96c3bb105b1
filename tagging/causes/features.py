"""Sentences to sparse features: words, character n-grams, pinyin n-grams, rules that fired. Pure.

In: `Sentence`s (text cut into words and syllables, with the causes whose rules fired). Out: a sparse matrix.
Each family is weighted by TF-IDF and normalised by itself, so that no family drowns the others.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from unicodedata import category

import numpy as np
from scipy.sparse import csr_matrix

from tagging.causes.schema import ModelSettings

# Marks that carry a tone; all other punctuation is left out, because recognisers set it as they like.
_TONE_MARKS = "!?"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text as the features see it.

    `fired` names causes (`fees`, `fees/annual_fee`) whose rules fired, `tones` the tones of its words
    (`tone praise`, `not praise`).
    """

    text: str
    tokens: tuple[str, ...]
    pinyin: tuple[str, ...]
    fired: tuple[str, ...] = ()
    tones: tuple[str, ...] = ()


def char_features(sentence: Sentence, sizes: tuple[int, int]) -> list[str]:
    """Return character n-grams over the text without punctuation, with marks of its beginning and end."""
    chars = f"^{''.join([char for char in sentence.text.lower() if _is_said(char)])}$"
    return [
        chars[at : at + size] for size in range(sizes[0], sizes[1] + 1) for at in range(len(chars) - size + 1)
    ]


def word_features(sentence: Sentence, sizes: tuple[int, int]) -> list[str]:
    """Return word n-grams; the tone marks ! and ? are words too."""
    return _joined([token.lower() for token in sentence.tokens if _is_word(token)], sizes)


def pinyin_features(sentence: Sentence, sizes: tuple[int, int]) -> list[str]:
    """Return n-grams of toneless syllables over the text without punctuation."""
    said = zip(sentence.text, sentence.pinyin, strict=True)
    return _joined([syllable.lower() for char, syllable in said if _is_said(char)], sizes)


def rule_features(sentence: Sentence) -> list[str]:
    """Return the causes whose rules fired, each level by itself, that any fired, and the tones."""
    tops = {fired.partition("/")[0] for fired in sentence.fired}
    return sorted({*sentence.fired, *tops, *(["any"] if tops else []), *sentence.tones})


def _joined(parts: list[str], sizes: tuple[int, int]) -> list[str]:
    """Return n-grams of the parts, joined by spaces; one size after the other."""
    grams: list[str] = []
    row = parts
    for size in range(1, sizes[1] + 1):
        if size > 1:
            row = [f"{gram} {part}" for gram, part in zip(row, parts[size - 1 :], strict=False)]
        if size >= sizes[0]:
            grams.extend(row)
    return grams


@cache
def _is_said(char: str) -> bool:
    return category(char)[0] not in "PZSC"


def _is_word(token: str) -> bool:
    return token in _TONE_MARKS or any([_is_said(char) for char in token])


class Family:
    """The features of one family, each with its place and weight; `learn` first.

    Weights: (1 + ln count) * idf with idf = ln((1 + n) / (1 + document count)) + 1, each sentence then
    normalised to length 1. Source: scikit-learn's TfidfVectorizer with sublinear_tf; written out because
    most of a turn's time went into its checks of input.
    """

    def __init__(self) -> None:
        self._places: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def learn(self, sentences: Sequence[Sequence[str]], min_document_count: int) -> None:
        """Keep the features of at least so many sentences, in order of name."""
        counts = Counter(feature for features in sentences for feature in set(features))
        kept = sorted(feature for feature, count in counts.items() if count >= min_document_count)
        self._places = {
            feature: (place, math.log((1 + len(sentences)) / (1 + counts[feature])) + 1.0)
            for place, feature in enumerate(kept)
        }

    def weigh(self, features: Iterable[str]) -> tuple[list[int], list[float]]:
        """Return the places of known features, each once, and their weights."""
        known = [found for found in map(self._places.get, features) if found]
        weights = dict(known)
        if len(weights) < len(known):
            for place, count in Counter([place for place, _ in known]).items():
                if count > 1:
                    weights[place] *= 1.0 + math.log(count)
        length = math.sqrt(sum([weight * weight for weight in weights.values()]))
        return list(weights), [weight / length for weight in weights.values()]


class FeatureBuilder:
    """The four families; `transform` gives shape (n_sentences, n_features)."""

    def __init__(self, settings: ModelSettings):
        self._settings = settings
        self._families = tuple(Family() for _ in range(4))

    def __len__(self) -> int:
        """How many features are known."""
        return sum(map(len, self._families))

    def fit_transform(self, sentences: Sequence[Sentence]) -> csr_matrix:
        """Learn the vocabulary of the sentences and return their features."""
        features = [self._features(sentence) for sentence in sentences]
        *grams, rules = self._families
        for at, family in enumerate(grams):
            family.learn([each[at] for each in features], self._settings.min_document_count)
        rules.learn([each[-1] for each in features], 1)
        return self._matrix(features)

    def transform(self, sentences: Sequence[Sentence]) -> csr_matrix:
        """Return features; n-grams never seen in training are left out."""
        return self._matrix([self._features(sentence) for sentence in sentences])

    def _features(self, sentence: Sentence) -> tuple[list[str], ...]:
        settings = self._settings
        return (
            char_features(sentence, settings.char_ngrams),
            word_features(sentence, settings.word_ngrams),
            pinyin_features(sentence, settings.pinyin_ngrams),
            rule_features(sentence),
        )

    def _matrix(self, features: Sequence[tuple[list[str], ...]]) -> csr_matrix:
        offsets = [sum(map(len, self._families[:at])) for at in range(len(self._families))]
        places, weights, ends = array("l"), array("d"), [0]
        for each in features:
            for family, offset, own in zip(self._families, offsets, each, strict=True):
                at, weight = family.weigh(own)
                places.extend([offset + place for place in at])
                weights.extend(weight)
            ends.append(len(places))
        shape = (len(features), len(self))
        return csr_matrix((np.array(weights), np.array(places, dtype=np.int32), np.array(ends)), shape)
