"""Batched beam search over Whisper's decoder: encoded windows in, text tokens and their likelihood out. Pure.

openai-whisper's own search takes one window at a time as soon as the beam is wider than one. Here all
windows and beams advance together: beams are laid along the query axis, so that a window's audio is read once
for all of them, and nobody's cache is copied when beams change places: a mask tells which cached tokens are a
beam's ancestors. Finished windows leave the batch. No row sees another row, so the text of a window
does not depend on what shares its batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

CACHE_STEPS = 64  # the cache grows by this many tokens
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


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The likeliest text of one window: its tokens, mean natural log probability, and P(no speech)."""

    tokens: list[int]
    mean_log_probability: float
    no_speech_probability: float


@dataclass(slots=True)
class _Row:
    """One window under way: its live beams, best first, and the texts that reached their end."""

    index: int
    no_speech_probability: float
    beams: list[list[int]]
    sums: list[float]
    finished: list[tuple[list[int], float]] = field(default_factory=list[tuple[list[int], float]])

    def best(self) -> Hypothesis:
        """Ranked by mean log probability, the end token counted, as a longer text always has a lower sum."""
        candidates = self.finished or [(self.beams[0], self.sums[0])]
        tokens, total = max(candidates, key=lambda pair: pair[1] / (len(pair[0]) + 1))
        return Hypothesis(tokens, min(0.0, total / (len(tokens) + 1)), self.no_speech_probability)


class _Cache:
    """Keys and values of all decoder layers for the rows still in the batch: (rows, heads, tokens, 64)."""

    def __init__(self, model: Any, features: Tensor):
        self.model = model
        self.cross = [
            (self.heads(block.cross_attn.key(features)), self.heads(block.cross_attn.value(features)))
            for block in model.decoder.blocks
        ]
        self.own: list[tuple[Tensor, Tensor]] = []
        self.length = 0

    def heads(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.model.dims.n_text_head, -1)).transpose(1, 2).contiguous()

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """All keys and values of a layer, the new ones included."""
        start, end = self.length, self.length + keys.shape[2]
        if layer == len(self.own):
            self.own.append((keys.new_empty(0), keys.new_empty(0)))
        held_keys, held_values = self.own[layer]
        if held_keys.numel() == 0 or held_keys.shape[2] < end:
            shape = (*keys.shape[:2], end + CACHE_STEPS * keys.shape[2], keys.shape[3])
            grown_keys, grown_values = keys.new_empty(shape), values.new_empty(shape)
            if start:
                grown_keys[:, :, :start] = held_keys[:, :, :start]
                grown_values[:, :, :start] = held_values[:, :, :start]
            self.own[layer] = held_keys, held_values = grown_keys, grown_values
        held_keys[:, :, start:end] = keys
        held_values[:, :, start:end] = values
        return held_keys[:, :, :end], held_values[:, :, :end]

    def keep(self, rows: Tensor) -> None:
        """Drops all rows but those numbered in `rows`."""
        self.cross = [(keys[rows], values[rows]) for keys, values in self.cross]
        self.own = [(keys[rows], values[rows]) for keys, values in self.own]


def search(model: Any, features: Tensor, rules: SearchRules, beam_size: int) -> list[Hypothesis]:
    """The likeliest text of every window.

    Args:
        model: a whisper.model.Whisper.
        features: (n, n_audio_ctx, n_audio_state) from its encoder.
        rules: how a text starts, ends and what it may hold.
        beam_size: 1 is greedy.

    Returns:
        One hypothesis per row of `features`, in order.
    """
    cache = _Cache(model, features)
    rows, step_logits = _start(cache, features.shape[0], rules)
    results: dict[int, Hypothesis] = {}
    visible = torch.ones((len(rows), 1, cache.length), dtype=torch.bool, device=features.device)
    for step in range(rules.max_tokens):
        bias = rules.later_bias if step else rules.first_bias
        parents = _extend(rows, step_logits + bias, rules.end_token, beam_size)
        done = [row.index in results or _is_done(row, beam_size) for row in rows]
        results |= {row.index: row.best() for row, over in zip(rows, done, strict=True) if over}
        if all(done) or step + 1 == rules.max_tokens:
            break
        picked = torch.tensor(parents, device=features.device)
        visible = torch.take_along_dim(visible, picked[:, :, None], dim=1)
        if sum(done) >= max(1, LEAVE_RATIO * len(rows)):
            staying = torch.tensor([n for n, over in enumerate(done) if not over], device=features.device)
            cache.keep(staying)
            visible = visible[staying]
            rows = [row for row, over in zip(rows, done, strict=True) if not over]
        step_logits, visible = _step(cache, rows, visible, len(rules.initial_tokens) + step)
    results |= {row.index: row.best() for row in rows if row.index not in results}
    return [results[index] for index in range(features.shape[0])]


def _start(cache: _Cache, n_rows: int, rules: SearchRules) -> tuple[list[_Row], Tensor]:
    """Reads the initial tokens: one empty beam per row, and (n, 1, n_vocab) logits for the first token."""
    device = cache.cross[0][0].device
    tokens = torch.tensor([rules.initial_tokens], device=device).repeat(n_rows, 1)
    length = tokens.shape[1]
    causal = torch.ones((length, length), dtype=torch.bool, device=device).tril()
    hidden = _forward(cache, tokens, torch.arange(length, device=device), causal)
    silence = _logits(cache.model, hidden[:, rules.start_index]).softmax(dim=-1)[:, rules.no_speech_token]
    rows = [_Row(index, value, [[]], [0.0]) for index, value in enumerate(silence.tolist())]
    return rows, _logits(cache.model, hidden[:, -1:])


def _step(cache: _Cache, rows: Sequence[_Row], visible: Tensor, position: int) -> tuple[Tensor, Tensor]:
    """Feeds every beam's latest token: (n, n_beams, n_vocab) logits, and what each beam may now see."""
    device = visible.device
    tokens = torch.tensor([[beam[-1] for beam in row.beams] for row in rows], device=device)
    itself = torch.eye(tokens.shape[1], dtype=torch.bool, device=device).expand(len(rows), -1, -1)
    visible = torch.cat([visible, itself], dim=2)
    mask = visible[:, None] if tokens.shape[1] > 1 else None
    hidden = _forward(cache, tokens, torch.full((1,), position, device=device), mask)
    return _logits(cache.model, hidden), visible


def _forward(cache: _Cache, tokens: Tensor, positions: Tensor, mask: Tensor | None) -> Tensor:
    """(n, n_tokens, n_state) hidden states; the tokens' keys and values join the cache."""
    decoder = cache.model.decoder
    x = decoder.token_embedding(tokens) + decoder.positional_embedding[positions]
    x = x.to(cache.cross[0][0].dtype)
    for layer, block in enumerate(decoder.blocks):
        normed = block.attn_ln(x)
        new = cache.heads(block.attn.key(normed)), cache.heads(block.attn.value(normed))
        keys, values = cache.append(layer, *new)
        seen = scaled_dot_product_attention(
            cache.heads(block.attn.query(normed)), keys, values, attn_mask=mask
        )
        x = x + block.attn.out(seen.transpose(1, 2).flatten(2))
        query = cache.heads(block.cross_attn.query(block.cross_attn_ln(x)))
        heard = scaled_dot_product_attention(query, *cache.cross[layer])
        x = x + block.cross_attn.out(heard.transpose(1, 2).flatten(2))
        x = x + block.mlp(block.mlp_ln(x))
    cache.length += tokens.shape[1]
    return decoder.ln(x)


def _logits(model: Any, hidden: Tensor) -> Tensor:
    return (hidden @ model.decoder.token_embedding.weight.to(hidden.dtype).T).float()


def _extend(rows: Sequence[_Row], logits: Tensor, end_token: int, beam_size: int) -> list[list[int]]:
    """Advances every row by one token; tells for each new beam which old one it continues."""
    scores, tokens = logits.log_softmax(dim=-1).topk(beam_size + 1, dim=-1)
    parents: list[list[int]] = []
    for row, row_scores, row_tokens in zip(rows, scores.tolist(), tokens.tolist(), strict=True):
        candidates = sorted(
            (
                (row.sums[beam] + score, beam, token)
                for beam in range(len(row.beams))
                for score, token in zip(row_scores[beam], row_tokens[beam], strict=True)
            ),
            reverse=True,
        )
        kept: list[tuple[float, int, int]] = []
        for total, beam, token in candidates:
            if token == end_token:
                row.finished.append((row.beams[beam], total))
            else:
                kept.append((total, beam, token))
            if len(kept) == beam_size:
                break
        row.sums = [total for total, _, _ in kept]
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
