"""Where an agent says who he is: work number or nickname. Pure after reading its words.

In: an agent's turns and the agent's id from the manifest. Out: character spans with their seconds. Libraries
that do not name agents silence these places; full names are personal data and masked everywhere anyway.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tagging.finding import PiiMask
from transcribe.call import SpeakerRole, Turn
from warehouse.library_file import read_yaml_mapping

WORDS_FILE = Path(__file__).resolve().parent / "agent_mentions.yaml"
KIND = "agent"
_MIN_ID_DIGITS = 3  # shorter ids would hide prices and dates
_SPOKEN = str.maketrans("零〇洞幺一二两三四五六七八九拐勾", "0001122345678979")


class _Words(BaseModel):
    """What `agent_mentions.yaml` says; its comments tell what each list means."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    number_cues: dict[str, str]
    links: list[str]
    ends: list[str]
    max_characters: Annotated[int, Field(ge=1, le=40)]
    signs: str
    name_cues: list[str]
    short_names: list[str]
    never_names: list[str]


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The words, compiled. `number` and `name` have the hidden part as their group `who`."""

    number: re.Pattern[str]
    name: re.Pattern[str]
    rest: re.Pattern[str]
    cue_sounds: tuple[tuple[str, ...], ...]


def agent_mentions(turns: Sequence[Turn], agent_id: str | None) -> tuple[PiiMask, ...]:
    """Return where agents' turns name the agent, in order, of kind `agent`; seconds as their words say.

    Raises:
        LibraryInvalid: the file of words cannot be used.
    """
    found: list[PiiMask] = []
    for turn in turns:
        if turn.role is SpeakerRole.AGENT:
            found.extend(
                _mask(turn, begin, end) for begin, end in mention_spans(turn.text, turn.pinyin, agent_id)
            )
    return tuple(found)


def mention_spans(text: str, pinyin: Sequence[str], agent_id: str | None) -> list[tuple[int, int]]:
    """Return the characters of an agent's turn that name the agent, merged and ordered.

    `pinyin` has one toneless syllable per character, or nothing.
    """
    patterns = _patterns()
    spans = [found.span("who") for found in patterns.number.finditer(text)]
    spans += [found.span("who") for found in patterns.name.finditer(text)]
    spans += list(_after_sounds(text, pinyin, patterns))
    spans += list(_own_id(text, agent_id))
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _after_sounds(text: str, pinyin: Sequence[str], patterns: _Patterns) -> Iterator[tuple[int, int]]:
    """Yield what follows a cue that was heard as other characters of the same sound."""
    if len(pinyin) != len(text):
        return
    for cue in patterns.cue_sounds:
        for at in range(len(pinyin) - len(cue) + 1):
            if tuple(pinyin[at : at + len(cue)]) == cue and (
                rest := patterns.rest.match(text, at + len(cue))
            ):
                yield rest.span("who")


def _own_id(text: str, agent_id: str | None) -> Iterator[tuple[int, int]]:
    digits = "".join(sign for sign in agent_id or "" if sign.isdecimal())
    if len(digits) < _MIN_ID_DIGITS:
        return
    said = text.translate(_SPOKEN)
    at = said.find(digits)
    while at >= 0:
        yield at, at + len(digits)
        at = said.find(digits, at + 1)


def _mask(turn: Turn, begin: int, end: int) -> PiiMask:
    at = 0
    times: list[tuple[float, float]] = []
    is_joined = "".join(word.text for word in turn.words) == turn.text
    for word in turn.words if is_joined else ():
        if at < end and at + len(word.text) > begin:
            times.append((word.start_s, word.end_s))
        at += len(word.text)
    if not times:
        return PiiMask(turn.turn_index, KIND, begin, end, turn.start_s, turn.end_s, is_time_exact=False)
    start_s = min(start for start, _ in times)
    return PiiMask(turn.turn_index, KIND, begin, end, start_s, max(start_s, *(stop for _, stop in times)))


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    words = _Words.model_validate(read_yaml_mapping(WORDS_FILE))
    links = "(?:" + "|".join(map(re.escape, words.links)) + ")?"
    ends = "|".join(map(re.escape, words.ends))
    # Up to where the talk goes on; where it does not come to an end in time, digits alone.
    who = (
        rf"{links}(?P<who>[^,.。,!?！？、*]{{1,{words.max_characters}}}?(?=$|[,.。!?！？、]|{ends})"
        rf"|[{re.escape(words.signs)}]+)"
    )
    cues = "|".join(sorted(map(re.escape, words.number_cues), key=len, reverse=True))
    name_cues = "|".join(sorted(map(re.escape, words.name_cues), key=len, reverse=True))
    never = "|".join(map(re.escape, words.never_names))
    short = "|".join(map(re.escape, words.short_names))
    return _Patterns(
        number=re.compile(f"(?:{cues}){who}"),
        name=re.compile(rf"(?:{name_cues})(?!{never})(?P<who>(?:{short})[\u4e00-\u9fff])"),
        rest=re.compile(who),
        cue_sounds=tuple(sorted({tuple(sound.split()) for sound in words.number_cues.values()})),
    )
