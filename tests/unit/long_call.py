"""Hears one recording in a process of its own and tells how much memory that took.

In: a file. Out: one JSON object on standard output: peak resident memory before and after, in MB, and what
was heard. All is the product's but the recogniser, whose memory is not in question: it answers by length.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from transcribe import hearing
from transcribe.call import Call, Recording
from transcribe.pipeline import TranscribeOptions, transcribe_calls
from transcribe.recognise.protocol import RecognisedWindow, RecognisedWord, Window
from transcribe.vad import SpeechDetector

SAMPLE_RATE_HZ = 16_000
CHARS_PER_S = 4
NIGHT = date(2026, 11, 20)


class EvenTalker:
    """Four characters for every second of a window."""

    settings_key = "even"

    def __init__(self) -> None:
        self.windows = 0

    def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        self.windows += len(windows)
        return [self._said(window) for window in windows]

    def _said(self, window: Window) -> RecognisedWindow:
        count = max(1, round(window.samples.size / SAMPLE_RATE_HZ * CHARS_PER_S))
        step_s = window.samples.size / SAMPLE_RATE_HZ / count
        words = tuple(
            RecognisedWord("我想问一下账单"[n % 7], n * step_s, (n + 1) * step_s, 0.9) for n in range(count)
        )
        return RecognisedWindow(window.window_id, "".join(word.text for word in words), words, -0.1)


def peak_mb() -> float:
    """Not ru_maxrss: that one starts with what the parent held."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(path: Path) -> None:
    # Portions are bounded by themselves; small ones leave what grows with the length to be seen.
    hearing.WINDOWS_AT_ONCE = 4
    recogniser, detector = EvenTalker(), SpeechDetector()
    detector.speech_spans(np.full(30 * SAMPLE_RATE_HZ, 0.01, np.float32))
    before_mb = peak_mb()
    recording = Recording("c1", (path,), "", NIGHT, NIGHT)
    # Twice: the first must be given back before the second is read.
    both = [recording, replace(recording, call_id="c2")]
    _, call = transcribe_calls(both, recogniser, detector, TranscribeOptions(group_s=0.0))
    report = {
        "before_mb": before_mb,
        "peak_mb": peak_mb(),
        "duration_s": call.transcript.duration_s if isinstance(call, Call) else 0.0,
        "turns": len(call.transcript.turns) if isinstance(call, Call) else 0,
        "windows": recogniser.windows,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
