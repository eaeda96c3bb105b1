"""Matrix products of the recogniser: weights once, then rows in and out. Edge to torch's kernels.

On a CPU with 8-bit dot products (VNNI) the weights are kept as int8 with a scale per output and every row of
activations is quantised by its own largest value, so that a row's result never depends on the rows
beside it (torch's dynamic quantisation takes one scale for a whole batch, and texts change with their
neighbours). Sums are exact integers. Everywhere else it is an ordinary product in the weights' own precision.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

# The kernel multiplies unsigned rows with signed weights; signed rows fall back to a reference loop.
_ZERO_POINT = 128
_LARGEST = 127.0
_SMALLEST_SCALE = 1e-8
_ONEDNN: Any = torch.ops.onednn


def has_fast_int8() -> bool:
    """True where int8 products are faster than float32 ones and exact: a CPU with VNNI and torch's kernel."""
    cpu: Any = torch.cpu
    is_supported = getattr(cpu, "_is_vnni_supported", None)
    return bool(is_supported and is_supported()) and hasattr(_ONEDNN, "qlinear_pointwise")


def fused_self_attention(attn: Any) -> tuple[Tensor, Tensor]:
    """Weight and bias that give query, key and value of whisper's MultiHeadAttention side by side.

    Whisper scales queries and keys by the fourth root of the width each; here the query takes both.
    """
    scale = (attn.query.weight.shape[0] // attn.n_head) ** -0.5
    weight = torch.cat([attn.query.weight * scale, attn.key.weight, attn.value.weight])
    bias = torch.cat([attn.query.bias * scale, torch.zeros_like(attn.query.bias), attn.value.bias])
    return weight, bias


class Linear:
    """`x @ weight.T + bias` for x (..., n_in), giving (..., n_out)."""

    def __init__(self, weight: Tensor, bias: Tensor | None, is_int8: bool):
        """Args: weight (n_out, n_in), bias (n_out,); `is_int8` needs `has_fast_int8`."""
        self._bias = bias
        self._weight = weight
        self._is_int8 = is_int8
        if is_int8:
            scales = (weight.abs().amax(dim=1) / _LARGEST).clamp_min(_SMALLEST_SCALE).float()
            quantised = (weight.float() / scales[:, None]).round_().to(torch.int8)
            self._scales = scales
            self._zeros = torch.zeros(weight.shape[0], dtype=torch.int32)
            self._weight = _ONEDNN.qlinear_prepack(quantised, None)

    def __call__(self, x: Tensor) -> Tensor:
        if not self._is_int8:
            return functional.linear(x, self._weight, self._bias)
        rows = x.reshape(-1, x.shape[-1])
        scales = torch.maximum(rows.amax(dim=-1), -rows.amin(dim=-1)).float()
        scales = scales.div_(_LARGEST).clamp_min_(_SMALLEST_SCALE)[:, None]
        quantised = (rows / scales).add_(_ZERO_POINT).round_().to(torch.uint8)
        sums = _ONEDNN.qlinear_pointwise(
            quantised, 1.0, _ZERO_POINT, self._weight, self._scales, self._zeros, None, 1.0, 0,
            torch.float32, "none", [], "",
        )  # fmt: skip
        sums.mul_(scales)
        if self._bias is not None:
            sums.add_(self._bias)
        return sums.unflatten(0, x.shape[:-1])
