"""Numbers, amounts, dates and times in turns: what was said, and a normalised value beside it.

Pure but for loading. Personal data is masked before: a mask is no numeral, so no card or telephone number
is ever read here.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from tagging.amounts.normaliser import in_digits
from tagging.finding import SpokenValue
from tagging.lexicon import digest_of, load_settings
from tagging.lexicon_schema import LexiconModel
from tagging.options import TaggerOptions
from tagging.scope import span_times
from transcribe.call import Transcript, Turn

NUMERAL_MARK = "{n}"
_AMOUNT = re.compile(r"[¥￥]?(\d+(?:\.\d+)?)(\D?)")
_PLAIN_NUMBER = re.compile(r"(?!0\d)\d+(?:\.\d+)?")  # 007 is a code, not a figure
_HAN_NUMERAL = re.compile("[零〇一二两三四五六七八九十百千万亿]")


class KindPattern(LexiconModel):
    """One kind of value and the regular expression that finds it; {n} stands for one numeral."""

    kind: Literal["percent", "money", "date", "time", "number"]
    pattern: str = Field(min_length=1)


class AmountSettings(LexiconModel):
    """settings.yaml. `yuan`: what one of each unit of money is worth."""

    numeral: str
    kinds: tuple[KindPattern, ...]
    yuan: dict[str, float]


class AmountTagger:
    """Finds values in every turn, whoever speaks."""

    name = "amounts"

    def __init__(self, settings: AmountSettings):
        self._settings = settings
        self.digest = digest_of(settings)
        self._patterns = tuple(
            (each.kind, re.compile(each.pattern.replace(NUMERAL_MARK, settings.numeral)))
            for each in settings.kinds
        )
        # Most turns hold no number at all; every kind has one, or the turn is looked at.
        always = any(NUMERAL_MARK not in each.pattern for each in settings.kinds)
        self._numeral = re.compile("" if always else settings.numeral)

    def tag(self, transcript: Transcript) -> tuple[SpokenValue, ...]:
        """Return the values in order of turns and characters, none overlapping another."""
        return tuple(value for turn in transcript.turns for value in self._in_turn(turn))

    def _in_turn(self, turn: Turn) -> Iterator[SpokenValue]:
        taken: dict[tuple[int, int], str] = {}
        if self._numeral.search(turn.text) is None:
            return
        for kind, pattern in self._patterns:
            for match in pattern.finditer(turn.text):
                start, end = match.span()
                if all(end <= other[0] or other[1] <= start for other in taken):
                    taken[start, end] = kind
        for span, kind in sorted(taken.items()):
            said = turn.text[slice(*span)]
            value = in_digits(said).replace(" ", "")  # wetext groups long numbers
            if _HAN_NUMERAL.search(value):
                continue  # not a number after all (一点, 万一), or one that cannot be written in digits
            times = span_times(turn, *span)
            yield SpokenValue(
                turn_index=turn.turn_index,
                kind=kind,
                char_start=span[0],
                char_end=span[1],
                start_s=round(times.start_s, 3),
                end_s=round(times.end_s, 3),
                text=said,
                value=value,
                number=self._number(kind, value),
            )

    def _number(self, kind: str, value: str) -> float | None:
        """Yuan of an amount, the figure of a percentage or number; None for dates and times."""
        if kind == "money":
            total, last = 0.0, 1.0
            for digits, unit in _AMOUNT.findall(value):
                # 58块5: what follows a unit without one of its own is a tenth of it.
                last = self._settings.yuan.get(unit, last if not total else last / 10)
                total += float(digits) * last
            return round(total, 2)
        found = _PLAIN_NUMBER.fullmatch(value.removesuffix("%"))
        return float(found.group()) if found and kind in ("percent", "number") else None


def build(options: TaggerOptions) -> AmountTagger:
    """Return the tagger with the shipped settings and the centre's own.

    Raises:
        LexiconInvalid: the settings cannot be used.
    """
    return AmountTagger(load_settings(Path(__file__).parent, options.override_dir, AmountSettings))
