"""Sentences to sparse features: words, character n-grams, pinyin n-grams, rules that fired. Pure.

In: `Sentence`s (text cut into words and syllables, with the causes whose rules fired). Out: a sparse matrix.
Each family is weighted by TF-IDF and normalised by itself, so that no family drowns the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, repeat
from unicodedata import category

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from tagging.causes.schema import ModelSettings

# Marks that carry a tone; all other punctuation is left out, because recognisers set it as they like.
_TONE_MARKS = "!?"
# Words kept in memory; more than a night says.
_MAX_CACHED_WORDS = 65_536

# An n-gram is an integer of 63 bits: at most three parts of 21 bits, far more than there are words.
_PART_BITS = 21
_PART_MASK = (1 << _PART_BITS) - 1
# An odd number without pattern: multiplied by it, neighbouring integers fall into buckets far apart. Source:
# D. Knuth, The Art of Computer Programming, volume 3, section 6.4: 2**64 divided by the golden ratio.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


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


def said_chars(sentence: Sentence) -> str:
    """Return the text without punctuation, with marks of its beginning and end."""
    return f"^{''.join(filter(_IS_SAID.__getitem__, sentence.text.lower()))}$"


def said_words(sentence: Sentence) -> list[str]:
    """Return the words; the tone marks ! and ? are words too."""
    return list(filter(None, map(_word_of, sentence.tokens)))


def said_syllables(sentence: Sentence) -> list[str]:
    """Return the toneless syllables of the text without punctuation."""
    return list(map(str.lower, compress(sentence.pinyin, map(_IS_SAID.__getitem__, sentence.text))))


def rule_features(sentence: Sentence) -> list[str]:
    """Return the causes whose rules fired, each level by itself, that any fired, and the tones."""
    tops = {fired.partition("/")[0] for fired in sentence.fired}
    return sorted({*sentence.fired, *tops, *(["any"] if tops else []), *sentence.tones})


class _SaidChars(dict[str, bool]):
    """Whether a character is spoken: no punctuation, space, symbol or control character. Fills itself."""

    def __missing__(self, char: str) -> bool:
        is_said = self[char] = category(char)[0] not in "PZSC"
        return is_said


_IS_SAID = _SaidChars()


@lru_cache(maxsize=_MAX_CACHED_WORDS)
def _word_of(token: str) -> str:
    """Return the token in lower case, empty when it says nothing."""
    return token.lower() if token in _TONE_MARKS or any([_IS_SAID[char] for char in token]) else ""


class Family:
    """The n-grams of one kind of parts (characters, words …), each with its place; `learn` first.

    An n-gram is one integer: the numbers of its parts, `_PART_BITS` each. So a whole call's n-grams are made
    and looked up at once; looking up strings one by one took most of a turn's time.
    """

    def __init__(self, sizes: tuple[int, int]) -> None:
        self._sizes = range(sizes[0], sizes[1] + 1)
        # From 1; 0 is a part never seen, and stands between sentences.
        self._numbers: dict[str, int] = {}
        # Of every size the known n-grams; places follow their order, one size after the other.
        self._grams: list[_Grams] = []
        # Shape (n_features,): ln((1 + n) / (1 + document count)) + 1.
        self.idf: Floats = np.zeros(0)

    def __len__(self) -> int:
        return len(self.idf)

    def learn(self, sentences: Sequence[Sequence[str]], min_document_count: int) -> None:
        """Keep the n-grams of at least so many sentences."""
        parts = sorted({part for sentence in sentences for part in sentence})
        self._numbers = {part: number for number, part in enumerate(parts, 1)}
        numbers, rows = self._numbered(sentences)
        counts: list[Integers] = []
        for size in self._sizes:
            grams, places = np.unique(_joined(numbers, size), return_inverse=True)
            pairs = np.unique(places * len(sentences) + rows[: len(places)])
            document_counts = np.bincount(pairs // len(sentences), minlength=len(grams))
            is_kept = (document_counts >= min_document_count) & _is_whole(grams, size)
            known = _Grams(grams[is_kept])
            self._grams.append(known)
            counts.append(document_counts[is_kept][known.order])
        self.idf = np.log((1 + len(sentences)) / (1 + np.concatenate(counts))) + 1.0

    def find(self, sentences: Sequence[Sequence[str]]) -> tuple[Integers, Integers]:
        """Return the rows and places of all known n-grams, as often as they are there."""
        numbers, rows = self._numbered(sentences)
        found_rows: list[Integers] = []
        found_places: list[Integers] = []
        first = 0
        for size, known in zip(self._sizes, self._grams, strict=True):
            hits, places = known.find(_joined(numbers, size))
            found_rows.append(rows[hits])
            found_places.append(places + first)
            first += len(known.order)
        return np.concatenate(found_rows), np.concatenate(found_places)

    def _numbered(self, sentences: Sequence[Sequence[str]]) -> tuple[Integers, Integers]:
        """Return the numbers of all parts, 0 after each sentence, and the row of each."""
        numbers: list[int] = []
        ends = [0]
        for sentence in sentences:
            numbers.extend(map(self._numbers.get, sentence, repeat(0)))
            numbers.append(0)
            ends.append(len(numbers))
        rows = np.repeat(np.arange(len(sentences)), np.diff(ends))
        return np.array(numbers, dtype=np.int64), rows


class _Grams:
    """Integers to their places: a table of buckets; a binary search would miss the cache at every step."""

    def __init__(self, grams: Integers) -> None:
        """Take different integers; `order` tells which of them is at each place."""
        self._shift = np.uint64(64 - max(2 * len(grams), 1).bit_length())
        buckets = self._bucket_of(grams)
        self.order = np.argsort(buckets, kind="stable")
        bucket_count = 1 << (64 - int(self._shift))
        sizes = np.bincount(buckets, minlength=bucket_count)
        self._longest = int(sizes.max(initial=0))
        # Every bucket's first place; the padding lets one look past the end of the last one.
        self._firsts = np.cumsum(sizes) - sizes
        self._grams = np.append(grams[self.order], np.full(max(self._longest, 1), -1))

    def find(self, grams: Integers) -> tuple[Integers, Integers]:
        """Return which of `grams` are known, and their places."""
        places = self._firsts[self._bucket_of(grams)]
        asked = np.arange(len(grams))
        found_asked, found_places = asked[:0], places[:0]
        for _ in range(self._longest):
            is_found = self._grams[places] == grams
            found_asked = np.concatenate([found_asked, asked[is_found]])
            found_places = np.concatenate([found_places, places[is_found]])
            asked, places, grams = asked[~is_found], places[~is_found] + 1, grams[~is_found]
        return found_asked, found_places

    def _bucket_of(self, grams: Integers) -> Integers:
        return ((grams.astype(np.uint64) * _SPREAD) >> self._shift).astype(np.int64)


def _joined(numbers: Integers, size: int) -> Integers:
    """Return the n-gram that begins at each number, shape (n_numbers - size + 1,)."""
    count = max(len(numbers) - size + 1, 0)
    grams = numbers[:count]
    for at in range(1, size):
        grams = grams << _PART_BITS | numbers[at : at + count]
    return grams


def _is_whole(grams: Integers, size: int) -> NDArray[np.bool_]:
    """Return of which n-grams no part is 0."""
    is_whole = np.ones(len(grams), dtype=np.bool_)
    for at in range(size):
        is_whole &= (grams >> (_PART_BITS * at)) & _PART_MASK != 0
    return is_whole


class FeatureBuilder:
    """The four families; `transform` gives shape (n_sentences, n_features).

    Weights: (1 + ln count) * idf, each family of a sentence then normalised to length 1. Source:
    scikit-learn's TfidfVectorizer with sublinear_tf; written out because most of a turn's time went into its
    checks of input.
    """

    def __init__(self, settings: ModelSettings):
        self._settings = settings
        sizes = (settings.char_ngrams, settings.word_ngrams, settings.pinyin_ngrams, (1, 1))
        self._families = tuple(map(Family, sizes))
        # Per feature, all families one after the other: its weight, and its family's place.
        self._idf: Floats = np.zeros(0)
        self._family_of: Integers = np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        """How many features are known."""
        return len(self._idf)

    def fit_transform(self, sentences: Sequence[Sentence]) -> csr_matrix:
        """Learn the vocabulary of the sentences and return their features."""
        parts = _parts(sentences)
        least = self._settings.min_document_count
        for family, own, count in zip(self._families, parts, (least, least, least, 1), strict=True):
            family.learn(own, count)
        self._idf = np.concatenate([family.idf for family in self._families])
        self._family_of = np.repeat(np.arange(len(self._families)), list(map(len, self._families)))
        return self._matrix(parts, len(sentences))

    def transform(self, sentences: Sequence[Sentence]) -> csr_matrix:
        """Return features; n-grams never seen in training are left out."""
        return self._matrix(_parts(sentences), len(sentences))

    def _matrix(self, parts: tuple[Sequence[Sequence[str]], ...], height: int) -> csr_matrix:
        width = len(self)
        first = 0
        cells: list[Integers] = []
        for family, own in zip(self._families, parts, strict=True):
            rows, places = family.find(own)
            cells.append(rows * width + places + first)
            first += len(family)
        every = np.sort(np.concatenate(cells))
        firsts = np.flatnonzero(np.diff(every, prepend=-1))
        counts = np.diff(firsts, append=len(every))
        rows, places = np.divmod(every[firsts], max(width, 1))
        weights = self._idf[places] * (1.0 + np.log(counts))
        groups = rows * len(self._families) + self._family_of[places]
        lengths = np.sqrt(np.bincount(groups, weights * weights))
        row_starts = np.searchsorted(rows, np.arange(height + 1))
        return csr_matrix((weights / lengths[groups], places.astype(np.int32), row_starts), (height, width))


def _parts(sentences: Sequence[Sentence]) -> tuple[Sequence[Sequence[str]], ...]:
    """Return of every family the parts of each sentence."""
    return (
        [said_chars(sentence) for sentence in sentences],
        [said_words(sentence) for sentence in sentences],
        [said_syllables(sentence) for sentence in sentences],
        [rule_features(sentence) for sentence in sentences],
    )
