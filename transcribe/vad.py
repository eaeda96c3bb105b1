"""Where somebody speaks: samples of one channel to speech spans. Edge only in that it reads its weights.

In: samples (n_samples,) at 16 kHz, float32 or 16-bit (converted block by block). Out: ordered, disjoint
`TimeSpan`s in seconds.
The network is silero-vad 6, from the weights of its package. It is spelled out here, because its own
form takes 32 ms per call: without recurrence, all frames of a channel go through the convolutions at once
(0.5 s for 10 min on one core instead of 6.5 s), and a channel's result never depends on what else is in work.
"""

import importlib.util
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from transcribe.call import TimeSpan
from transcribe.channels import Sound, as_float, frame_levels_dbfs
from transcribe.errors import WeightsMissing
from transcribe.tape import SAMPLE_RATE_HZ

FRAME_SAMPLES = 512
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
_CONTEXT_SAMPLES = 64
_FFT_BINS = 129
_HOP_SAMPLES = 128
_STRIDES = (1, 2, 2, 1)
_HIDDEN = 128
_FRAMES_AT_ONCE = 512
_BLOCK_SAMPLES = _FRAMES_AT_ONCE * FRAME_SAMPLES


@dataclass(frozen=True, slots=True)
class VadOptions:
    """When a stretch counts as speech.

    A span opens at `threshold` and closes `exit_margin` below it, so that it does not flicker. Pauses
    shorter than `min_silence_ms` are bridged, spans shorter than `min_speech_ms` dropped, the rest widened
    by `pad_ms` on both sides. A span longer than `max_speech_s` is divided where speech is least likely.
    Frames below `floor_dbfs` are silence without asking the network.
    """

    threshold: float = 0.5
    exit_margin: float = 0.15
    min_speech_ms: float = 250.0
    min_silence_ms: float = 300.0
    pad_ms: float = 120.0
    max_speech_s: float = 28.0
    floor_dbfs: float = -65.0


class SpeechDetector:
    """The network, loaded once, for as many channels as wanted. Not for several threads at once.

    Raises:
        WeightsMissing: the silero-vad package or its weights file is not installed.
    """

    def __init__(self, options: VadOptions | None = None):
        self.options = options or VadOptions()
        self._network = _Network(_load_weights())

    def probabilities(self, samples: Sound) -> NDArray[np.float32]:
        """Returns the speech probability of each frame of `FRAME_SAMPLES`; the last frame is filled up."""
        with torch.inference_mode():
            return np.concatenate([np.zeros(0, np.float32), *self._network.run(samples)])

    def speech_spans(self, samples: Sound) -> tuple[TimeSpan, ...]:
        """Returns the speech of one channel (n_samples,)."""
        if samples.size == 0:
            return ()
        levels_dbfs = frame_levels_dbfs(samples, FRAME_SAMPLES)
        if float(levels_dbfs.max()) < self.options.floor_dbfs:
            return ()
        probabilities = self.probabilities(samples)
        probabilities[levels_dbfs < self.options.floor_dbfs] = 0.0
        return spans_from_probabilities(probabilities, samples.size / SAMPLE_RATE_HZ, self.options)

    def speech_spans_batch(self, channels: Sequence[Sound]) -> list[tuple[TimeSpan, ...]]:
        """Returns the speech of each channel; the same as one by one."""
        return [self.speech_spans(samples) for samples in channels]


def spans_from_probabilities(
    probabilities: NDArray[np.float32], duration_s: float, options: VadOptions
) -> tuple[TimeSpan, ...]:
    """Returns ordered spans within [0, duration_s), disjoint, none longer than `max_speech_s`. Pure."""
    runs = _bridged(_runs(probabilities, options), round(options.min_silence_ms / 1000 / FRAME_S))
    long_enough = [run for run in runs if (run[1] - run[0]) * FRAME_S * 1000 >= options.min_speech_ms]
    padded = _padded(long_enough, duration_s, options.pad_ms / 1000)
    return tuple(piece for span in padded for piece in _divided(span, probabilities, options.max_speech_s))


def _runs(probabilities: NDArray[np.float32], options: VadOptions) -> Iterator[tuple[int, int]]:
    """Frame runs with hysteresis: in at `threshold`, out below `threshold - exit_margin`."""
    begin: int | None = None
    for index, probability in enumerate(probabilities.tolist()):
        if begin is None and probability >= options.threshold:
            begin = index
        elif begin is not None and probability < options.threshold - options.exit_margin:
            yield begin, index
            begin = None
    if begin is not None:
        yield begin, probabilities.size


def _bridged(runs: Iterator[tuple[int, int]], min_silence_frames: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in runs:
        if joined and begin - joined[-1][1] < min_silence_frames:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _padded(runs: Sequence[tuple[int, int]], duration_s: float, pad_s: float) -> list[TimeSpan]:
    """Neighbours closer than two paddings share the pause between them."""
    spans: list[TimeSpan] = []
    for index, (begin, end) in enumerate(runs):
        before_s = runs[index - 1][1] * FRAME_S if index else -np.inf
        after_s = runs[index + 1][0] * FRAME_S if index + 1 < len(runs) else np.inf
        begin_s, end_s = begin * FRAME_S, min(end * FRAME_S, duration_s)
        start_s = max(0.0, begin_s - pad_s, (before_s + begin_s) / 2)
        spans.append(TimeSpan(start_s, min(duration_s, end_s + pad_s, (end_s + after_s) / 2)))
    return spans


def _divided(span: TimeSpan, probabilities: NDArray[np.float32], max_speech_s: float) -> Iterator[TimeSpan]:
    """Cuts at the least likely frame of the second half of what is allowed, until the rest fits."""
    while span.duration_s > max_speech_s:
        low = int((span.start_s + max_speech_s / 2) / FRAME_S) + 1
        high = int((span.start_s + max_speech_s) / FRAME_S)
        cut_s = (
            (low + int(np.argmin(probabilities[low:high]))) * FRAME_S
            if high > low
            else span.start_s + max_speech_s
        )
        yield TimeSpan(span.start_s, cut_s)
        span = TimeSpan(cut_s, span.end_s)
    yield span


class _Network:
    """silero-vad 6 at 16 kHz: spectrum, four convolutions, one LSTM over frames, a logistic output."""

    def __init__(self, weights: dict[str, Tensor]):
        self._basis = weights["stft.forward_basis_buffer"]
        self._convolutions = [
            (weights[f"encoder.{i}.reparam_conv.weight"], weights[f"encoder.{i}.reparam_conv.bias"], stride)
            for i, stride in enumerate(_STRIDES)
        ]
        self._lstm = nn.LSTM(_HIDDEN, _HIDDEN, batch_first=True)
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        self._lstm.load_state_dict({f"{name}_l0": weights[f"decoder.rnn.{name}"] for name in names})
        self._out_weight = weights["decoder.decoder.2.weight"][0, :, 0]
        self._out_bias = weights["decoder.decoder.2.bias"]

    def run(self, samples: Sound) -> Iterator[NDArray[np.float32]]:
        """Yields probabilities block by block. A frame sees the 64 samples before it."""
        state: tuple[Tensor, Tensor] | None = None
        for at in range(0, samples.size, _BLOCK_SAMPLES):
            block = as_float(samples[max(0, at - _CONTEXT_SAMPLES) : at + _BLOCK_SAMPLES])
            before = 0 if at else _CONTEXT_SAMPLES
            padded = np.pad(block, (before, (_CONTEXT_SAMPLES - before - block.size) % FRAME_SAMPLES))
            frames = torch.from_numpy(padded).unfold(0, _CONTEXT_SAMPLES + FRAME_SAMPLES, FRAME_SAMPLES)
            hidden, state = self._lstm(self._encode(frames).unsqueeze(0), state)
            logits = functional.relu(hidden[0]) @ self._out_weight + self._out_bias
            yield torch.sigmoid(logits).numpy()

    def _encode(self, frames: Tensor) -> Tensor:
        x = functional.pad(frames.unsqueeze(1), (0, _CONTEXT_SAMPLES), mode="reflect")
        x = functional.conv1d(x, self._basis, stride=_HOP_SAMPLES)
        x = torch.sqrt(x[:, :_FFT_BINS] ** 2 + x[:, _FFT_BINS:] ** 2)
        for weight, bias, stride in self._convolutions:
            x = functional.relu(functional.conv1d(x, weight, bias, stride=stride, padding=1))
        return x.squeeze(-1)


def _load_weights() -> dict[str, Tensor]:
    # The package is found, not imported: importing it sets torch to one thread for the whole process.
    spec = importlib.util.find_spec("silero_vad")
    folders = list(spec.submodule_search_locations or []) if spec else []
    path = Path(folders[0]) / "data" / "silero_vad.jit" if folders else None
    if path is None or not path.is_file():
        raise WeightsMissing(f"silero-vad 的权重找不到({path}), 请安装: pip install 'silero-vad>=6.2,<7'")
    with warnings.catch_warnings():
        # The package ships the current weights as TorchScript only, a format on its way out.
        warnings.simplefilter("ignore", DeprecationWarning)
        state = torch.jit.load(str(path), map_location="cpu").state_dict()
    prefix = "_model."
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
