"""Scripts of the sample calls: YAML in, frozen shapes out. Edge: reads the files under `scripts/`.

A script is what we wrote: who says what, how long they wait, what is true about it. Times come later,
from the voices. Labels stand on the turn they belong to.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROLES = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class Line:
    """One turn, one stretch of hold music, or both absent: `role` is None for music.

    `gap_s` is the wait after the latest end of anything before (negative: speaks over it), None = drawn.
    `over` starts the turn at that fraction of the turn before, for 嗯 and 对 said meanwhile.
    """

    role: str | None
    text: str
    say: str
    gap_s: float | None = None
    over: float | None = None
    gain_db: float = 0.0
    speed: float = 1.0
    music_s: float = 0.0
    labels: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Voice:
    """A Kokoro voice, its speed (1 = as trained) and its level on the line in dBFS (RMS while speaking)."""

    name: str
    speed: float
    level_dbfs: float


@dataclass(frozen=True, slots=True)
class Script:
    """One sample call. `facts` are the labels of the whole call, `row` its manifest row (None: no row)."""

    call_id: str
    night: str
    files: tuple[str, ...]
    format: str
    channels: tuple[str, ...]
    line_of_business: str
    voices: dict[str, Voice]
    lines: tuple[Line, ...]
    row: dict[str, Any] | None
    facts: dict[str, Any]
    noise_db: dict[str, float]
    cut_at: float | None


_LINE_KEYS = {"gap", "over", "gain_db", "speed", "say"}
_LABEL_KEYS = {"taboo", "not_taboo", "behaviours", "pii", "causes", "escalation"}
_FACT_KEYS = ("tier", "libraries", "comparison", "expected_faults", "quality_score", "customer_type", "notes")


def _line(raw: dict[str, Any], where: str) -> Line:
    """One entry of `turns`; the role's initial is the key of its words.

    Raises:
        ValueError: for a key we do not know.
    """
    if "music" in raw:
        return Line(None, "", "", gap_s=raw.get("gap", 0.4), music_s=float(raw["music"]))
    role = next((role for role in ROLES if role[0] in raw), None)
    unknown = set(raw) - _LINE_KEYS - _LABEL_KEYS - {role[0] if role else ""}
    if role is None or unknown:
        raise ValueError(f"{where}: turns: unknown keys {sorted(unknown)} in {raw}; use a:, c: or music:")
    text = raw[role[0]]
    return Line(
        role=role,
        text=text,
        say=raw.get("say", text),
        gap_s=raw.get("gap"),
        over=raw.get("over"),
        gain_db=float(raw.get("gain_db", 0.0)),
        speed=float(raw.get("speed", 1.0)),
        labels={key: raw[key] for key in _LABEL_KEYS if key in raw},
    )


def read_script(path: Path) -> Script:
    """The script in `path`.

    Raises:
        ValueError: for an unknown key of a turn.
        KeyError: for a missing key of the call.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    voices = {
        role: Voice(v["voice"], float(v.get("speed", 1.0)), float(v.get("level_dbfs", -22.0)))
        for role, v in raw["voices"].items()
    }
    return Script(
        call_id=raw["call_id"],
        night=raw["night"],
        files=tuple(raw["files"]),
        format=raw["format"],
        channels=tuple(raw.get("channels", ROLES)),
        line_of_business=raw["line_of_business"],
        voices=voices,
        lines=tuple(_line(entry, path.name) for entry in raw["turns"]),
        row=raw.get("row"),
        facts={key: raw[key] for key in _FACT_KEYS if key in raw},
        noise_db=raw.get("noise_db", {"agent": -54.0, "customer": -50.0}),
        cut_at=raw.get("cut_at"),
    )
