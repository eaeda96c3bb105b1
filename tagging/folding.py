"""Text and its sound in the form that patterns are matched on, character for character. Pure.

In: a turn's text and toneless pinyin. Out: strings of the same length, so that offsets never move: text with
equal characters made one and punctuation made a pause, and sound with one private character per class of
syllables that are easily confused.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from unicodedata import category

from tagging.lexicon_schema import Confusion, SoundSettings, Vocabulary
from tagging.pattern import STRONG_BREAK, UNIT_BREAK, WEAK_BREAK

# Initials of Mandarin syllables, longest first (Hanyu Pinyin scheme of 1958); y and w are written like them.
INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
# A mask is no punctuation: it stands for a character of the customer's.
MASK = "*"
# Where the private use area begins, which no recogniser writes: one code per class of syllables.
FIRST_SOUND_CODE = 0xE000
# Twins of filler characters: control characters, which folding turns into pauses, so that text has none.
# Below 256 a regex' class of characters compiles a hundred times faster.
TWINS = "".join(map(chr, [*range(0x01, 0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0)]))
TWINS_CLASS = "\\x01-\\x08\\x0e-\\x1f\\x7f-\\x9f"
SOUND_FILLER = TWINS[0]
_MAX_CACHED_PAIRS = 65_536


class TextFold(dict[int, str]):
    """Table for `str.translate`: equal characters made one, letters lowered, punctuation made a pause."""

    def __init__(self, vocabulary: Vocabulary):
        super().__init__()
        for group in vocabulary.alike:
            self.update({ord(char): group[0] for char in group})
        self.update({ord(char): STRONG_BREAK for char in vocabulary.strong_breaks})
        self[ord(MASK)] = MASK
        self[ord(UNIT_BREAK)] = UNIT_BREAK

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = char.lower() if char.isascii() else char
        if category(char)[0] in "PZSC":
            folded = WEAK_BREAK
        self[code] = folded
        return folded

    def fold(self, text: str) -> str:
        """Return `text` folded, of the same length."""
        return text.translate(self)


class FillerMarks:
    """Fillers in a folded text become twins of their characters, so that one class of characters skips them.

    A pattern's literal matches a character and its twin: 就是 can be a filler and be asked for by name. By
    sound all twins are one.

    Raises:
        ValueError: when fillers use more characters than there are twins.
    """

    def __init__(self, fillers: tuple[str, ...]):
        chars = sorted(set("".join(fillers)))
        if len(chars) > len(TWINS):
            raise ValueError(f"fillers 用了 {len(chars)} 个不同的字，最多 {len(TWINS)} 个；请删去少用的")
        self._twins = {ord(char): twin for char, twin in zip(chars, TWINS, strict=False)}
        self._chars = {ord(twin): char for char, twin in zip(chars, TWINS, strict=False)}
        ordered = sorted(set(fillers), key=lambda filler: (-len(filler), filler))
        self._regex = re.compile("|".join(map(re.escape, ordered)))

    def mark(self, text: str) -> str:
        """Return folded text with its fillers as twins, of the same length."""
        return self._regex.sub(lambda found: found.group().translate(self._twins), text)

    def mark_sound(self, marked: str, sound: str) -> str:
        """Return codes of sound, SOUND_FILLER where the marked text has a twin."""
        chars = self._chars
        return "".join(
            [SOUND_FILLER if ord(char) in chars else code for char, code in zip(marked, sound, strict=True)]
        )

    def is_filler(self, char: str) -> bool:
        """Say whether a folded character is part of some filler."""
        return ord(char) in self._twins

    def is_twin(self, char: str) -> bool:
        """Say whether a character of a marked text is a filler's."""
        return ord(char) in self._chars

    def unmark(self, text: str) -> str:
        """Return marked text as it was folded."""
        return text.translate(self._chars)

    def literal(self, char: str) -> str:
        """Return the regex of one folded character, filler or not."""
        twin = self._twins.get(ord(char))
        return re.escape(char) if twin is None else f"[{char}{twin}]"


class SoundTable:
    """Syllables to codes: easily confused ones share a code; `cost` tells how far apart two of them are."""

    def __init__(self, settings: SoundSettings):
        self.settings = settings
        self._initials = _canonical(settings.initials)
        self._codes: dict[str, str] = {UNIT_BREAK: UNIT_BREAK}
        self._classes: dict[tuple[str, str], str] = {}
        # Longest first: "ang" before "an", as a final is recognised by its end.
        self._finals = sorted(settings.finals, key=lambda each: -max(map(len, each.pair)))
        self.cost = lru_cache(_MAX_CACHED_PAIRS)(self._cost)

    def code(self, syllable: str) -> str:
        """Return the one-character code of a syllable; what is no syllable stands for itself, folded."""
        known = self._codes.get(syllable)
        if known is not None:
            return known
        if not (syllable.isascii() and syllable.isalpha()):
            code = syllable if len(syllable) == 1 else WEAK_BREAK
            code = WEAK_BREAK if category(code)[0] in "PZSC" and code != MASK else code
        else:
            initial, final = split_syllable(syllable.lower())
            key = (self._initials.get(initial, initial), self._final_class(final))
            code = self._classes.setdefault(key, chr(FIRST_SOUND_CODE + len(self._classes)))
        self._codes[syllable] = code
        return code

    def encode(self, pinyin: Sequence[str]) -> str:
        """Return the codes of a turn's syllables, one character each."""
        codes = self._codes
        return "".join([codes.get(syllable) or self.code(syllable) for syllable in pinyin])

    def _final_class(self, final: str) -> str:
        for confusion in self._finals:
            long, short = sorted(confusion.pair, key=len, reverse=True)
            if final.endswith(long):
                return final.removesuffix(long) + short
        return final

    def _cost(self, one: str, other: str) -> float:
        """Return 0..1 between two syllables of one class: homophones the least, confusions added up."""
        cost = self.settings.homophone_cost
        initials = {split_syllable(one)[0], split_syllable(other)[0]}
        if len(initials) == 2:
            # Chained pairs (n-l-r) have no cost of their own: the dearest pair of their class is charged.
            exact = [each.cost for each in self.settings.initials if set(each.pair) == initials]
            cost += min(exact) if exact else max(each.cost for each in self.settings.initials)
        if split_syllable(one)[1] != split_syllable(other)[1]:
            cost += max(each.cost for each in self._finals)
        return min(1.0, cost)


def split_syllable(syllable: str) -> tuple[str, str]:
    """Return (initial, final); the initial is empty for ai, en, er …."""
    for initial in INITIALS:
        if syllable.startswith(initial):
            return initial, syllable.removeprefix(initial)
    return "", syllable


def _canonical(confusions: tuple[Confusion, ...]) -> dict[str, str]:
    """Return each initial's class name, joining pairs that share a member."""
    classes: dict[str, str] = {}
    for confusion in confusions:
        joined = [classes.get(each, each) for each in confusion.pair]
        for member, name in list(classes.items()):
            if name in joined:
                classes[member] = joined[0]
        classes.update(dict.fromkeys(confusion.pair, joined[0]))
    return classes
