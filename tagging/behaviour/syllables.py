"""A stretch of a turn as the syllables that carry its content. Pure.

Compared by sound, so that two spellings of the same words are equal. Each different syllable is written as
one private character, which lets text algorithms run on it.
"""

from functools import lru_cache

from transcribe.call import Turn

_FIRST_CODE = 0xF0000  # a private plane of Unicode: no such character is ever in a text
_codes: dict[str, str] = {}


def content_of(turn: Turn, start: int, end: int, stop_chars: str) -> str:
    """Return one code per content character of text[start:end]: letters and digits that do not stop."""
    text = turn.text
    sounds = turn.pinyin if len(turn.pinyin) == len(text) else tuple(text)
    stops = _stops(stop_chars)
    known = _codes
    # A comprehension and the known codes looked up in place: every turn of every call passes here.
    return "".join(
        [
            known.get(sound) or _code(sound)
            for char, sound in zip(text[start:end], sounds[start:end], strict=True)
            if char not in stops and char.isalnum()
        ]
    )


def pairs_of(content: str) -> frozenset[str]:
    """Return the neighbouring pairs of codes."""
    return frozenset(map(str.__add__, content, content[1:]))


def shared_count(content: str, pairs: frozenset[str]) -> int:
    """Return how many codes of `content` stand in one of `pairs`."""
    shared: set[int] = set()
    for at in range(len(content) - 1):
        if content[at : at + 2] in pairs:
            shared.update((at, at + 1))
    return len(shared)


@lru_cache(maxsize=8)
def _stops(stop_chars: str) -> frozenset[str]:
    return frozenset(stop_chars)


def _code(syllable: str) -> str:
    """Return the syllable's code, the same throughout the process; some thousand syllables exist."""
    return _codes.setdefault(syllable, chr(_FIRST_CODE + len(_codes)))
