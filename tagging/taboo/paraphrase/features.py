"""Stretches of speech to features: n-grams of characters, sounds and words, cues, shape. Pure.

In: text with its toneless syllables and words. Out: five sets of strings, without punctuation and fillers:
recognisers and speakers set them as they like; sounds that ears mix up are one.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import add
from unicodedata import category

from tagging.folding import INITIALS
from tagging.taboo.paraphrase.schema import ModelSettings

# Characters, sounds, words, cues, shape.
Features = tuple[list[str], ...]
PART_COUNT = 5
_FIRST_SOUND = 0xE000
_UNKNOWN_SOUND = "\uf8ff"
# Every final of Mandarin, u umlaut as v; with the initials they make all syllables.
_FINALS = (
    "a o e i u v ai ei ui ao ou iu ie ve ue er an en in un vn ang eng ing ong ia iao ian iang iong ua uo uai "
    "uan uang r"
)


class _Kept(dict[str, bool]):
    """Whether a character is said and no filler; filled as characters are met."""

    def __init__(self, dropped: Iterable[str]):
        super().__init__()
        self._dropped = frozenset(dropped)

    def __missing__(self, char: str) -> bool:
        known = self[char] = char not in self._dropped and category(char)[0] not in "PZSC"
        return known


class FeatureReader:
    """Reads stretches as the classifier sees them; equal settings read equally."""

    def __init__(self, settings: ModelSettings):
        self._char_sizes = range(settings.char_ngrams[0], settings.char_ngrams[1] + 1)
        self._sound_sizes = range(settings.sound_ngrams[0], settings.sound_ngrams[1] + 1)
        self._alike = str.maketrans({char: group[0] for group in settings.alike for char in group})
        self._courtesies = settings.courtesies
        self._min_said = settings.min_said
        self._keeps = _Kept(settings.dropped)
        self._codes = _sound_codes(settings.confusions)
        self._cues: dict[str, list[tuple[str, str]]] = {}
        for name, words in settings.cues.items():
            for word in dict.fromkeys(each.translate(self._alike) for each in words):
                self._cues.setdefault(word[0], []).append((word, name))
        for known in self._cues.values():
            known.sort(key=lambda pair: -len(pair[0]))

    def read(self, text: str, pinyin: Sequence[str], tokens: Sequence[str]) -> Features:
        """Return n-grams of characters, sounds and words, cues and shape, each of them once.

        Args:
            text: a stretch of a turn.
            pinyin: a syllable per character.
            tokens: the stretch's words.

        Returns:
            Five lists, all empty where too little is said to judge.
        """
        keeps = self._keeps
        kept: list[int] = []
        last = ""
        for at, char in enumerate(text):
            if char != last and keeps[char]:
                kept.append(at)
                last = char
        said = "".join([text[at] for at in kept]).lower().translate(self._alike)
        if len(said) < self._min_said:
            return ([],) * PART_COUNT
        codes = self._codes
        sounds = "".join([codes.get(pinyin[at], _UNKNOWN_SOUND) for at in kept])
        cues = self._cues_of(said)
        if any(word in text for word in self._courtesies):
            cues.append("courteous")
        return (
            _ngrams(f"^{said}$", self._char_sizes),
            _ngrams(sounds, self._sound_sizes),
            self._words_of(tokens),
            cues,
            _shape_of(said),
        )

    def _words_of(self, tokens: Sequence[str]) -> list[str]:
        """Return words and pairs of neighbours, without punctuation and fillers."""
        words = [
            token.lower().translate(self._alike)
            for token in tokens
            if any(map(self._keeps.__getitem__, token))
        ]
        return list({*words, *(f"{one} {two}" for one, two in pairwise(words))})

    def _cues_of(self, said: str) -> list[str]:
        found: list[str] = []
        for at, char in enumerate(said):
            for word, name in self._cues.get(char, ()):
                if said.startswith(word, at):
                    if not found or found[-1] != name:
                        found.append(name)
                    break
        pairs = {f"{one}>{two}" for n, one in enumerate(found) for two in found[n + 1 : n + 4]}
        return [*set(found), *pairs]


def _shape_of(said: str) -> list[str]:
    """Return pairs of characters with one between them, how it begins and ends, how long it is."""
    length = len(said)
    pairs = set(map("_".join, zip(said, said[2:], strict=False)))
    edges = {f"^{said[:size]}" for size in (1, 2, 3)} | {f"{said[-size:]}$" for size in (1, 2, 3)}
    return [*pairs, *edges, f"#{min(8, length // 4)}"]


def _ngrams(text: str, sizes: range) -> list[str]:
    found: set[str] = set()
    grams = list(text)
    for size in range(1, sizes.stop):
        if size > 1:
            grams = list(map(add, grams, text[size - 1 :]))
        if size in sizes:
            found.update(grams)
    return list(found)


def _sound_codes(confusions: Mapping[str, str]) -> dict[str, str]:
    """Return one private character per class of syllables; `confusions` maps a half to what it counts as."""
    classes: dict[str, str] = {}
    codes: dict[str, str] = {}
    for initial in ("", *INITIALS):
        for final in _FINALS.split():
            kind = f"{confusions.get(initial, initial)}-{confusions.get(final, final)}"
            code = classes.setdefault(kind, chr(_FIRST_SOUND + len(classes)))
            codes[initial + final] = code
    return codes | {one: codes[other] for one, other in confusions.items() if one in codes and other in codes}
