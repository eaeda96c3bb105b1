"""Recognised text -> the text that is stored and searched, with a map back. Pure.

NFKC (so that Chinese commas and question marks become ASCII, while 。 stays), simplified characters, one
space at most. A space between two Chinese characters is how Whisper writes a pause: it becomes a comma.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from opencc import OpenCC

from transcribe.call import Word

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_SPACES = re.compile(r"\s+")
_IS_HAN = re.compile(f"[{HAN}]")
REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class NormalisedText:
    """`text`, and for each of its characters the index in the original that it comes from.

    `offsets` has len(text) + 1 entries, never falling; the last one is the original's length, so that
    text[a:b] comes from original[offsets[a]:offsets[b]].
    """

    text: str
    offsets: tuple[int, ...]


def normalise(original: str) -> NormalisedText:
    """Normalises one text. Doing it twice changes nothing."""
    characters: list[str] = []
    sources: list[int] = []
    readable = [index for index, character in enumerate(original) if _is_readable(character)]
    for start, cluster in _clusters("".join(original[index] for index in readable)):
        for character in unicodedata.normalize("NFKC", cluster):
            # A mark without a letter (a lone accent) would join the wrong one when its space goes.
            if unicodedata.combining(character) and (not characters or characters[-1].isspace()):
                continue
            characters.append(character)
            sources.append(readable[start])
    simplified = to_simplified("".join(characters))
    kept: list[str] = []
    offsets: list[int] = []
    for character, source in _with_spaces_settled(simplified, sources):
        kept.append(character)
        offsets.append(source)
    return NormalisedText("".join(kept), (*offsets, len(original)))


def normalise_words(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words whose joined text is the normalised joined text; times and probabilities stay.

    The whole is normalised at once, as a character's simplified form depends on its neighbours. A word of
    which nothing is left is dropped.
    """
    whole = normalise("".join(word.text for word in words))
    normalised: list[Word] = []
    position = end = 0
    for word in words:
        end += len(word.text)
        start = position
        while position < len(whole.text) and whole.offsets[position] < end:
            position += 1
        if position > start:
            normalised.append(replace(word, text=whole.text[start:position]))
    return tuple(normalised)


def to_simplified(text: str) -> str:
    """`text` in simplified characters, of the same length: character n comes from character n."""
    converted = str(_converter().convert(text))
    if len(converted) == len(text):
        return converted
    # A phrase table may lengthen a text; one character at a time cannot shift the others.
    singles = (str(_converter().convert(character)) for character in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(singles, text, strict=True))


def bare(text: str) -> str:
    """`text` without punctuation, spaces and symbols, in lower case: for comparing what was said."""
    return "".join(character for character in text.lower() if character.isalnum())


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Pieces (start, text) that NFKC treats apart: normalised one by one they give the normalised whole."""
    start = 0
    for index in range(1, len(text) + 1):
        cluster = text[start:index]
        if index == len(text) or not _joins(cluster, text[index]):
            yield start, cluster
            start = index


def _joins(cluster: str, following: str) -> bool:
    if following < "\u0300":  # nothing below the combining marks ever joins
        return False
    apart = unicodedata.normalize("NFKC", cluster) + unicodedata.normalize("NFKC", following)
    return unicodedata.normalize("NFKC", cluster + following) != apart


def _with_spaces_settled(text: str, sources: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Characters with their sources: outer spaces gone, runs of spaces one, between Chinese a comma."""
    position = 0
    for match in [*_SPACES.finditer(text), None]:
        end = match.start() if match else len(text)
        yield from zip(text[position:end], sources[position:end], strict=True)
        if match is None:
            return
        position = match.end()
        before, after = text[end - 1 : end], text[position : position + 1]
        if not (before and after):
            continue
        if _IS_HAN.match(before) and _IS_HAN.match(after):
            yield ",", sources[end - 1]
        elif not _stands_beside_mark(before, after):
            yield " ", sources[end - 1]


def _stands_beside_mark(before: str, after: str) -> bool:
    """True for a space between Chinese and punctuation, where none is written."""
    has_han = bool(_IS_HAN.match(before) or _IS_HAN.match(after)) or not (before + after).isascii()
    return has_han and not (before.isalnum() and after.isalnum())


def _is_readable(character: str) -> bool:
    """False for control characters and for what a broken multi-byte token decodes to."""
    return character != REPLACEMENT and (character.isspace() or character.isprintable())
