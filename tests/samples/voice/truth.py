"""Script + laid out turns -> the truth of a call as plain data. Pure.

Lists of labels name turns by their index in `turns` (0-based, in order of start).
"""

from typing import Any

from line import LINE_RATE_HZ
from script import Script
from timeline import Placed, Tape

IDENTICAL = "identical"
MIX = "mix"


def channel_of(script: Script, role: str) -> int:
    """The channel on which `role` is heard; 0 where both are mixed."""
    return script.channels.index(role) if role in script.channels else 0


def _turn(script: Script, placed: Placed) -> dict[str, Any]:
    role = str(placed.line.role)
    return {
        "role": role,
        "channel": channel_of(script, role),
        "start_s": round(placed.start_s, 2),
        "end_s": round(placed.end_s, 2),
        "text": placed.line.text,
    }


def _causes(turns: list[Placed]) -> list[dict[str, Any]]:
    """Each distinct cause once, with the turns that show it."""
    seen: dict[str, list[int]] = {}
    for index, placed in enumerate(turns):
        for cause in placed.line.labels.get("causes", []):
            seen.setdefault(cause, []).append(index)
    out: list[dict[str, Any]] = []
    for cause, where in seen.items():
        top, sub, source = cause.split("/")
        out.append({"top": top, "sub": None if sub == "-" else sub, "source": source, "turns": where})
    return out


def _listed(turns: list[Placed], label: str) -> list[dict[str, Any]]:
    """Labels that are mappings, each with its turn."""
    return [
        {"turn": index, **entry}
        for index, placed in enumerate(turns)
        for entry in placed.line.labels.get(label, [])
    ]


def heard(script: Script, tape: Tape) -> tuple[list[Placed], float]:
    """The turns that the delivered file still holds, and its seconds (shorter when it was cut)."""
    duration_s = len(tape.channels["agent"]) / LINE_RATE_HZ * (script.cut_at or 1.0)
    return [turn for turn in tape.turns if turn.start_s < duration_s - 0.2], duration_s


def truth_of(script: Script, tape: Tape) -> dict[str, Any]:
    """What is true of the call, in the order in which people read it.

    A turn cut off by a truncated file ends with the file; its text stays whole, and `is_cut` says so.
    """
    turns, duration_s = heard(script, tape)
    rows = [_turn(script, placed) for placed in turns]
    for row in rows:
        if row["end_s"] > duration_s:
            row |= {"end_s": round(duration_s, 2), "is_cut": True}
    return {
        "call_id": script.call_id,
        "night": script.night,
        "files": list(script.files),
        "format": script.format,
        "line_of_business": script.line_of_business,
        "channels": list(script.channels),
        "duration_s": round(duration_s, 2),
        "tier": script.facts.get("tier", "none"),
        "customer_type": script.facts.get("customer_type"),
        "quality_score": script.facts.get("quality_score"),
        "libraries": script.facts.get("libraries", []),
        "comparison": script.facts.get("comparison"),
        "expected_faults": script.facts.get("expected_faults", []),
        "notes": script.facts.get("notes", ""),
        "causes": _causes(turns),
        "escalation": _listed(turns, "escalation"),
        "taboo": [{"kind": "forbidden", **entry} for entry in _listed(turns, "taboo")],
        "not_taboo": _listed(turns, "not_taboo"),
        "behaviours": [
            {"turn": index, "behaviour": name}
            for index, placed in enumerate(turns)
            for name in placed.line.labels.get("behaviours", [])
        ],
        "pii": _listed(turns, "pii"),
        "hold_music": [{"start_s": start, "end_s": end} for start, end in tape.music],
        "turns": rows,
    }
