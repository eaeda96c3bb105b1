"""Sentences to sparse features: words, character n-grams, pinyin n-grams, rules that fired. Pure.

In: `Sentence`s (text cut into words and syllables, with the causes whose rules fired). Out: a sparse matrix.
Each family is weighted by TF-IDF and normalised by itself, so that no family drowns the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from tagging.causes.schema import ModelSettings

# Marks that carry a tone; all other punctuation is left out, because recognisers set it as they like.
_TONE_MARKS = "!?"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text as the features see it.

    `fired` names causes (`fees`, `fees/annual_fee`) whose rules fired, `tones` the tones of its words
    (`praise`, `not praise`).
    """

    text: str
    tokens: tuple[str, ...]
    pinyin: tuple[str, ...]
    fired: tuple[str, ...] = ()
    tones: tuple[str, ...] = ()


def char_features(sentence: Sentence, sizes: tuple[int, int]) -> list[str]:
    """Return character n-grams over the text without punctuation, with marks of its beginning and end."""
    chars = f"^{''.join(char for char in sentence.text.lower() if _is_said(char))}$"
    return [
        chars[at : at + size] for size in range(sizes[0], sizes[1] + 1) for at in range(len(chars) - size + 1)
    ]


def word_features(sentence: Sentence, sizes: tuple[int, int]) -> list[str]:
    """Return word n-grams; the tone marks ! and ? are words too."""
    words = [token.lower() for token in sentence.tokens if _is_word(token)]
    return [
        " ".join(words[at : at + size])
        for size in range(sizes[0], sizes[1] + 1)
        for at in range(len(words) - size + 1)
    ]


def pinyin_features(sentence: Sentence, sizes: tuple[int, int]) -> list[str]:
    """Return n-grams of toneless syllables over the text without punctuation."""
    sounds = [
        syllable.lower()
        for char, syllable in zip(sentence.text, sentence.pinyin, strict=True)
        if _is_said(char)
    ]
    return [
        " ".join(sounds[at : at + size])
        for size in range(sizes[0], sizes[1] + 1)
        for at in range(len(sounds) - size + 1)
    ]


def rule_features(sentence: Sentence) -> list[str]:
    """Return the causes whose rules fired, each level by itself, that any fired, and the tones."""
    tops = {fired.partition("/")[0] for fired in sentence.fired}
    return sorted({*sentence.fired, *tops, *(["any"] if tops else []), *sentence.tones})


def _is_said(char: str) -> bool:
    return category(char)[0] not in "PZSC"


def _is_word(token: str) -> bool:
    return token in _TONE_MARKS or any(map(_is_said, token))


def as_given(features: list[str]) -> list[str]:
    """Return the features unchanged: the vectorisers get lists, not text."""
    return features


# The vectorisers' own types say that an analyser is a name; a function is documented and works.
_LISTS: dict[str, Any] = {"analyzer": as_given}


def tones_of(text: str, tones: Mapping[str, Sequence[str]], denials: str) -> tuple[str, ...]:
    """Return the tones of a text, in order of name; a word denied just before it counts as `not <tone>`.

    Args:
        text: What is said.
        tones: The words of each tone.
        denials: Characters that deny a word when one of them is among the two before it.
    """
    found: set[str] = set()
    for name, words in tones.items():
        for word in words:
            at = text.find(word)
            while at >= 0:
                is_denied = any(char in denials for char in text[max(0, at - 2) : at])
                found.add(f"not {name}" if is_denied else f"tone {name}")
                at = text.find(word, at + 1)
    return tuple(sorted(found))


class FeatureBuilder:
    """Fitted vectorisers of the four families; `transform` gives shape (n_sentences, n_features)."""

    def __init__(self, settings: ModelSettings):
        self._settings = settings
        rare = settings.min_document_count
        self._chars, self._words, self._pinyin = (_vectoriser(rare) for _ in range(3))
        self._rules = CountVectorizer(**_LISTS)

    def fit_transform(self, sentences: Sequence[Sentence]) -> csr_matrix:
        """Learn the vocabulary of the sentences and return their features."""
        families = self._families(sentences)
        # A corpus in which no rule fires still needs one column.
        self._rules.fit([["any"], *families[3]])
        parts: list[Any] = [
            self._chars.fit_transform(families[0]),
            self._words.fit_transform(families[1]),
            self._pinyin.fit_transform(families[2]),
            self._rules.transform(families[3]),
        ]
        return csr_matrix(hstack(parts))

    def transform(self, sentences: Sequence[Sentence]) -> csr_matrix:
        """Return features; n-grams never seen in training are left out."""
        families = self._families(sentences)
        fitted = (self._chars, self._words, self._pinyin, self._rules)
        parts: list[Any] = [each.transform(family) for each, family in zip(fitted, families, strict=True)]
        return csr_matrix(hstack(parts))

    def _families(self, sentences: Sequence[Sentence]) -> list[list[list[str]]]:
        settings = self._settings
        return [
            [char_features(each, settings.char_ngrams) for each in sentences],
            [word_features(each, settings.word_ngrams) for each in sentences],
            [pinyin_features(each, settings.pinyin_ngrams) for each in sentences],
            [rule_features(each) for each in sentences],
        ]


def _vectoriser(min_document_count: int) -> TfidfVectorizer:
    return TfidfVectorizer(min_df=min_document_count, sublinear_tf=True, **_LISTS)
