"""Sentences to sparse features: words, character n-grams, pinyin n-grams, rules that fired. Pure.

In: `Sentence`s (text cut into words and syllables, with the causes whose rules fired). Out: a sparse matrix.
Each family is weighted by TF-IDF and normalised by itself, so that no family drowns the others.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import add
from unicodedata import category

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from tagging.causes.schema import ModelSettings

# Marks that carry a tone; all other punctuation is left out, because recognisers set it as they like.
_TONE_MARKS = "!?"
# Words kept in memory; more than a night says.
_MAX_CACHED_WORDS = 65_536

Floats = NDArray[np.float64]


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
    chars = f"^{''.join(filter(_IS_SAID.__getitem__, sentence.text.lower()))}$"
    grams: list[str] = []
    row: Iterable[str] = chars
    for size in range(1, sizes[1] + 1):
        if size > 1:
            row = list(map(add, row, chars[size - 1 :]))
        if size >= sizes[0]:
            grams.extend(row)
    return grams


def word_features(sentence: Sentence, sizes: tuple[int, int]) -> list[str]:
    """Return word n-grams; the tone marks ! and ? are words too."""
    return _joined(list(filter(None, map(_word_of, sentence.tokens))), sizes)


def pinyin_features(sentence: Sentence, sizes: tuple[int, int]) -> list[str]:
    """Return n-grams of toneless syllables over the text without punctuation."""
    said = compress(sentence.pinyin, map(_IS_SAID.__getitem__, sentence.text))
    return _joined(list(map(str.lower, said)), sizes)


def rule_features(sentence: Sentence) -> list[str]:
    """Return the causes whose rules fired, each level by itself, that any fired, and the tones."""
    tops = {fired.partition("/")[0] for fired in sentence.fired}
    return sorted({*sentence.fired, *tops, *(["any"] if tops else []), *sentence.tones})


def _joined(parts: list[str], sizes: tuple[int, int]) -> list[str]:
    """Return n-grams of the parts, joined by spaces; one size after the other."""
    grams: list[str] = []
    spaced = [f" {part}" for part in parts]
    row = parts
    for size in range(1, sizes[1] + 1):
        if size > 1:
            row = list(map(add, row, spaced[size - 1 :]))
        if size >= sizes[0]:
            grams.extend(row)
    return grams


class _SaidChars(dict[str, bool]):
    """Whether a character is spoken: no punctuation, space, symbol or control character. Filled when asked."""

    def __missing__(self, char: str) -> bool:
        is_said = self[char] = category(char)[0] not in "PZSC"
        return is_said


_IS_SAID = _SaidChars()


@lru_cache(maxsize=_MAX_CACHED_WORDS)
def _word_of(token: str) -> str:
    """Return the token in lower case, empty when it says nothing."""
    return token.lower() if token in _TONE_MARKS or any([_IS_SAID[char] for char in token]) else ""


class Family:
    """The features of one family, each with its place and weight; `learn` first.

    `idf` has shape (n_features,): ln((1 + n) / (1 + document count)) + 1.
    """

    def __init__(self) -> None:
        # Numbered from 1, so that what is known can be told from what is not without looking at each.
        self._numbers: dict[str, int] = {}
        self.idf: Floats = np.zeros(0)

    def __len__(self) -> int:
        return len(self._numbers)

    def learn(self, sentences: Sequence[Sequence[str]], min_document_count: int, first: int = 1) -> None:
        """Keep the features of at least so many sentences, numbered from `first` in order of name."""
        counts = Counter(feature for features in sentences for feature in set(features))
        kept = sorted(feature for feature, count in counts.items() if count >= min_document_count)
        self._numbers = {feature: number for number, feature in enumerate(kept, first)}
        self.idf = np.array(
            [math.log((1 + len(sentences)) / (1 + counts[feature])) + 1.0 for feature in kept]
        )

    def known(self, features: Iterable[str]) -> Iterable[int]:
        """Return the numbers of the known features, as often as they are there."""
        return filter(None, map(self._numbers.get, features))


class FeatureBuilder:
    """The four families; `transform` gives shape (n_sentences, n_features).

    Weights: (1 + ln count) * idf, each family of a sentence then normalised to length 1. Source:
    scikit-learn's TfidfVectorizer with sublinear_tf; written out because most of a turn's time went into its
    checks of input.
    """

    def __init__(self, settings: ModelSettings):
        self._settings = settings
        self._families = tuple(Family() for _ in range(4))
        # Per feature, all families one after the other: its weight, and its family's place.
        self._idf: Floats = np.zeros(0)
        self._family_of: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        """How many features are known."""
        return len(self._idf)

    def fit_transform(self, sentences: Sequence[Sentence]) -> csr_matrix:
        """Learn the vocabulary of the sentences and return their features."""
        features = [self._features(sentence) for sentence in sentences]
        least = self._settings.min_document_count
        first = 1
        for at, family in enumerate(self._families):
            is_rules = at == len(self._families) - 1
            family.learn([each[at] for each in features], 1 if is_rules else least, first)
            first += len(family)
        self._idf = np.concatenate([family.idf for family in self._families])
        self._family_of = np.repeat(np.arange(len(self._families)), list(map(len, self._families)))
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
        numbers: list[int] = []
        ends = [0]
        for each in features:
            for family, own in zip(self._families, each, strict=True):
                numbers.extend(family.known(own))
            ends.append(len(numbers))
        width, height = len(self), len(features)
        rows = np.repeat(np.arange(height), np.diff(ends))
        places = rows * width + np.array(numbers, dtype=np.int64) - 1
        places.sort()
        firsts = np.flatnonzero(np.diff(places, prepend=-1))
        counts = np.diff(firsts, append=len(places))
        rows, places = np.divmod(places[firsts], max(width, 1))
        weights = self._idf[places] * (1.0 + np.log(counts))
        groups = rows * len(self._families) + self._family_of[places]
        lengths = np.sqrt(np.bincount(groups, weights * weights))
        indptr = np.searchsorted(rows, np.arange(height + 1))
        return csr_matrix((weights / lengths[groups], places.astype(np.int32), indptr), (height, width))
