"""The physical limit of recognition: encoder operations over what this processor can do. Edge: times.

The encoder's work is known exactly (Vaswani et al. 2017, Radford et al. 2022): per position and layer 24 d^2
operations in linear layers and 4 n d in attention, plus two convolutions. Whoever decodes must also
encode, so no recogniser of these windows is faster than this, whatever its decoder.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from transcribe.recognise.alignment import FRAME_S
from transcribe.recognise.linear import Linear, has_fast_int8
from transcribe.recognise.openai_whisper import TAIL_S
from transcribe.recognise.protocol import WINDOW_S

N_STATE, N_LAYER, N_MELS = 512, 6, 80  # whisper base
_ROWS, _TRIES = 1500, 9


@dataclass(frozen=True, slots=True)
class Throughput:
    """Operations per second of this machine's matrix products, all threads together."""

    linear_per_s: float
    attention_per_s: float


def encoder_operations(window_s: Sequence[float]) -> tuple[float, float]:
    """(linear and convolution, attention) operations for windows of these seconds, read as ours reads."""
    linear = attention = 0.0
    for seconds in window_s:
        frames = min(WINDOW_S, seconds + TAIL_S) / FRAME_S
        linear += frames * (24 * N_STATE**2 * N_LAYER + 2 * 3 * N_STATE * (2 * N_MELS + N_STATE))
        attention += frames * 4 * frames * N_STATE * N_LAYER
    return linear, attention


@torch.inference_mode()
def measured_throughput(threads: int) -> Throughput:
    """The best of some tries at the shapes of whisper base, on one thread, times the threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    rows, weight = torch.randn(_ROWS, N_STATE), torch.randn(4 * N_STATE, N_STATE)
    product = Linear(weight, None, is_int8=has_fast_int8())
    linear_s = _best(lambda: product(rows))
    heads = torch.randn(256, 64).bfloat16(), torch.randn(64, _ROWS).bfloat16()
    attention_s = _best(lambda: heads[0] @ heads[1])
    torch.set_num_threads(before)
    return Throughput(
        linear_per_s=threads * 2 * _ROWS * N_STATE * 4 * N_STATE / linear_s,
        attention_per_s=threads * 2 * 256 * 64 * _ROWS / attention_s,
    )


def _best(work: Callable[[], object]) -> float:
    work()
    best = float("inf")
    for _ in range(_TRIES):
        start = time.perf_counter()
        for _ in range(5):
            work()
        best = min(best, (time.perf_counter() - start) / 5)
    return best
