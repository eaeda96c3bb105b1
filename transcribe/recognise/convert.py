"""CTranslate2's model file in, a checkpoint in openai-whisper's format out. Edge: writes one file.

The binary layout (version 6): u32 version, string specification, u32 revision, u32 count of variables, each
a string name, u8 rank, u32 dimensions, u8 dtype, u32 bytes and the data; then aliases, which are not
needed. A string is a u16 length (with the closing NUL) and its bytes. All little-endian. Only
Whisper models are read; sizes are taken from the tensors themselves.
"""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from transcribe.errors import WeightsMissing

Half = npt.NDArray[np.float16]
FORMAT_VERSION = 6
DTYPE_HALF = 4
HEAD_WIDTH = 64  # every Whisper model has 64 dimensions per attention head
# Longest first, so that a name is rewritten once. CTranslate2 keeps query, key, value in one matrix.
RENAMES = (
    (r"^encoder/conv(\d)/", r"encoder.conv\1."),
    (r"^(encoder|decoder)/layer_(\d+)/", r"\1.blocks.\2."),
    (r"self_attention/layer_norm/", "attn_ln."),
    (r"(?<!self_)attention/layer_norm/", "cross_attn_ln."),
    (r"ffn/layer_norm/", "mlp_ln."),
    (r"ffn/linear_0/", "mlp.0."),
    (r"ffn/linear_1/", "mlp.2."),
    (r"^encoder/layer_norm/", "encoder.ln_post."),
    (r"^decoder/layer_norm/", "decoder.ln."),
    (r"^(encoder|decoder)/position_encodings/encodings$", r"\1.positional_embedding"),
    (r"^decoder/embeddings/weight$", "decoder.token_embedding.weight"),
    (r"\.gamma$", ".weight"),
    (r"\.beta$", ".bias"),
)
# (kind of attention, which linear) -> whisper's projections stacked in that matrix.
STACKED: dict[tuple[str, str], tuple[str, ...]] = {
    ("self_attention", "0"): ("attn.query", "attn.key", "attn.value"),
    ("self_attention", "1"): ("attn.out",),
    ("attention", "0"): ("cross_attn.query",),
    ("attention", "1"): ("cross_attn.key", "cross_attn.value"),
    ("attention", "2"): ("cross_attn.out",),
}
ATTENTION = re.compile(
    r"^(encoder|decoder)/layer_(\d+)/(self_attention|attention)/linear_(\d)/(weight|bias)$"
)


@dataclass(slots=True)
class _Reader:
    """A cursor over the file's bytes."""

    data: bytes
    at: int = 0

    def number(self, layout: str) -> int:
        size = struct.calcsize(layout)
        (value,) = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += size
        return int(value)

    def string(self) -> str:
        length = self.number("H")
        raw = self.data[self.at : self.at + length]
        self.at += length
        return raw.rstrip(b"\0").decode()


def read_variables(data: bytes) -> dict[str, Half]:
    """All fp16 variables of a CTranslate2 file by name, as views of `data`; other dtypes are left out.

    Raises:
        WeightsMissing: not a file of the version known here.
    """
    reader = _Reader(data)
    version = reader.number("I")
    if version != FORMAT_VERSION:
        raise WeightsMissing(f"权重文件格式版本为 {version}，只支持 {FORMAT_VERSION}。请重新安装权重包。")
    reader.string()
    reader.number("I")
    variables: dict[str, Half] = {}
    for _ in range(reader.number("I")):
        name = reader.string()
        shape = [reader.number("I") for _ in range(reader.number("B"))]
        dtype, size = reader.number("B"), reader.number("I")
        if dtype == DTYPE_HALF:
            values: Half = np.frombuffer(data, dtype="<f2", count=size // 2, offset=reader.at)
            variables[name] = values.reshape(shape)
        reader.at += size
    return variables


def whisper_tensors(variables: dict[str, Half]) -> dict[str, Half]:
    """CTranslate2's variables under whisper's names, stacked projections taken apart.

    A key's bias is always zero and whisper has none: it is dropped.
    """
    tensors: dict[str, Half] = {}
    for name, values in variables.items():
        if name.startswith("decoder/projection") or not name.startswith(("encoder/", "decoder/")):
            continue
        if match := ATTENTION.match(name):
            side, layer, kind, linear, part = match.groups()
            targets = STACKED[kind, linear]
            for target, piece in zip(targets, np.split(values, len(targets)), strict=True):
                if not (target.endswith("key") and part == "bias"):
                    tensors[f"{side}.blocks.{layer}.{target}.{part}"] = piece
            continue
        renamed = name
        for pattern, replacement in RENAMES:
            renamed = re.sub(pattern, replacement, renamed)
        tensors[renamed] = values
    return tensors


def model_dimensions(tensors: dict[str, Half]) -> dict[str, int]:
    """Whisper's ModelDimensions, read off the tensors' shapes."""
    audio_state, n_mels, _ = tensors["encoder.conv1.weight"].shape
    vocab, text_state = tensors["decoder.token_embedding.weight"].shape
    layers = {
        side: {name.split(".")[2] for name in tensors if name.startswith(f"{side}.blocks.")}
        for side in ("encoder", "decoder")
    }
    return {
        "n_mels": n_mels,
        "n_audio_ctx": tensors["encoder.positional_embedding"].shape[0],
        "n_audio_state": audio_state,
        "n_audio_head": audio_state // HEAD_WIDTH,
        "n_audio_layer": len(layers["encoder"]),
        "n_vocab": vocab,
        "n_text_ctx": tensors["decoder.positional_embedding"].shape[0],
        "n_text_state": text_state,
        "n_text_head": text_state // HEAD_WIDTH,
        "n_text_layer": len(layers["decoder"]),
    }


def write_whisper_checkpoint(data: bytes, target: Path) -> None:
    """Converts a CTranslate2 file's content and writes the checkpoint (fp16) to `target`.

    Raises:
        WeightsMissing: `data` is not a Whisper model in the format known here.
        OSError: `target` cannot be written.
    """
    tensors = whisper_tensors(read_variables(data))
    try:
        dims = model_dimensions(tensors)
    except KeyError as err:
        raise WeightsMissing(f"权重文件里缺少 {err}，不是 Whisper 模型。请重新安装权重包。") from err
    state = {name: torch.from_numpy(np.array(values)) for name, values in tensors.items()}
    torch.save({"dims": dims, "model_state_dict": state}, target)
