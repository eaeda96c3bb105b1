"""When each token of known texts was said: one teacher-forced pass for a whole batch. Pure.

Whisper's cross-attention in some heads follows the sound (openai-whisper's `timing.py`; Radford et al. 2022):
softmax over frames, standardised over tokens, smoothed by a median over frames, averaged over heads, then
dynamic time warping. The pass leaves the prompt out: it would take attention from the first words.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from transcribe.recognise.alignment import FRAME_S, token_runs, token_start_frames, words_from_tokens
from transcribe.recognise.decoder import Audio, Decoder, Watch, forced_rows
from transcribe.recognise.protocol import RecognisedWord
from transcribe.recognise.search import Hypothesis

_REACH = 3  # the median of a frame and three on both sides, as in whisper.timing
# Compare-and-swap steps after which the fourth of seven values is their median (N. Devillard, 1998).
_MEDIAN_OF_SEVEN = (
    *((0, 5), (0, 3), (1, 6), (2, 4), (0, 1), (3, 5), (2, 6)),
    *((2, 3), (3, 6), (4, 5), (1, 4), (1, 3), (3, 4)),
)


class TextTimer:
    """Word times for texts over windows of sound."""

    def __init__(self, decoder: Decoder, tokenizer: Any, alignment_heads: Tensor):
        """`alignment_heads` is whisper's sparse (n_layers, n_heads) table."""
        self._decoder = decoder
        self._tokenizer = tokenizer
        self._heads: dict[int, list[int]] = {}
        for layer, head in alignment_heads.indices().T.tolist():
            self._heads.setdefault(layer, []).append(head)

    def words(
        self, audio: Audio, found: Sequence[Hypothesis], durations_s: Sequence[float]
    ) -> list[tuple[RecognisedWord, ...]]:
        """The words of every window of `audio`; windows without text have none."""
        if not any(result.tokens for result in found):
            return [() for _ in found]
        watched = self._watch(audio, [result.tokens for result in found])
        matrices = [
            _matrix(watched[row], len(result.tokens), max(1, round(duration_s / FRAME_S)))
            for row, (result, duration_s) in enumerate(zip(found, durations_s, strict=True))
        ]
        starts = token_start_frames(matrices)
        return [
            self._timed(result, start, duration_s) if result.tokens else ()
            for result, start, duration_s in zip(found, starts, durations_s, strict=True)
        ]

    def _timed(self, result: Hypothesis, starts: Any, duration_s: float) -> tuple[RecognisedWord, ...]:
        probabilities = np.exp(result.log_probabilities).tolist()
        return words_from_tokens(
            token_runs(self._tokenizer, result.tokens), starts, probabilities, duration_s
        )

    def _watch(self, audio: Audio, texts: Sequence[list[int]]) -> Tensor:
        """Attention before softmax, (n_rows, n_heads, n_tokens + 1, n_frames), the end of text included."""
        start = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        watch = Watch(self._heads)
        self._decoder.read_rows(forced_rows(start, texts, self._tokenizer.eot), audio, watch=watch)
        # From the token after the language on: <|notimestamps|> takes up what is before the first word.
        return torch.cat(watch.scores, dim=1)[:, :, len(start) - 1 :]


def _matrix(scores: Tensor, n_tokens: int, frames: int) -> Any:
    """(n_tokens + 1, frames) numpy: how well each token of one row fits each frame."""
    picked = scores[:, : n_tokens + 1, :frames].softmax(dim=-1)
    std, mean = torch.std_mean(picked, dim=-2, keepdim=True, unbiased=False)
    return smoothed((picked - mean) / std.clamp(min=1e-9)).mean(dim=0).cpu().numpy()


def smoothed(values: Tensor) -> Tensor:
    """The running median of seven along the last axis of (n, m, frames), mirrored at the ends."""
    if values.shape[-1] <= _REACH:
        return values
    padded = functional.pad(values, (_REACH, _REACH), mode="reflect")
    last = values.shape[-1]
    shifted = [padded[..., at : at + last] for at in range(2 * _REACH + 1)]
    for low, high in _MEDIAN_OF_SEVEN:
        one, other = shifted[low], shifted[high]
        shifted[low], shifted[high] = torch.minimum(one, other), torch.maximum(one, other)
    return shifted[_REACH]
