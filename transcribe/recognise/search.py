"""Batched beam search over Whisper's decoder: encoded windows in, text tokens and their likelihood out. Pure.

openai-whisper's own search takes one window at a time as soon as the beam is wider than one. Here all
windows and beams advance together: beams are laid along the query axis, so that a window's audio is read once
for all of them, and nobody's cache is copied when beams change places: a mask tells which cached tokens are a
beam's ancestors. Finished windows leave the batch. No row sees another row, so the text of a window
does not depend on what shares its batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor

from transcribe.recognise.decoder import Audio, Decoder, TextCache

LEAVE_RATIO = 0.25  # rows are taken out when this share of them is done
LOOP_PERIODS = range(1, 16)
LOOP_TOKENS = 30  # so many tokens that only repeat one period end the search
LOOP_REPEATS = 4


@dataclass(frozen=True, slots=True)
class SearchRules:
    """What may be written.

    `initial_tokens` start every window; `start_index` is where <|startoftranscript|> is in them.
    `first_bias` and `later_bias` (n_vocab,) are added to the logits: 0, or -inf for what is forbidden.
    """

    initial_tokens: tuple[int, ...]
    start_index: int
    end_token: int
    no_speech_token: int
    max_tokens: int
    first_bias: Tensor
    later_bias: Tensor

    @property
    def forbidden(self) -> list[int]:
        """Tokens that may never be written."""
        return torch.nonzero(self.later_bias == -torch.inf)[:, 0].tolist()


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The likeliest text of one window: its tokens, mean natural log probability, and P(no speech).

    `log_probabilities` has one natural logarithm per token.
    """

    tokens: list[int]
    log_probabilities: list[float]
    mean_log_probability: float
    no_speech_probability: float


@dataclass(slots=True)
class _Row:
    """One window under way: its live beams, best first, and the texts that reached their end.

    A beam is its tokens with the log probability after each: the latest one is the beam's sum.
    """

    index: int
    no_speech_probability: float
    beams: list[list[int]]
    sums: list[list[float]]
    finished: list[tuple[list[int], list[float]]] = field(default_factory=list[tuple[list[int], list[float]]])

    def best(self) -> Hypothesis:
        """Ranked by mean log probability, the end token counted, as a longer text always has a lower sum."""
        candidates = self.finished or [(self.beams[0], self.sums[0])]
        tokens, sums = max(candidates, key=lambda pair: pair[1][-1] / (len(pair[0]) + 1))
        steps = [after - before for before, after in pairwise([0.0, *sums[: len(tokens)]])]
        mean = min(0.0, sums[-1] / (len(tokens) + 1))
        return Hypothesis(tokens, steps, mean, self.no_speech_probability)


def search(
    decoder: Decoder, audio: Audio, n_rows: int, rules: SearchRules, beam_size: int
) -> list[Hypothesis]:
    """The likeliest text of every window.

    Args:
        decoder: the prepared text decoder.
        audio: what it reads of `n_rows` windows.
        n_rows: how many they are.
        rules: how a text starts, ends and what it may hold.
        beam_size: 1 is greedy.

    Returns:
        One hypothesis per window, in order.
    """
    cache = TextCache()
    rows, step_logits = _start(decoder, audio, cache, n_rows, rules)
    results: dict[int, Hypothesis] = {}
    visible = torch.ones((len(rows), 1, cache.length), dtype=torch.bool, device=decoder.device)
    for step in range(rules.max_tokens):
        bias = rules.later_bias if step else rules.first_bias
        parents = _extend(rows, step_logits.add_(bias), rules.end_token, beam_size)
        done = [row.index in results or _is_done(row, beam_size) for row in rows]
        results |= {row.index: row.best() for row, over in zip(rows, done, strict=True) if over}
        if all(done) or step + 1 == rules.max_tokens:
            break
        if beam_size > 1:
            picked = torch.tensor(parents, device=decoder.device)
            visible = torch.take_along_dim(visible, picked[:, :, None], dim=1)
        if sum(done) >= max(1, LEAVE_RATIO * len(rows)):
            staying = torch.tensor([n for n, over in enumerate(done) if not over], device=decoder.device)
            cache.keep(staying)
            audio, visible = audio.rows(staying), visible[staying]
            rows = [row for row, over in zip(rows, done, strict=True) if not over]
        tokens = torch.tensor([[beam[-1] for beam in row.beams] for row in rows], device=decoder.device)
        if beam_size > 1:
            itself = torch.eye(beam_size, dtype=torch.bool, device=decoder.device).expand(len(rows), -1, -1)
            visible = torch.cat([visible, itself], dim=2)
        position = torch.full((1,), len(rules.initial_tokens) + step, device=decoder.device)
        mask = visible[:, None] if beam_size > 1 else None
        step_logits = decoder.logits(decoder.read(tokens, position, audio, cache, mask))
    results |= {row.index: row.best() for row in rows if row.index not in results}
    return [results[index] for index in range(n_rows)]


def _start(
    decoder: Decoder, audio: Audio, cache: TextCache, n_rows: int, rules: SearchRules
) -> tuple[list[_Row], Tensor]:
    """Reads the initial tokens: one empty beam per row, and (n, 1, n_vocab) logits for the first token."""
    hidden = decoder.read_rows([rules.initial_tokens] * n_rows, audio, cache)
    both = decoder.logits(hidden[:, [rules.start_index, -1]])
    silence = both[:, 0].softmax(dim=-1)[:, rules.no_speech_token]
    rows = [_Row(index, value, [[]], [[]]) for index, value in enumerate(silence.tolist())]
    return rows, both[:, 1:]


def _extend(rows: Sequence[_Row], logits: Tensor, end_token: int, beam_size: int) -> list[list[int]]:
    """Advances every row by one token; tells for each new beam which old one it continues."""
    # The greatest logits less their sum: a whole log softmax would write the vocabulary once more.
    highest, tokens = logits.topk(beam_size + 1, dim=-1)
    scores = highest - logits.logsumexp(dim=-1, keepdim=True)
    parents: list[list[int]] = []
    for row, row_scores, row_tokens in zip(rows, scores.tolist(), tokens.tolist(), strict=True):
        candidates = sorted(
            (
                ((row.sums[beam][-1] if row.sums[beam] else 0.0) + score, beam, token)
                for beam in range(len(row.beams))
                for score, token in zip(row_scores[beam], row_tokens[beam], strict=True)
            ),
            reverse=True,
        )
        kept: list[tuple[float, int, int]] = []
        for total, beam, token in candidates:
            if token == end_token:
                row.finished.append((row.beams[beam], [*row.sums[beam], total]))
            else:
                kept.append((total, beam, token))
            if len(kept) == beam_size:
                break
        row.sums = [[*row.sums[beam], total] for total, beam, _ in kept]
        row.beams = [[*row.beams[beam], token] for _, beam, token in kept]
        parents.append([beam for _, beam, _ in kept])
    return parents


def _is_done(row: _Row, beam_size: int) -> bool:
    return len(row.finished) >= beam_size or (not row.finished and is_looping(row.beams[0]))


def is_looping(tokens: Sequence[int]) -> bool:
    """True when the latest tokens only repeat one short sequence."""
    for period in LOOP_PERIODS:
        span = max(LOOP_TOKENS, LOOP_REPEATS * period)
        if len(tokens) >= span + period and all(
            tokens[-at] == tokens[-at - period] for at in range(1, span + 1)
        ):
            return True
    return False
