"""Text spelled by sound: equal syllables become equal characters, offsets stay. Pure.

Recognition errors of Chinese are mostly homophones (尾号 -> 委号), so words of two syllables and more are
found by searching the spelled word in the spelled text.
"""

import re
from collections.abc import Iterable

from tagging.pii.digit_tokens import any_word
from tagging.pinyin import to_pinyin

_HAN_FIRST, _HAN_LAST = "\u4e00", "\u9fff"
# Spelled syllables live in Unicode's private use area, where no recognised text is.
_FIRST_CODE = 0xE000


class SoundScript:
    """Spells Chinese characters by their most common reading, tones ignored."""

    def __init__(self) -> None:
        self._signs = _Signs()

    def spell(self, text: str) -> str:
        """Return `text` with every Chinese character replaced by the sign of its syllable, same length."""
        return text.translate(self._signs)

    def pattern(self, words: Iterable[str]) -> re.Pattern[str]:
        """Return the pattern that finds any of `words` in a spelled text, the longest first."""
        return re.compile(any_word({self.spell(word) for word in words}))


class _Signs(dict[int, int]):
    """Code points to the signs of their syllables, filled as they come, for `str.translate`."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, int] = {}

    def __missing__(self, code: int) -> int:
        sign = code
        if _HAN_FIRST <= chr(code) <= _HAN_LAST:
            syllable = to_pinyin(chr(code))[0]
            sign = self._codes.setdefault(syllable, _FIRST_CODE + len(self._codes))
        self[code] = sign
        return sign
