"""What `huiting bench recognise` reckons from texts, seconds and sounds. Pure.

Error rates are edit distance over the reference's length, over characters or toneless syllables; both sides
are normalised and their numbers spelled as they are read aloud. The sounds without speech are made here.
"""

import re
from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np
from rapidfuzz.distance import Levenshtein

from tagging.pinyin import to_pinyin
from transcribe.normalize import bare, normalise
from transcribe.recognise.protocol import SAMPLE_RATE_HZ, Samples

DIGITS = "零一二三四五六七八九"
UNITS = ("", "十", "百", "千")
NON_SPEECH_S = 20
_DTMF_HZ = ((697, 1209), (770, 1336), (852, 1477), (941, 1336))


def error_rate(pairs: Sequence[tuple[str, str]], by_sound: bool = False) -> float:
    """Errors of (reference, heard) pairs over the length of all references; 0 where there are none."""
    wanted = [(_units(reference, by_sound), _units(heard, by_sound)) for reference, heard in pairs]
    length = sum(len(reference) for reference, _ in wanted)
    return sum(Levenshtein.distance(*pair) for pair in wanted) / length if length else 0.0


def _units(text: str, by_sound: bool) -> Sequence[str]:
    read = as_read(bare(normalise(text).text))
    return to_pinyin(read) if by_sound else read


def as_read(text: str) -> str:
    """`text` with its numbers in the characters that are said."""
    return re.sub(r"\d+", lambda match: _number(match.group()), text).replace("幺", "一").replace("两", "二")


def _number(digits: str) -> str:
    """Short numbers as amounts, long ones and those with a leading zero digit by digit."""
    if len(digits) > 4 or digits.startswith("0"):
        return "".join(DIGITS[int(digit)] for digit in digits)
    read = ""
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit != "0":
            read += DIGITS[int(digit)] + UNITS[place]
        elif read and not read.endswith("零"):
            read += "零"
    read = read.rstrip("零")
    return read.removeprefix("一") if read.startswith("一十") else read


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over rounds of ours by theirs."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def non_speech_sounds(seed: int = 11) -> Mapping[str, Samples]:
    """Name to float32 (n,) at 16 kHz: what a recogniser hears on a line when nobody speaks."""
    rng = np.random.default_rng(seed)
    t = np.arange(NON_SPEECH_S * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ

    def tone(hz: float) -> np.ndarray:
        return np.sin(2 * np.pi * hz * t)

    chord = tone(262) * tone(1) ** 2 + tone(330) * tone(2) ** 2 + tone(392) * tone(3) ** 2
    keys = np.stack([tone(low) + tone(high) for low, high in _DTMF_HZ])
    sounds = {
        "silence": np.zeros_like(t),
        "ring-back": 0.2 * tone(450) * (t % 5 < 1),
        "dtmf": 0.2 * keys[(t * 2).astype(int) % len(keys), np.arange(t.size)] * (t % 0.5 < 0.2),
        "music": 0.1 * chord,
        "noise": 0.02 * rng.normal(size=t.size),
        "breathing": 0.05 * rng.normal(size=t.size) * np.clip(tone(0.25), 0, 1) ** 2,
    }
    return {name: sound.astype(np.float32) for name, sound in sounds.items()}
