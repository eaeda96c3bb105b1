"""How many forbidden phrases a tagger finds and how many it invents, per family and rate of mishearing. Pure.

In: examples with the family that they say, or none; where they come from does not matter here. Out: counts;
precision and recall follow from them.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tagging.finding import TabooHit
from tagging.noise import homophones_of, mishear
from tagging.pinyin import to_pinyin
from tagging.taboo.tagger import TabooTagger
from transcribe.call import SpeakerRole, Transcript, Turn

ALL = "all"
# Spoken Mandarin runs at four to five characters a second; examples only need times that grow.
_SECONDS_PER_CHAR = 0.22
_ANY_DAY = date(2026, 11, 1)


@dataclass(frozen=True, slots=True)
class TabooExample:
    """One turn and the family that it says, None for none; `before` it, (role, text) were said."""

    text: str
    family: str | None
    role: str = "agent"
    before: tuple[tuple[str, str], ...] = ()
    day: date = _ANY_DAY


@dataclass(frozen=True, slots=True)
class TabooFigure:
    """Counts of one family (or ALL) at one rate of misheard characters (0..1).

    `found` counts examples of the family with any hit, `named` those whose hit names this family, `wrong` the
    examples of no family with a hit of this one.
    """

    rate: float
    family: str
    examples: int
    found: int
    named: int
    wrong: int

    @property
    def precision(self) -> float | None:
        """Of the examples with a hit, those that deserve one (0..1); None without a hit."""
        hits = self.found + self.wrong
        return self.found / hits if hits else None

    @property
    def recall(self) -> float | None:
        """Of the examples that deserve a hit, those with one (0..1); None without such an example."""
        return self.found / self.examples if self.examples else None


def taboo_figures(
    examples: Sequence[TabooExample], tagger: TabooTagger, rates: Sequence[float] = (0.0,), seed: int = 0
) -> tuple[TabooFigure, ...]:
    """Return the counts over all examples and per family, rate by rate.

    Args:
        examples: turns with what they say.
        tagger: what is judged.
        rates: shares of characters that are misheard as homophones (or lost); 0 leaves the text as it is.
        seed: of the mishearing: equal seeds mishear equally.
    """
    homophones = homophones_of(example.text for example in examples)
    rows: list[TabooFigure] = []
    for rate in rates:
        draw = random.Random(f"{seed} {rate}")  # noqa: S311  no secret: repeatable noise
        heard = [_heard(example.text, homophones, rate, draw) for example in examples]
        found = [
            frozenset(hit.family or "" for hit in _hits(example, text, tagger))
            for example, text in zip(examples, heard, strict=True)
        ]
        rows += _count(examples, found, rate)
    return tuple(rows)


def _heard(text: str, homophones: Mapping[str, str], rate: float, draw: random.Random) -> str:
    return mishear(text, dict(homophones), rate, draw) if rate else text


def _hits(example: TabooExample, text: str, tagger: TabooTagger) -> list[TabooHit]:
    """Return the hits on the example's own turn."""
    turns: list[Turn] = []
    at_s = 0.0
    for role, said in (*example.before, (example.role, text)):
        end_s = at_s + _SECONDS_PER_CHAR * len(said)
        pinyin = to_pinyin(said)
        turns.append(Turn(len(turns), 0, SpeakerRole(role), 1.0, at_s, end_s, said, pinyin=pinyin))
        at_s = end_s
    hits = tagger.tag(Transcript("example", example.day, at_s, tuple(turns)))
    return [hit for hit in hits if hit.turn_index == len(turns) - 1]


def _count(
    examples: Sequence[TabooExample], found: Sequence[frozenset[str]], rate: float
) -> list[TabooFigure]:
    pairs = list(zip(examples, found, strict=True))
    families = sorted(frozenset(each.family for each in examples if each.family).union(*found))
    rows: list[TabooFigure] = []
    for family in (ALL, *families):
        own = [(each.family, names) for each, names in pairs if each.family and family in (ALL, each.family)]
        none = [names for each, names in pairs if each.family is None]
        rows.append(
            TabooFigure(
                rate=rate,
                family=family,
                examples=len(own),
                found=sum(bool(names) for _, names in own),
                named=sum(true in names for true, names in own),
                wrong=sum(bool(names) if family == ALL else family in names for names in none),
            )
        )
    return rows
