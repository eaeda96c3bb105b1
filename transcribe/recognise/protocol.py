"""What every recogniser takes and returns: many windows of many calls at once. Pure.

A window is at most 30 s of one voice; its times count from its own first sample. Where a window came from
is `transcribe.packing`'s business, so a recogniser is one file and knows nothing of calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
SAMPLE_RATE_HZ = 16_000
WINDOW_S = 30  # what Whisper's encoder sees at once
WINDOW_SAMPLES = WINDOW_S * SAMPLE_RATE_HZ
# Text tokens per window: fast Mandarin needs about 250 in 30 s; whisper's default of 224 would cut it.
MAX_TOKENS = 340
# Leads Whisper to simplified characters with punctuation; any other sentence of that kind would do.
DEFAULT_PROMPT = "以下是普通话的句子。"


@dataclass(frozen=True, slots=True)
class RecogniseOptions:
    """How to recognise.

    `beam_size` 1 is greedy. `batch_size`, `threads` and `device` change the speed, never the text.
    `threads` None takes one per core. `prompt` is put before every window and never returned. `precision`
    is "auto", "int8", "fp32" or "fp16"; "auto" is the fastest that loses nothing worth naming. `engine`
    names the recogniser (see `transcribe.recognise.engines`). `max_tokens` is where a text ends at last.
    """

    language: str = "zh"
    prompt: str = DEFAULT_PROMPT
    beam_size: int = 5
    batch_size: int = 8
    device: str = "cpu"
    threads: int | None = None
    engine: str = "openai-whisper"
    precision: str = "auto"
    max_tokens: int = MAX_TOKENS


@dataclass(frozen=True, slots=True)
class Window:
    """Audio to recognise: float32 (n,), 16 kHz, mono, in -1..1, n <= 480000. `window_id` is unique.

    `prompt` is put before this window instead of the options' prompt; None leaves that one.
    """

    window_id: str
    samples: Samples
    prompt: str | None = None

    @property
    def duration_s(self) -> float:
        return self.samples.size / SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """One word; times in seconds from the window's start, `probability` the mean of its tokens' (0..1)."""

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class RecognisedWindow:
    """What was heard in one window.

    `text` is all words joined, as the model wrote it (not normalised). `mean_log_probability` is per token,
    natural logarithm, <= 0; `no_speech_probability` in 0..1; `compression_ratio` is the bytes of the text
    over its zlib size: above about 2.4 the text repeats itself.
    """

    window_id: str
    text: str
    words: tuple[RecognisedWord, ...]
    mean_log_probability: float = 0.0
    no_speech_probability: float = 0.0
    compression_ratio: float = 0.0


class Recogniser(Protocol):
    """Anything that turns windows into words."""

    @property
    def settings_key(self) -> str:
        """All that changes the text, weights included, in one line: part of the key of stored results."""
        ...

    def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        """One result per window, in the order given; a window's result never depends on its neighbours."""
        ...

    def score(self, windows: Sequence[Window], texts: Sequence[str]) -> list[float]:
        """How likely the recogniser finds each text over the sound of its window (forced decoding).

        `texts[i]` belongs to `windows[i]`; the same window may be given several times with other texts.
        Returns the sum of natural log probabilities of the text's tokens and of its end, each <= 0: the
        difference of two texts over one window is their log likelihood ratio.
        """
        ...
