"""Whisper's audio encoder for one window at a time: mel in, features out. Pure but for the weights it holds.

openai-whisper always encodes 30 s, however little of it is sound. Here the encoder reads what the window
holds and a second of silence behind it, so that a short window costs what it holds (and, attention being
quadratic, less). One window at a time keeps all that is in work inside the processor's cache; on a GPU
whole batches are better, and openai-whisper's own encoder is used.
"""

from typing import Any

from torch import Tensor
from torch.nn import functional

from transcribe.recognise.linear import Linear, fused_self_attention

_QUERIES_AT_ONCE = 256  # of 1,500: their scores stay in the second-level cache


class Encoder:
    """A whisper.model.AudioEncoder, prepared: int8 products with bfloat16 attention, or all in float32."""

    def __init__(self, encoder: Any, is_int8: bool):
        self._conv1, self._conv2 = encoder.conv1, encoder.conv2
        self._positions: Tensor = encoder.positional_embedding
        self._blocks = [_Block(block, is_int8) for block in encoder.blocks]
        self._ln = encoder.ln_post

    def __call__(self, mel: Tensor) -> Tensor:
        """(n_mels, 2 * n_frames) -> (n_frames, n_state) float32; n_frames at most 1,500."""
        x = functional.gelu(self._conv1(mel[None]))
        x = functional.gelu(self._conv2(x))[0].T
        x = x + self._positions[: x.shape[0]]
        for block in self._blocks:
            x = block(x)
        return self._ln(x)


class _Block:
    def __init__(self, block: Any, is_int8: bool):
        attn = block.attn
        self._n_head: int = attn.n_head
        self._is_int8 = is_int8
        self._qkv = Linear(*fused_self_attention(attn), is_int8)
        self._out = Linear(attn.out.weight, attn.out.bias, is_int8)
        self._first = Linear(block.mlp[0].weight, block.mlp[0].bias, is_int8)
        self._second = Linear(block.mlp[2].weight, block.mlp[2].bias, is_int8)
        self._attn_ln, self._mlp_ln = block.attn_ln, block.mlp_ln

    def __call__(self, x: Tensor) -> Tensor:
        x = x + self._out(self._attend(self._qkv(self._attn_ln(x))))
        return x + self._second(functional.gelu(self._first(self._mlp_ln(x))))

    def _attend(self, qkv: Tensor) -> Tensor:
        n_frames = qkv.shape[0]
        if not self._is_int8:
            queries, keys, values = qkv.view(1, n_frames, 3, self._n_head, -1).permute(2, 0, 3, 1, 4)
            seen = functional.scaled_dot_product_attention(queries, keys, values, scale=1.0)
            return seen[0].transpose(0, 1).flatten(1)
        # Head by head in portions of queries, in bfloat16: torch's own kernel takes twice as long on a CPU.
        queries, keys, values = qkv.bfloat16().view(n_frames, 3, self._n_head, -1).permute(1, 2, 0, 3)
        out = queries.new_empty(n_frames, self._n_head, queries.shape[-1])
        for head in range(self._n_head):
            key, value = keys[head].T.contiguous(), values[head].contiguous()
            for first in range(0, n_frames, _QUERIES_AT_ONCE):
                scores = queries[head, first : first + _QUERIES_AT_ONCE] @ key
                out[first : first + _QUERIES_AT_ONCE, head] = scores.softmax(dim=-1) @ value
        return out.view(n_frames, -1)
