"""Script + voiced turns -> two channels and the spans in which each turn is really heard. Pure."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from line import LINE_RATE_HZ, hold_music, limited, line_noise, to_line
from numpy.typing import NDArray
from script import Line, Script

LEAD_S = 0.6
TAIL_S = 0.8
GAP_S = (0.25, 0.75)

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Placed:
    """A turn where it is heard: seconds from the start of the recording."""

    line: Line
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Tape:
    """`channels` by role, float32 (n_samples,) at 8 kHz; `turns` in order of start; spans of music."""

    channels: dict[str, Samples]
    turns: tuple[Placed, ...]
    music: tuple[tuple[float, float], ...]


def _rng(script: Script) -> np.random.Generator:
    return np.random.default_rng(int(hashlib.sha256(script.call_id.encode()).hexdigest()[:8], 16))


def _start_s(line: Line, placed: list[Placed], end_s: float, drawn_s: float) -> float:
    if line.over is not None and placed:
        before = placed[-1]
        return before.start_s + line.over * (before.end_s - before.start_s)
    if not placed and line.gap_s is None:
        return LEAD_S
    return max(0.0, end_s + (drawn_s if line.gap_s is None else line.gap_s))


def _mixed(parts: list[tuple[float, Samples]], n_samples: int) -> Samples:
    out = np.zeros(n_samples, np.float32)
    for start_s, samples in parts:
        at = round(start_s * LINE_RATE_HZ)
        out[at : at + len(samples)] += samples[: n_samples - at]
    return out


def lay_out(script: Script, speak: Callable[[str, str, float], Samples], rate_hz: int) -> Tape:
    """The whole call. Gaps not written in the script are drawn from GAP_S, seeded by the call_id.

    Hold music lies on the agent's channel: it is what the customer hears while waiting.
    """
    rng = _rng(script)
    parts: dict[str, list[tuple[float, Samples]]] = {"agent": [], "customer": []}
    placed: list[Placed] = []
    music: list[tuple[float, float]] = []
    end_s = 0.0
    for line in script.lines:
        start_s = _start_s(line, placed, end_s, float(rng.uniform(*GAP_S)))
        if line.role is None:
            samples = hold_music(line.music_s)
            parts["agent"].append((start_s, samples))
            music.append((round(start_s, 2), round(start_s + line.music_s, 2)))
        else:
            voice = script.voices[line.role]
            level = 10 ** ((voice.level_dbfs + line.gain_db) / 20)
            samples = limited(to_line(speak(line.say, voice.name, voice.speed * line.speed), rate_hz) * level)
            parts[line.role].append((start_s, samples))
            placed.append(Placed(line, start_s, start_s + len(samples) / LINE_RATE_HZ))
        end_s = max(end_s, start_s + len(samples) / LINE_RATE_HZ)
    n_samples = round((end_s + TAIL_S) * LINE_RATE_HZ)
    channels = {
        role: limited(_mixed(parts[role], n_samples) + line_noise(n_samples, script.noise_db[role], rng))
        for role in ("agent", "customer")
    }
    return Tape(channels, tuple(sorted(placed, key=lambda turn: turn.start_s)), tuple(music))
