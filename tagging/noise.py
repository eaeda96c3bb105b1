"""Clean sentences to what a recogniser might have heard: homophones, no punctuation. Pure.

In: text and a table of characters that sound alike. Out: text of nearly the same length. The table comes from
the corpus itself, so that every replacement is a character that service calls use.
"""

import random
from collections.abc import Iterable
from unicodedata import category

from tagging.pinyin import to_pinyin


def homophones_of(texts: Iterable[str]) -> dict[str, str]:
    """Return, for each character, the other characters with the same toneless syllable, in a fixed order."""
    by_syllable: dict[str, set[str]] = {}
    for text in texts:
        for char, syllable in zip(text, to_pinyin(text), strict=True):
            if char != syllable:
                by_syllable.setdefault(syllable, set()).add(char)
    table: dict[str, set[str]] = {}
    for chars in by_syllable.values():
        for char in chars:
            table.setdefault(char, set()).update(chars - {char})
    return {char: "".join(sorted(others)) for char, others in table.items() if others}


def mishear(text: str, homophones: dict[str, str], rate: float, draw: random.Random) -> str:
    """Return `text` without punctuation, each character misheard with probability `rate`.

    Of the misheard characters nine in ten become a homophone and one is lost, near the ratio of
    substitutions to deletions that recognisers make on telephone speech.
    """
    heard: list[str] = []
    for char in text:
        if category(char)[0] in "PZ":
            continue
        if draw.random() >= rate:
            heard.append(char)
        elif draw.random() < 0.9:
            heard.append(draw.choice(homophones[char]) if char in homophones else char)
    return "".join(heard) or text
