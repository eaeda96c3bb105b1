"""The default recogniser: openai-whisper's model, mel and decoding rules over batches of windows. Edge.

The only importer of whisper. Windows in, words with times and probabilities out; nothing is written save
by `download_checkpoint`. Windows are decoded without timestamps and without earlier text; one teacher-forced
pass per batch then tells when each token was said and how sure the model was of it.
"""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import whisper
from torch import Tensor
from whisper.decoding import DecodingOptions, DecodingTask
from whisper.model import disable_sdpa
from whisper.timing import median_filter
from whisper.tokenizer import get_tokenizer
from whisper.utils import compression_ratio

from transcribe.errors import WeightsMissing
from transcribe.recognise.alignment import FRAME_S, TokenRun, token_start_frames, words_from_tokens
from transcribe.recognise.protocol import (
    SAMPLE_RATE_HZ,
    WINDOW_SAMPLES,
    RecognisedWindow,
    RecogniseOptions,
    Window,
)
from transcribe.recognise.search import Hypothesis, SearchRules, search
from transcribe.weights import Weights

# Whisper's own bound for "this text repeats itself" (transcribe.py, compression_ratio_threshold).
LOOP_COMPRESSION_RATIO = 2.4
# A window that loops is searched again: wider, then without the prompt. Not sampled, as whisper does: a
# night run twice must give the same text.
WIDE_BEAM_SIZE = 5
# Text tokens per window: fast Mandarin needs about 250 in 30 s; whisper's default of 224 would cut it.
MAX_TOKENS = 340
MEDIAN_FILTER_WIDTH = 7  # as in whisper.timing.find_alignment


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


class OpenAIWhisper:
    """A `Recogniser` that holds one model for the life of the process."""

    def __init__(self, weights: Weights, options: RecogniseOptions):
        """Loads the model.

        Raises:
            WeightsMissing: the checkpoint cannot be read.
        """
        if options.threads is not None:
            torch.set_num_threads(options.threads)
        self._weights = weights
        self._options = options
        self._is_half = options.device != "cpu"
        self._model: Any = _load_model(weights, options.device)
        self._tokenizer: Any = get_tokenizer(
            self._model.is_multilingual,
            num_languages=self._model.num_languages,
            language=options.language,
            task="transcribe",
        )
        self._rules = self._search_rules(options.prompt)
        self._rules_without_prompt = self._search_rules("")

    @property
    def settings_key(self) -> str:
        """All that changes the text, in one line."""
        options = self._options
        precision = "fp16" if self._is_half else "fp32"
        return (
            f"openai-whisper {self._weights.digest} {precision} {options.language} beam={options.beam_size} "
            f"prompt={options.prompt}"
        )

    def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        """Recognises windows in batches, longest first so that a batch ends together; see `Recogniser`."""
        order = sorted(range(len(windows)), key=lambda index: -windows[index].samples.size)
        size = self._options.batch_size
        results: dict[int, RecognisedWindow] = {}
        with torch.inference_mode():
            for first in range(0, len(order), size):
                batch = order[first : first + size]
                for index, result in zip(batch, self._batch([windows[i] for i in batch]), strict=True):
                    results[index] = result
        return [results[index] for index in range(len(windows))]

    def _search_rules(self, prompt: str) -> SearchRules:
        """Whisper's own rules for a text without timestamps, as its DecodingTask sets them up."""
        options = DecodingOptions(
            language=self._options.language, prompt=prompt or None, without_timestamps=True
        )
        task: Any = DecodingTask(self._model, options)
        n_initial = len(task.initial_tokens)
        biases: list[Tensor] = []
        for n_tokens in (n_initial, n_initial + 1):  # blanks are forbidden to the first token only
            bias = torch.zeros((1, self._model.dims.n_vocab), device=self._model.device)
            for rule in task.logit_filters:
                rule.apply(bias, torch.zeros((1, n_tokens)))
            biases.append(bias[0])
        return SearchRules(
            initial_tokens=tuple(task.initial_tokens),
            start_index=task.sot_index,
            end_token=self._tokenizer.eot,
            no_speech_token=self._tokenizer.no_speech,
            max_tokens=min(MAX_TOKENS, self._model.dims.n_text_ctx - n_initial),
            first_bias=biases[0],
            later_bias=biases[1],
        )

    def _batch(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        features = self._encode(windows)
        found = search(self._model, features, self._rules, self._options.beam_size)
        for row, hypothesis in enumerate(found):
            if self._compression(hypothesis) > LOOP_COMPRESSION_RATIO:
                found[row] = self._without_loop(features[row : row + 1], hypothesis)
        return self._align(windows, features, found)

    def _encode(self, windows: Sequence[Window]) -> Tensor:
        """(n, n_audio_ctx, n_audio_state). One mel at a time: its floor follows the loudest frame given."""
        n_mels = self._model.dims.n_mels
        mels: list[Tensor] = []
        for window in windows:
            padded = np.zeros(WINDOW_SAMPLES, dtype=np.float32)
            padded[: window.samples.size] = window.samples[:WINDOW_SAMPLES]
            mels.append(whisper.log_mel_spectrogram(torch.from_numpy(padded), n_mels))
        batch = torch.stack(mels).to(self._model.device)
        return self._model.encoder(batch.half() if self._is_half else batch)

    def _without_loop(self, features: Tensor, looped: Hypothesis) -> Hypothesis:
        """The least repetitive of two more attempts at one window, alone, hence the same in any batch."""
        attempts = [looped]
        for rules in (self._rules, self._rules_without_prompt):
            attempts += search(self._model, features, rules, WIDE_BEAM_SIZE)
            if self._compression(attempts[-1]) <= LOOP_COMPRESSION_RATIO:
                return attempts[-1]
        return min(attempts, key=self._compression)

    def _compression(self, hypothesis: Hypothesis) -> float:
        text = self._tokenizer.decode(hypothesis.tokens).strip()
        return float(compression_ratio(text)) if text else 0.0

    def _align(
        self, windows: Sequence[Window], features: Tensor, found: Sequence[Hypothesis]
    ) -> list[RecognisedWindow]:
        weights, probabilities = self._force(features, [result.tokens for result in found])
        aligned: list[RecognisedWindow] = []
        for row, (window, result) in enumerate(zip(windows, found, strict=True)):
            words = ()
            if result.tokens:
                duration_s = min(window.samples.size, WINDOW_SAMPLES) / SAMPLE_RATE_HZ
                frames = max(1, round(duration_s / FRAME_S))
                matrix = self._attention_matrix(weights[row], len(result.tokens), frames)
                words = words_from_tokens(
                    self._runs(result.tokens), token_start_frames(matrix), probabilities[row], duration_s
                )
            aligned.append(
                RecognisedWindow(
                    window_id=window.window_id,
                    text="".join(word.text for word in words),
                    words=words,
                    mean_log_probability=result.mean_log_probability,
                    no_speech_probability=result.no_speech_probability,
                    compression_ratio=self._compression(result),
                )
            )
        return aligned

    def _force(self, features: Tensor, texts: Sequence[list[int]]) -> tuple[Tensor, list[list[float]]]:
        """One pass over the known tokens of all rows.

        Returns:
            Attention before softmax, (n_rows, n_heads, n_tokens, n_frames), and per row its tokens'
            probabilities. Rows are padded on the right, which a causal decoder cannot see.
        """
        start = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        longest = max(len(text) for text in texts)
        rows = [[*start, *text, *[self._tokenizer.eot] * (longest + 1 - len(text))] for text in texts]
        tokens = torch.tensor(rows, device=self._model.device)
        attention: list[Tensor] = []
        heads: dict[int, list[int]] = {}
        for layer, head in self._model.alignment_heads.indices().T.tolist():
            heads.setdefault(layer, []).append(head)
        hooks = [
            self._model.decoder.blocks[layer].cross_attn.register_forward_hook(_keep(attention, numbers))
            for layer, numbers in heads.items()
        ]
        try:
            with disable_sdpa():  # the fused kernel does not return attention
                logits = self._model.decoder(tokens, features)
        finally:
            for hook in hooks:
                hook.remove()
        probabilities: list[list[float]] = []
        for row, text in enumerate(texts):
            scores = logits[row, len(start) - 1 : len(start) - 1 + len(text), : self._tokenizer.eot].softmax(
                dim=-1
            )
            probabilities.append(scores[range(len(text)), text].tolist())
        # From the token after the language on: <|notimestamps|> takes up what is before the first word.
        return torch.cat(attention, dim=1)[:, :, len(start) - 1 :], probabilities

    def _attention_matrix(self, weights: Tensor, n_tokens: int, frames: int) -> Any:
        """(n_tokens + 1, frames) of one row: softmax, standardised, smoothed, averaged over heads."""
        picked = weights[:, : n_tokens + 1, :frames].float().softmax(dim=-1)
        std, mean = torch.std_mean(picked, dim=-2, keepdim=True, unbiased=False)
        picked = median_filter((picked - mean) / std.clamp(min=1e-9), MEDIAN_FILTER_WIDTH)
        return picked.mean(dim=0).cpu().numpy()

    def _runs(self, tokens: list[int]) -> list[TokenRun]:
        texts, groups = self._tokenizer.split_to_word_tokens([*tokens, self._tokenizer.eot])
        return [TokenRun(text, len(group)) for text, group in zip(texts[:-1], groups[:-1], strict=True)]


def _keep(store: list[Tensor], heads: list[int]) -> Any:
    """A hook that keeps the attention of a layer's `heads` only: all of them would be most of the memory."""

    def hook(_module: Any, _inputs: Any, outputs: Any) -> None:
        store.append(outputs[-1][:, heads])

    return hook


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
