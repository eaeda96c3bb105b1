"""When each token was said: attention over audio frames in, token times and words out. Pure.

Dynamic time warping over Whisper's cross-attention (Radford et al. 2022, section on word timestamps, as in
openai-whisper's `timing.py`), written over anti-diagonals so that numpy does the inner loop: no compiler
starts in every worker.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from transcribe.recognise.protocol import RecognisedWord

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
FRAME_S = 0.02  # one position of the encoder's output
LONGEST_WORD_S = 1.0  # a single character is never held longer; the rest of a stretched word is silence
OPENING_MARKS = "\"'“‘(（[【《「{"
CLOSING_MARKS = "\"'.。,，!！?？:：”’)）]】》」}、;；…"
DIAGONAL, UP, LEFT = 0, 1, 2


def token_start_frames(matrices: Sequence[Floats]) -> list[Ints]:
    """The first frame of each token on the cheapest monotonic path, for several texts at once.

    Args:
        matrices: (n_tokens, n_frames) each, the higher the better a token fits a frame.

    Returns:
        Per matrix (n_tokens,) frame numbers, never falling.
    """
    steps = _steps(matrices)
    return [_starts(steps[:, n], *matrix.shape) for n, matrix in enumerate(matrices)]


def _starts(steps: npt.NDArray[np.int8], n_tokens: int, n_frames: int) -> Ints:
    """Walks back from the last cell; `steps` is (diagonals, tokens + 1)."""
    token, frame = n_tokens, n_frames
    starts = np.zeros(token, dtype=np.int64)
    while token > 0 and frame > 0:
        starts[token - 1] = frame - 1
        step = steps[token + frame, token]
        token -= step != LEFT
        frame -= step != UP
    return starts


def _steps(matrices: Sequence[Floats]) -> npt.NDArray[np.int8]:
    """(diagonals, n, tokens + 1): from where the cheapest path reaches the cell of each text.

    Cells are kept by anti-diagonal (token + frame), which depend on the two before them only. Smaller
    matrices lie in the corner of the largest: no path of theirs leaves it.
    """
    tokens = max(matrix.shape[0] for matrix in matrices)
    frames = max(matrix.shape[1] for matrix in matrices)
    fits = np.zeros((tokens + frames + 1, len(matrices), tokens + 1), dtype=np.float32)
    for n, matrix in enumerate(matrices):
        for token in range(matrix.shape[0]):
            fits[token + 2 : token + 2 + matrix.shape[1], n, token + 1] = matrix[token]
    steps = np.full(fits.shape, LEFT, dtype=np.int8)
    # Cost along the two latest anti-diagonals, indexed by token; 0 is the border before the first token.
    before = np.full(fits.shape[1:], np.inf, dtype=np.float32)
    latest = np.full(fits.shape[1:], np.inf, dtype=np.float32)
    before[:, 0] = 0.0
    for diagonal in range(2, tokens + frames + 1):
        low, high = max(1, diagonal - frames), min(tokens, diagonal - 1) + 1
        cost = np.full(fits.shape[1:], np.inf, dtype=np.float32)
        across, up, left = before[:, low - 1 : high - 1], latest[:, low - 1 : high - 1], latest[:, low:high]
        best = np.minimum(across, up)
        step = steps[diagonal, :, low:high]
        step[...] = np.where(across <= up, DIAGONAL, UP)
        np.copyto(step, LEFT, where=left < best)
        cost[:, low:high] = np.minimum(best, left) - fits[diagonal, :, low:high]
        before, latest = latest, cost
    return steps


@dataclass(frozen=True, slots=True)
class TokenRun:
    """Tokens that decode to one word together: their text and how many they are."""

    text: str
    token_count: int


def token_runs(tokenizer: Any, tokens: Sequence[int]) -> list[TokenRun]:
    """The words of a text's tokens, by the rules of whisper's tokenizer."""
    texts, groups = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
    return [TokenRun(text, len(group)) for text, group in zip(texts[:-1], groups[:-1], strict=True)]


def words_from_tokens(
    runs: Sequence[TokenRun], starts: Ints, probabilities: Sequence[float], duration_s: float
) -> tuple[RecognisedWord, ...]:
    """Words with times and probabilities; punctuation hangs on its neighbour.

    Args:
        runs: the text in order; token counts sum to len(probabilities).
        starts: (n_tokens + 1,) first frames, the last one being the end of text.
        probabilities: one per token, 0..1.
        duration_s: length of the audio; no time exceeds it.
    """
    words: list[RecognisedWord] = []
    first = 0
    for run in runs:
        last = first + run.token_count
        start_s = min(float(starts[first]) * FRAME_S, duration_s)
        end_s = min(max(float(starts[last]) * FRAME_S, start_s), start_s + LONGEST_WORD_S, duration_s)
        probability = float(np.mean(probabilities[first:last])) if last > first else 0.0
        words.append(RecognisedWord(run.text, start_s, end_s, min(1.0, max(0.0, probability))))
        first = last
    return _hang_punctuation(words)


def _hang_punctuation(words: Sequence[RecognisedWord]) -> tuple[RecognisedWord, ...]:
    """Closing marks join the word before, opening marks the word after; the word keeps its own times."""
    joined: list[RecognisedWord] = []
    opening = ""
    for word in words:
        bare = word.text.strip()
        if bare and all(mark in CLOSING_MARKS for mark in bare) and joined and not opening:
            last = joined[-1]
            joined[-1] = RecognisedWord(last.text + word.text, last.start_s, last.end_s, last.probability)
        elif bare and all(mark in OPENING_MARKS for mark in bare):
            opening += word.text
        else:
            joined.append(RecognisedWord(opening + word.text, word.start_s, word.end_s, word.probability))
            opening = ""
    if opening and joined:
        last = joined[-1]
        joined[-1] = RecognisedWord(last.text + opening, last.start_s, last.end_s, last.probability)
    return tuple(joined)
