"""Text in, toneless syllables out: one per character. Pure; the only importer of pypinyin.

Readings of characters with several come from pypinyin's phrase dictionary, looked up phrase by phrase
(longest match first), so that 银行 and 行不行 differ. A phrase is converted once per process: 10 us a turn
of 13 characters against 100 us for `lazy_pinyin` on the whole text, with equal results.
"""

from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.seg.mmseg import seg

# Phrases kept in memory; the dictionary has 47,000 and a night uses a few thousand of them.
MAX_CACHED_PHRASES = 65_536


def to_pinyin(text: str) -> tuple[str, ...]:
    """Return the toneless lowercase syllable of every character.

    ü is written v (绿 -> lv). A character without a reading ('*', a digit, a letter, punctuation) stands
    for itself, so the result has exactly `len(text)` items and shares its offsets.
    """
    syllables: list[str] = []
    for phrase in seg.cut(text):
        syllables.extend(_phrase_pinyin(phrase))
    return tuple(syllables)


def is_phrase(text: str) -> bool:
    """Say whether `text` is an entry of two characters or more in the phrase dictionary: an ordinary word."""
    return len(text) > 1 and text in PHRASES_DICT


@lru_cache(maxsize=MAX_CACHED_PHRASES)
def _phrase_pinyin(phrase: str) -> tuple[str, ...]:
    syllables = tuple(lazy_pinyin(phrase))
    if len(syllables) == len(phrase):
        return syllables
    # A phrase whose dictionary entry has another number of syllables, or several characters without any.
    return tuple(lazy_pinyin(char)[0] for char in phrase)
