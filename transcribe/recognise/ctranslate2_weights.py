"""Whisper's weights in CTranslate2's format: joined from the packaged halves or converted once. Edge.

In: weights as every recogniser has them. Out: a folder with `model.bin`, `config.json` and `vocabulary.json`,
written beside and renamed.
"""

import os
import shutil
from pathlib import Path
from typing import Any

import ctranslate2
import torch
from torch import Tensor

from transcribe.errors import WeightsMissing
from transcribe.recognise.whisper_parts import WhisperParts
from transcribe.weights import EMBEDDED_DIGEST, Weights, embedded_parts

_CT2: Any = ctranslate2
_CONFIG_FILES = ("config.json", "vocabulary.txt", "tokenizer.json")


def ctranslate2_folder(weights: Weights, models_dir: Path) -> Path:
    """The folder of these weights below `models_dir`, made when it is not there yet.

    Safe when several workers ask at once.

    Raises:
        WeightsMissing: it cannot be written.
    """
    target = models_dir / f"ctranslate2-{weights.digest[:12]}"
    if target.is_dir():
        return target
    beside = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        beside.mkdir(parents=True, exist_ok=True)
        parts = embedded_parts() if weights.digest == EMBEDDED_DIGEST else ()
        if parts:
            _join(parts, beside)
        else:
            _convert(weights, beside)
        if not target.is_dir():
            beside.rename(target)
    except OSError as err:
        if not target.is_dir():  # another worker was faster
            raise WeightsMissing(f"无法写入模型目录 {target}：{err}。请检查磁盘空间和写权限。") from err
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return target


def _join(parts: tuple[Path, ...], folder: Path) -> None:
    with (folder / "model.bin").open("wb") as model:
        for part in parts:
            model.write(part.read_bytes())
    for name in _CONFIG_FILES:
        shutil.copyfile(parts[0].with_name(name), folder / name)


def _convert(weights: Weights, folder: Path) -> None:
    parts = WhisperParts(weights, "cpu", "zh")
    model, dims = parts.model, parts.model.dims
    spec = _CT2.specs.WhisperSpec(dims.n_audio_layer, dims.n_audio_head, dims.n_text_layer, dims.n_text_head)
    state: dict[str, Tensor] = model.state_dict()
    _set_encoder(spec.encoder, state)
    _set_decoder(spec.decoder, state)
    rules = parts.rules("")
    both = torch.nonzero(rules.first_bias == -torch.inf)[:, 0].tolist()
    spec.config.suppress_ids = rules.forbidden
    spec.config.suppress_ids_begin = sorted(set(both) - set(rules.forbidden))
    spec.config.alignment_heads = model.alignment_heads.indices().T.tolist()
    spec.config.lang_ids = sorted(parts.tokenizer.all_language_tokens)
    spec.register_vocabulary(_vocabulary(parts.tokenizer, dims.n_vocab))
    spec.validate()
    spec.optimize(quantization="float16")
    spec.save(str(folder))


def _set_encoder(spec: Any, state: dict[str, Tensor]) -> None:
    for name in ("conv1", "conv2"):
        getattr(spec, name).weight = _array(state[f"encoder.{name}.weight"])
        getattr(spec, name).bias = _array(state[f"encoder.{name}.bias"])
    spec.position_encodings.encodings = _array(state["encoder.positional_embedding"])
    _set_norm(spec.layer_norm, state, "encoder.ln_post")
    for number, layer in enumerate(spec.layer):
        prefix = f"encoder.blocks.{number}"
        _set_attention(layer.self_attention, state, f"{prefix}.attn", ("query", "key", "value"))
        _set_mlp(layer.ffn, state, prefix)


def _set_decoder(spec: Any, state: dict[str, Tensor]) -> None:
    spec.scale_embeddings = False
    spec.embeddings.weight = _array(state["decoder.token_embedding.weight"])
    spec.projection.weight = spec.embeddings.weight
    spec.position_encodings.encodings = _array(state["decoder.positional_embedding"])
    _set_norm(spec.layer_norm, state, "decoder.ln")
    for number, layer in enumerate(spec.layer):
        prefix = f"decoder.blocks.{number}"
        _set_attention(layer.self_attention, state, f"{prefix}.attn", ("query", "key", "value"))
        _set_attention(layer.attention, state, f"{prefix}.cross_attn", ("query",), ("key", "value"))
        _set_mlp(layer.ffn, state, prefix)


def _set_attention(spec: Any, state: dict[str, Tensor], prefix: str, *stacked: tuple[str, ...]) -> None:
    """Each of `stacked` becomes one matrix; a key has no bias."""
    _set_norm(spec.layer_norm, state, f"{prefix}_ln")
    for linear, names in zip(spec.linear, [*stacked, ("out",)], strict=True):
        rows = [state[f"{prefix}.{name}.weight"] for name in names]
        biases = [
            state.get(f"{prefix}.{name}.bias", torch.zeros(len(weight)))
            for name, weight in zip(names, rows, strict=True)
        ]
        linear.weight = _array(torch.cat(rows))
        linear.bias = _array(torch.cat([bias.float() for bias in biases]))


def _set_mlp(spec: Any, state: dict[str, Tensor], prefix: str) -> None:
    _set_norm(spec.layer_norm, state, f"{prefix}.mlp_ln")
    for linear, number in ((spec.linear_0, 0), (spec.linear_1, 2)):
        linear.weight = _array(state[f"{prefix}.mlp.{number}.weight"])
        linear.bias = _array(state[f"{prefix}.mlp.{number}.bias"])


def _set_norm(spec: Any, state: dict[str, Tensor], name: str) -> None:
    spec.gamma, spec.beta = _array(state[f"{name}.weight"]), _array(state[f"{name}.bias"])


def _array(values: Tensor) -> Any:
    return values.detach().float().numpy()


def _vocabulary(tokenizer: Any, n_vocab: int) -> list[str]:
    """One distinct name per token; only those of special tokens are ever looked up.

    By the empty name before the end of text CTranslate2 knows that a model speaks several languages.
    """
    known = {number: name for name, number in tokenizer.encoding._special_tokens.items()}
    if tokenizer.language is not None:  # else it knows English alone
        known[tokenizer.eot - 1] = ""
    return [known.get(number, f"token-{number}") for number in range(n_vocab)]
