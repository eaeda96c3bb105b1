"""Random weights at the dimensions of Whisper's models, for `huiting bench sizes`. Edge: writes files.

What they write is noise, so accuracy cannot be measured with them. Speed can: a product takes as long
whatever it multiplies. Two things are arranged in the weights themselves, so that every contender runs as it
is: the end of text and the other special tokens are never the likeliest, so that only a limit ends a text;
and the next token follows from its position, so that no text repeats itself and is searched again.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from whisper.model import ModelDimensions, Whisper

from transcribe.weights import embedded_parts

_LARGE = ModelDimensions(128, 1500, 1280, 20, 32, 51866, 448, 1280, 20, 32)
# As the published checkpoints state them (Radford et al. 2022, table 1; openai-whisper's model card).
SIZES: Mapping[str, ModelDimensions] = {
    "base": ModelDimensions(80, 1500, 512, 8, 6, 51865, 448, 512, 8, 6),
    "small": ModelDimensions(80, 1500, 768, 12, 12, 51865, 448, 768, 12, 12),
    "medium": ModelDimensions(80, 1500, 1024, 16, 24, 51865, 448, 1024, 16, 24),
    "large-v3-turbo": replace(_LARGE, n_text_layer=4),
    "large-v3": _LARGE,
}
END_TOKEN = 50257  # of the multilingual vocabularies; every token above it is special
_YUE_TOKEN = 50358  # Cantonese: the token that the vocabulary of large-v3 has more than the others
_WEIGHT_STD = 0.02
_POSITION_STD = 4.0  # far more than tokens and layers add, so that the position decides
_LOGIT_STD = 4.0  # the likeliest of 50,000 is then about 17, special tokens are 0


def parameter_count(size: ModelDimensions) -> int:
    """Weights of a model of this size, but for biases and norms, which are less than a hundredth."""
    heard, read = size.n_audio_state, size.n_text_state
    encoder = 3 * heard * (size.n_mels + heard) + 12 * heard**2 * size.n_audio_layer
    return encoder + 16 * read**2 * size.n_text_layer + (size.n_vocab + size.n_text_ctx) * read


def write_random_checkpoint(size: ModelDimensions, path: Path) -> None:
    """A checkpoint in openai-whisper's format with float16 weights, as the published ones.

    Raises:
        OSError, RuntimeError: the file cannot be written, or memory does not suffice.
    """
    torch.manual_seed(size.n_audio_state + size.n_text_layer)
    model = Whisper(size)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "ln" not in name:  # a norm starts as it is: scale 1, shift 0
                parameter.normal_(std=0 if name.endswith("bias") else _WEIGHT_STD)
        model.decoder.positional_embedding.normal_(std=_POSITION_STD)
        embedding = model.decoder.token_embedding.weight
        embedding.normal_(std=_LOGIT_STD / math.sqrt(size.n_text_state))
        embedding[END_TOKEN:] = 0
    torch.save({"dims": asdict(size), "model_state_dict": model.half().state_dict()}, path)


def add_peer_files(size: ModelDimensions, folder: Path) -> bool:
    """What faster-whisper wants beside a CTranslate2 model; False where no tokenizer is installed.

    Raises:
        OSError: the folder cannot be written.
    """
    parts = embedded_parts()
    if not parts:
        return False
    tokenizer = json.loads(parts[0].with_name("tokenizer.json").read_text(encoding="utf-8"))
    if size.n_vocab > SIZES["base"].n_vocab:
        tokenizer["added_tokens"] = with_cantonese(tokenizer["added_tokens"])
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": size.n_mels}))
    return True


def with_cantonese(tokens: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The special tokens of large-v3, given those of the smaller models: one more, the later ones moved."""
    added = {**tokens[0], "id": _YUE_TOKEN, "content": "<|yue|>"}
    before = [token for token in tokens if token["id"] < _YUE_TOKEN]
    after = [{**token, "id": token["id"] + 1} for token in tokens if token["id"] >= _YUE_TOKEN]
    return [*before, added, *after]
