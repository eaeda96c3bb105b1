"""Calls that look like stored ones, and phrases to look for in them: made up, never the same twice. Pure.

In: how many, and a seed. Out: transcripts with syllables and words filled, as the lake keeps them, from our
own corpus and the lexicons' examples, misheard here and there; rule entries whose phrases people could say.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from tagging import behaviour, taboo
from tagging.behaviour.schema import BehaviourEntry
from tagging.causes.corpus import load_corpus
from tagging.lexicon import load_rules
from tagging.lexicon_schema import RuleEntry, texts_of
from tagging.noise import homophones_of, mishear
from tagging.pinyin import to_pinyin
from tagging.taboo.schema import TabooEntry
from tagging.words import Tokenizer
from transcribe.call import SpeakerRole, Transcript, Turn, Word

TURNS_PER_CALL = 40
SECONDS_PER_CHAR = 0.22
MISHEARD_SHARE = 0.06
MURMUR_SHARE = 0.15
# Of agents' turns: more than real ones have that a lexicon marks, so nothing is made to look cheap.
MARKED_SHARE = 0.2
MURMURS = ("嗯", "好的", "对", "哦", "是的", "嗯嗯")
_DAY = date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class Sayings:
    """What agents and customers say, what lexicons mark of it, and which characters sound alike."""

    agent: tuple[str, ...]
    customer: tuple[str, ...]
    marked: tuple[str, ...]
    homophones: dict[str, str]


def gather_sayings() -> Sayings:
    """Return the corpus and the examples of the lexicons."""
    entries: list[RuleEntry] = []
    for package, schema in ((taboo, TabooEntry), (behaviour, BehaviourEntry)):
        entries.extend(load_rules(Path(str(package.__file__)).parent, None, schema).entries)
    marked = [text for each in entries for text in texts_of((*each.must_match, *each.must_not_match))]
    rows = load_corpus().rows
    customer = [row.text for row in rows]
    agent = [row.text for row in rows if not row.labels]
    return Sayings(tuple(agent), tuple(customer), tuple(marked), homophones_of([*marked, *customer]))


class CallMaker:
    """Draws calls; equal seeds draw equal ones."""

    def __init__(self, sayings: Sayings, seed: int):
        self._sayings = sayings
        self._draw = random.Random(seed)  # noqa: S311 - made-up calls, no secrets
        self._tokenizer = Tokenizer()

    def calls(self, turn_count: int) -> list[Transcript]:
        """Return calls of `turn_count` turns together, the last one maybe shorter."""
        found: list[Transcript] = []
        left = turn_count
        while left > 0:
            found.append(self._call(len(found), min(left, TURNS_PER_CALL)))
            left -= TURNS_PER_CALL
        return found

    def _call(self, number: int, turn_count: int) -> Transcript:
        turns: list[Turn] = []
        at_s = 0.0
        for index in range(turn_count):
            role = SpeakerRole.CUSTOMER if index % 2 else SpeakerRole.AGENT
            text = self._text(self._sayings.customer if index % 2 else self._agent_sayings())
            end_s = at_s + SECONDS_PER_CHAR * len(text)
            turns.append(self._turn(index, role, text, (at_s, end_s)))
            at_s = end_s + self._draw.random()
        return Transcript(f"made-{number}", _DAY, at_s, tuple(turns), "bank")

    def _text(self, own: Sequence[str]) -> str:
        if self._draw.random() < MURMUR_SHARE:
            return self._draw.choice(MURMURS)
        said = (self._draw.choice(own) for _ in range(self._draw.choice((1, 1, 1, 2))))
        heard = (mishear(each, self._sayings.homophones, MISHEARD_SHARE, self._draw) for each in said)
        return ",".join(heard) + "。"

    def _agent_sayings(self) -> Sequence[str]:
        return self._sayings.marked if self._draw.random() < MARKED_SHARE else self._sayings.agent

    def _turn(self, index: int, role: SpeakerRole, text: str, times: tuple[float, float]) -> Turn:
        start_s, _ = times
        tokens = self._tokenizer.tokens(text)
        words: list[Word] = []
        at = 0
        for token in tokens:
            begin_s = start_s + SECONDS_PER_CHAR * at
            at += len(token)
            words.append(Word(token, begin_s, start_s + SECONDS_PER_CHAR * at, self._draw.uniform(0.4, 1)))
        return Turn(
            turn_index=index,
            channel=index % 2,
            role=role,
            role_confidence=1.0,
            start_s=start_s,
            end_s=times[1],
            text=text,
            words=tuple(words),
            pinyin=to_pinyin(text),
            tokens=tokens,
        )


def made_entries(count: int, sayings: Sayings, seed: int) -> list[RuleEntry]:
    """Return entries with one phrase each: four to eight characters that somebody could say."""
    draw = random.Random(seed)  # noqa: S311 - made-up phrases, no secrets
    texts = [*sayings.marked, *sayings.customer]
    phrases: dict[str, None] = {}
    while len(phrases) < count:
        said = "".join(char for char in draw.choice(texts) if "一" <= char <= "龥")
        size = draw.randint(4, 8)
        if len(said) > size:
            start = draw.randrange(len(said) - size)
            part = mishear(said[start : start + size], sayings.homophones, 0.3, draw)
            phrases[part[:2] + draw.choice(("", "[的]", "{2}")) + part[2:]] = None
    return [
        RuleEntry(
            id=f"made_{number}", patterns=(phrase,), sound=0.9, must_match=("是",), must_not_match=("否",)
        )
        for number, phrase in enumerate(islice(phrases, count))
    ]
