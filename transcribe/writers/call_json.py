"""A heard call -> JSON: turns, words with times and probabilities, audits, faults. Pure.

Keys are the fields of the shapes in `transcribe.call`, so whatever a turn learns later is written too.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from transcribe.call import Call

FORMAT = "huiting.transcript/1"
# Only `tagging` fills these.
_NOT_HEARD = ("pinyin", "tokens")
_DIGITS = 4


def call_json(call: Call, about: Mapping[str, object]) -> str:
    """Returns indented JSON, Chinese as it is, times in seconds to 0.1 ms.

    Args:
        call: what was heard; names of files are not taken from it.
        about: keys that come first: the file, the recogniser, what was masked.
    """
    turns = [asdict(turn) for turn in call.transcript.turns]
    for turn in turns:
        for key in _NOT_HEARD:
            del turn[key]
    content = {
        "format": FORMAT,
        **about,
        "duration_s": call.transcript.duration_s,
        "role_certainty": call.role_certainty,
        "is_role_uncertain": call.is_role_uncertain,
        "turns": turns,
        "audits": [asdict(audit) for audit in call.audits],
        "faults": [
            {"severity": fault.severity, "reason": fault.reason, "message": fault.message}
            for fault in call.faults
        ],
    }
    return json.dumps(_rounded(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in cast("list[object]", value)]
    return value
