"""openai-whisper's own parts that every recogniser shares: weights, tokenizer, mel, rules of decoding. Edge.

The only importer of whisper. Nothing is written save by `download_checkpoint`.
"""

import math
import pickle
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
import whisper
from torch import Tensor
from whisper.decoding import DecodingOptions, DecodingTask
from whisper.tokenizer import get_tokenizer
from whisper.utils import compression_ratio

from transcribe.errors import TranscribeError, WeightsMissing
from transcribe.recognise.alignment import FRAME_S
from transcribe.recognise.linear import has_fast_int8
from transcribe.recognise.protocol import MAX_TOKENS, SAMPLE_RATE_HZ, RecogniseOptions, Window
from transcribe.recognise.search import SearchRules
from transcribe.weights import Weights

_FRAME_SAMPLES = round(FRAME_S * SAMPLE_RATE_HZ)

# whisper keeps its table of models, their download and their alignment heads to itself.
_WHISPER: Any = whisper


def model_names() -> list[str]:
    """Names that openai-whisper can download."""
    return sorted(_WHISPER._MODELS)


def download_checkpoint(name: str, models_dir: Path) -> Path:
    """Fetches a named model with whisper's own download (checksum included) unless it is there.

    Raises:
        OSError, RuntimeError: no network, no space, wrong checksum.
    """
    return Path(str(_WHISPER._download(_WHISPER._MODELS[name], str(models_dir), False)))


def best_device() -> str:
    """`cuda` where a GPU can be used, else `cpu`."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def resolved_precision(wanted: str, device: str) -> str:
    """`int8`, `fp32` or `fp16`: what `wanted` ("auto" or one of them) means on this device.

    Raises:
        TranscribeError: this machine cannot do what was wanted.
    """
    fits = {"cpu": ("int8", "fp32") if has_fast_int8() else ("fp32",)}.get(device, ("fp16",))
    if wanted == "auto":
        return fits[0]
    if wanted not in fits:
        raise TranscribeError(
            f"识别精度 {wanted} 在本机的 {device} 上用不了，可用：{'、'.join(fits)}；"
            "请改 recognition.precision，或用 auto"
        )
    return wanted


def settings_key(engine: str, weights: Weights, precision: str, options: RecogniseOptions) -> str:
    """All that changes an engine's text, in one line; a usual limit of tokens is not named."""
    limit = "" if options.max_tokens == MAX_TOKENS else f" max_tokens={options.max_tokens}"
    return (
        f"{engine} {weights.digest} {precision} {options.language} "
        f"beam={options.beam_size} prompt={options.prompt}{limit}"
    )


class WhisperParts:
    """A loaded model with its tokenizer and rules for one language."""

    def __init__(self, weights: Weights, device: str, language: str, max_tokens: int = MAX_TOKENS):
        """Loads the model.

        Raises:
            WeightsMissing: the checkpoint cannot be read.
        """
        self.model: Any = _load_model(weights, device)
        self._language = language
        self._max_tokens = max_tokens
        self._rules: dict[str, SearchRules] = {}

    @cached_property
    def tokenizer(self) -> Any:
        """whisper's tokenizer of the model's kind."""
        model = self.model
        return get_tokenizer(
            model.is_multilingual,
            num_languages=model.num_languages,
            language=self._language,
            task="transcribe",
        )

    def mel(self, window: Window, seconds: float) -> Tensor:
        """(n_mels, 2 * n_frames) of the first `seconds`, on the model's device.

        One at a time: its floor follows its peak.
        """
        padded = np.zeros(math.ceil(seconds / FRAME_S) * _FRAME_SAMPLES, dtype=np.float32)
        padded[: window.samples.size] = window.samples[: padded.size]
        samples = torch.from_numpy(padded).to(self.model.device)
        return whisper.log_mel_spectrogram(samples, self.model.dims.n_mels)

    def compression(self, tokens: list[int]) -> float:
        """Bytes of the text over its zlib size; 0 where there is none."""
        text = self.tokenizer.decode(tokens).strip()
        return float(compression_ratio(text)) if text else 0.0

    def rules(self, prompt: str) -> SearchRules:
        """Whisper's own rules for a text without timestamps, as its DecodingTask sets them up."""
        if prompt not in self._rules:
            self._rules[prompt] = self._make_rules(prompt)
        return self._rules[prompt]

    def _make_rules(self, prompt: str) -> SearchRules:
        options = DecodingOptions(language=self._language, prompt=prompt or None, without_timestamps=True)
        task: Any = DecodingTask(self.model, options)
        n_initial = len(task.initial_tokens)
        biases: list[Tensor] = []
        for n_tokens in (n_initial, n_initial + 1):  # blanks are forbidden to the first token only
            bias = torch.zeros((1, self.model.dims.n_vocab), device=self.model.device)
            for rule in task.logit_filters:
                rule.apply(bias, torch.zeros((1, n_tokens)))
            biases.append(bias[0])
        return SearchRules(
            initial_tokens=tuple(task.initial_tokens),
            start_index=task.sot_index,
            end_token=self.tokenizer.eot,
            no_speech_token=self.tokenizer.no_speech,
            max_tokens=min(self._max_tokens, self.model.dims.n_text_ctx - n_initial),
            first_bias=biases[0],
            later_bias=biases[1],
        )


def halve_products(model: Any) -> None:
    """Turns what a model multiplies with into float16, in place; norms and positions stay float32.

    Else whisper keeps float32 weights on the GPU and halves each of them again for every product.
    """
    for module in model.modules():
        if isinstance(module, torch.nn.Linear | torch.nn.Conv1d):
            module.half()


def _load_model(weights: Weights, device: str) -> Any:
    try:
        model: Any = whisper.load_model(str(weights.path), device=device)
    except (OSError, RuntimeError, KeyError, TypeError, EOFError, pickle.UnpicklingError) as err:
        raise WeightsMissing(
            f"无法载入模型 {weights.path}（{type(err).__name__}）。文件已损坏，或不是 openai-whisper 格式，"
            "请删除后重新运行（会重新生成或下载），或更换文件。"
        ) from err
    # A checkpoint loaded by its path has no alignment heads of its own.
    heads = _WHISPER._ALIGNMENT_HEADS.get(_family(weights.name, model))
    if heads is not None:
        model.set_alignment_heads(heads)
    return model.eval()


def _family(name: str, model: Any) -> str:
    """The official name whose alignment heads fit: the name itself, else guessed by the dimensions."""
    if name in _WHISPER._MODELS:
        return name
    dims = model.dims
    if dims.n_text_layer == 4 and dims.n_audio_layer == 32:
        return "turbo"
    large = "large-v3" if dims.n_mels == 128 else "large-v2"
    sizes = {4: "tiny", 6: "base", 12: "small", 24: "medium", 32: large}
    return sizes.get(dims.n_text_layer, "")
