"""Whisper's text decoder, prepared for many windows at once: tokens in, states and scores out. Pure.

Features of windows of different lengths share a batch: shorter ones are padded, and the padding is masked.
Keys and values of the audio are computed once per window; those of the text grow in place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from transcribe.recognise.linear import Linear, fused_self_attention

_GROWTH_STEPS = 64  # the cache grows by so many steps


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """What the decoder reads of n windows.

    `layers` holds per decoder layer keys and values, (n, n_heads, n_frames, 64) each; `mask` is
    (n, 1, 1, n_frames), 0 or -inf, or None where all windows have the same length.
    """

    layers: tuple[tuple[Tensor, Tensor], ...]
    mask: Tensor | None

    def rows(self, numbers: Tensor) -> "Audio":
        """Only the windows numbered in `numbers`."""
        layers = tuple((keys[numbers], values[numbers]) for keys, values in self.layers)
        return Audio(layers, None if self.mask is None else self.mask[numbers])


class TextCache:
    """Keys and values of the tokens read so far, per layer (n, n_heads, n_tokens, 64)."""

    def __init__(self) -> None:
        self._layers: list[tuple[Tensor, Tensor]] = []
        self.length = 0

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """All keys and values of a layer, the new ones included; `length` grows when a step is over."""
        start, end = self.length, self.length + keys.shape[2]
        if layer == len(self._layers):
            self._layers.append((keys.new_empty(0), keys.new_empty(0)))
        held_keys, held_values = self._layers[layer]
        if held_keys.numel() == 0 or held_keys.shape[2] < end:
            # What is read at first, a prompt or a whole text, is read once: room is left for steps only.
            room = end + _GROWTH_STEPS * keys.shape[2] if start else end
            shape = (*keys.shape[:2], room, keys.shape[3])
            grown_keys, grown_values = keys.new_empty(shape), values.new_empty(shape)
            if start:
                grown_keys[:, :, :start] = held_keys[:, :, :start]
                grown_values[:, :, :start] = held_values[:, :, :start]
            self._layers[layer] = held_keys, held_values = grown_keys, grown_values
        held_keys[:, :, start:end] = keys
        held_values[:, :, start:end] = values
        return held_keys[:, :, :end], held_values[:, :, :end]

    def keep(self, numbers: Tensor) -> None:
        """Drops all rows but those numbered in `numbers`."""
        self._layers = [(keys[numbers], values[numbers]) for keys, values in self._layers]


class Decoder:
    """A whisper.model.TextDecoder with fused products, int8 where that is faster, else in `dtype`."""

    def __init__(self, decoder: Any, is_int8: bool, dtype: torch.dtype = torch.float32):
        self._embedding: Tensor = decoder.token_embedding.weight.to(dtype)
        self._positions: Tensor = decoder.positional_embedding.to(dtype)
        self._blocks = [_Block(block, is_int8, dtype) for block in decoder.blocks]
        self._ln = decoder.ln
        self._to_logits = Linear(self._embedding, None, is_int8)

    @property
    def device(self) -> torch.device:
        return self._embedding.device

    def hear(self, features: Sequence[Tensor]) -> Audio:
        """Prepares encoded windows, each (n_frames, n_state), n_frames may differ."""
        lengths = [len(item) for item in features]
        longest = max(lengths)
        by_layer = [[block.audio(item, longest) for item in features] for block in self._blocks]
        layers = [
            (torch.stack([keys for keys, _ in windows]), torch.stack([values for _, values in windows]))
            for windows in by_layer
        ]
        mask = None
        if min(lengths) < longest:
            mask = layers[0][0].new_zeros(len(lengths), 1, 1, longest)
            for row, n in enumerate(lengths):
                mask[row, :, :, n:] = -torch.inf
        return Audio(tuple(layers), mask)

    def read(
        self,
        tokens: Tensor,
        positions: Tensor,
        audio: Audio,
        cache: TextCache,
        mask: Tensor | None,
        watch: "Watch | None" = None,
    ) -> Tensor:
        """Hidden states (n, n_tokens, n_state) of `tokens` (n, n_tokens); they join the cache.

        `mask` (bool, as (n, n_heads, n_tokens, n_cached)) tells what each token may see of the text.
        """
        x = self._embedding[tokens] + self._positions[positions]
        for layer, block in enumerate(self._blocks):
            x = block(x, layer, audio, cache, mask, watch)
        cache.length += tokens.shape[1]
        return x

    def read_rows(
        self,
        rows: Sequence[Sequence[int]],
        audio: Audio,
        cache: TextCache | None = None,
        watch: "Watch | None" = None,
    ) -> Tensor:
        """Hidden states (n, n_tokens, n_state) of whole rows of tokens, all as long, read from the start."""
        tokens = torch.tensor(rows, device=self.device)
        n_tokens = tokens.shape[1]
        causal = torch.ones((n_tokens, n_tokens), dtype=torch.bool, device=self.device).tril()
        positions = torch.arange(n_tokens, device=self.device)
        return self.read(tokens, positions, audio, cache or TextCache(), causal, watch)

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., n_vocab) float32 scores of the next token."""
        return self._to_logits(self._ln(hidden)).float()


def forced_rows(start: Sequence[int], texts: Sequence[Sequence[int]], end_token: int) -> list[list[int]]:
    """`start`, a text and its end per row, filled up on the right, which a causal decoder cannot see."""
    longest = max(len(text) for text in texts)
    return [[*start, *text, *[end_token] * (longest + 1 - len(text))] for text in texts]


class Watch:
    """Keeps the attention scores, before softmax, of some heads: `heads` maps a layer to its head numbers."""

    def __init__(self, heads: dict[int, list[int]]):
        self.heads = heads
        self.scores: list[Tensor] = []

    def __call__(self, layer: int, scores: Tensor) -> None:
        if layer in self.heads:
            self.scores.append(scores[:, self.heads[layer]].float())


class _Block:
    def __init__(self, block: Any, is_int8: bool, dtype: torch.dtype):
        attn, cross = block.attn, block.cross_attn

        def linear(weight: Tensor, bias: Tensor) -> Linear:
            return Linear(weight.to(dtype), bias.to(dtype), is_int8)

        self._n_head: int = attn.n_head
        self._is_int8 = is_int8
        scale = (cross.query.weight.shape[0] // cross.n_head) ** -0.5
        no_bias = torch.zeros_like(cross.query.bias)
        self._qkv = linear(*fused_self_attention(attn))
        self._out = linear(attn.out.weight, attn.out.bias)
        self._cross_query = linear(cross.query.weight * scale, cross.query.bias * scale)
        self._cross_key_value = linear(
            torch.cat([cross.key.weight, cross.value.weight]), torch.cat([no_bias, cross.value.bias])
        )
        self._cross_out = linear(cross.out.weight, cross.out.bias)
        self._first = linear(block.mlp[0].weight, block.mlp[0].bias)
        self._second = linear(block.mlp[2].weight, block.mlp[2].bias)
        self._attn_ln, self._cross_ln, self._mlp_ln = block.attn_ln, block.cross_attn_ln, block.mlp_ln

    def audio(self, features: Tensor, n_frames: int) -> tuple[Tensor, Tensor]:
        """Keys and values (n_heads, n_frames, 64) of one window's features, filled up to `n_frames`."""
        both = self._cross_key_value(features)
        if self._is_int8:
            both = both.bfloat16()  # the text reads them a hundred times: half the memory is half the time
        both = functional.pad(both, (0, 0, 0, n_frames - len(both)))
        keys, values = both.unflatten(-1, (2, self._n_head, -1)).permute(1, 2, 0, 3)
        return keys, values

    def __call__(
        self, x: Tensor, layer: int, audio: Audio, cache: TextCache, mask: Tensor | None, watch: Watch | None
    ) -> Tensor:
        queries, keys, values = (
            self._qkv(self._attn_ln(x)).unflatten(-1, (3, self._n_head, -1)).permute(2, 0, 3, 1, 4)
        )
        keys, values = cache.append(layer, keys, values)
        seen = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask, scale=1.0)
        x = x + self._out(seen.transpose(1, 2).flatten(2))
        x = x + self._cross_out(self._listen(self._cross_query(self._cross_ln(x)), layer, audio, watch))
        return x + self._second(functional.gelu(self._first(self._mlp_ln(x))))

    def _listen(self, query: Tensor, layer: int, audio: Audio, watch: Watch | None) -> Tensor:
        keys, values = audio.layers[layer]
        query = query.unflatten(-1, (self._n_head, -1)).transpose(1, 2).to(keys.dtype)
        scores = query @ keys.transpose(-1, -2)
        if audio.mask is not None:
            scores = scores + audio.mask
        if watch is not None:
            watch(layer, scores)
        heard = scores.softmax(dim=-1) @ values
        return heard.transpose(1, 2).flatten(2)
