"""A call's turns without what agents say of themselves, for libraries that do not name agents. Pure.

In: stored rows of turns. Out: the same rows with work numbers and nicknames as '*', in words too. The clip is
silent at the same places.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from transcribe.call import SpeakerRole
from warehouse.agent_mentions import mention_spans

Row = Mapping[str, Any]


def without_agent(turns: Sequence[Row], agent_id: str | None) -> list[Row]:
    """Return the rows; those in which no agent is named as they are."""
    return [_hidden(turn, agent_id) if turn["role"] == SpeakerRole.AGENT else turn for turn in turns]


def _hidden(turn: Row, agent_id: str | None) -> Row:
    text = str(turn["text"])
    spans = mention_spans(text, tuple(turn.get("pinyin") or ()), agent_id)
    if not spans:
        return turn
    hidden = list(text)
    for begin, end in spans:
        hidden[begin:end] = "*" * (end - begin)
    words: list[Row] = []
    at = 0
    for word in turn["words"]:
        length = len(word["text"])
        words.append({**word, "text": "".join(hidden[at : at + length])})
        at += length
    return {**turn, "text": "".join(hidden), "words": words}
