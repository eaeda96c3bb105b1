"""A turn to its row of table `turn` and back. Pure."""

from collections.abc import Mapping
from typing import Any

from transcribe.call import SpeakerRole, Turn, Word


def turn_row(turn: Turn) -> dict[str, Any]:
    """The columns of `turn` that hold the turn itself, without its call's identity."""
    return {
        "turn_index": turn.turn_index,
        "channel": turn.channel,
        "role": str(turn.role),
        "role_confidence": turn.role_confidence,
        "start_s": turn.start_s,
        "end_s": turn.end_s,
        "text": turn.text,
        "words": [
            {"text": word.text, "start_s": word.start_s, "end_s": word.end_s, "probability": word.probability}
            for word in turn.words
        ],
        "pinyin": list(turn.pinyin),
        "tokens": list(turn.tokens),
        "gap_before_s": turn.gap_before_s,
        "overlap_s": turn.overlap_s,
        "loudness_dbfs": turn.loudness_dbfs,
    }


def turn_from_row(row: Mapping[str, Any]) -> Turn:
    """The turn that `turn_row` took apart, equal in every field; lists that were not read are empty."""
    return Turn(
        turn_index=row["turn_index"],
        channel=row["channel"],
        role=SpeakerRole(row["role"]),
        role_confidence=row["role_confidence"],
        start_s=row["start_s"],
        end_s=row["end_s"],
        text=row["text"],
        words=tuple(Word(**word) for word in row.get("words", ())),
        pinyin=tuple(row.get("pinyin", ())),
        tokens=tuple(row.get("tokens", ())),
        gap_before_s=row["gap_before_s"],
        overlap_s=row["overlap_s"],
        loudness_dbfs=row["loudness_dbfs"],
    )
