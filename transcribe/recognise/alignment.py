"""When each token was said: attention over audio frames in, token times and words out. Pure.

Dynamic time warping over Whisper's cross-attention (Radford et al. 2022, section on word timestamps, as in
openai-whisper's `timing.py`), written over anti-diagonals so that numpy does the inner loop: no compiler
starts in every worker.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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


def token_start_frames(matrix: Floats) -> Ints:
    """The first frame of each token on the cheapest monotonic path.

    Args:
        matrix: (n_tokens, n_frames), the higher the better a token fits a frame.

    Returns:
        (n_tokens,) frame numbers, never falling.
    """
    steps = _steps(matrix)
    token, frame = matrix.shape
    starts = np.zeros(token, dtype=np.int64)
    while token > 0 and frame > 0:
        starts[token - 1] = frame - 1
        step = steps[token, frame]
        token -= step != LEFT
        frame -= step != UP
    return starts


def _steps(matrix: Floats) -> npt.NDArray[np.int8]:
    """(n_tokens + 1, n_frames + 1): from where the cheapest path reaches each cell."""
    tokens, frames = matrix.shape
    steps = np.full((tokens + 1, frames + 1), LEFT, dtype=np.int8)
    # Cost along the two latest anti-diagonals, indexed by token; 0 is the border before the first token.
    before = np.full(tokens + 1, np.inf, dtype=np.float64)
    latest = np.full(tokens + 1, np.inf, dtype=np.float64)
    before[0] = 0.0
    for diagonal in range(2, tokens + frames + 1):
        low, high = max(1, diagonal - frames), min(tokens, diagonal - 1)
        rows = np.arange(low, high + 1)
        options = np.stack([before[rows - 1], latest[rows - 1], latest[rows]])
        best = options.argmin(axis=0)
        cost = np.full(tokens + 1, np.inf, dtype=np.float64)
        cost[rows] = options[best, np.arange(rows.size)] - matrix[rows - 1, diagonal - rows - 1]
        steps[rows, diagonal - rows] = best
        before, latest = latest, cost
    return steps


@dataclass(frozen=True, slots=True)
class TokenRun:
    """Tokens that decode to one word together: their text and how many they are."""

    text: str
    token_count: int


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
