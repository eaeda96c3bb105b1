"""The recogniser of the extra `fast`: CTranslate2 over the same weights, windows, prompts and rules. Edge.

The only importer of ctranslate2: search and alignment are its own. On a CPU with 8-bit products our encoder
goes before it, which reads a window only as far as there is sound in it. CTranslate2 knows no
padding of sound, so windows of one length class share a batch and a text never depends on its neighbours.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import torch
from torch import Tensor

from transcribe.errors import WeightsMissing
from transcribe.recognise.alignment import FRAME_S, token_runs, words_from_tokens
from transcribe.recognise.batches import Task, in_batches, tasks_of
from transcribe.recognise.encoder import Encoder
from transcribe.recognise.openai_whisper import LOOP_COMPRESSION_RATIO, TAIL_S, WIDE_BEAM_SIZE
from transcribe.recognise.protocol import (
    WINDOW_S,
    RecognisedWindow,
    RecogniseOptions,
    Window,
)
from transcribe.recognise.whisper_parts import WhisperParts, settings_key
from transcribe.weights import Weights

CLASS_S = 3.0  # windows are filled up with silence to a multiple of this
_CT2: Any = ctranslate2
_COMPUTE_TYPES = {"int8": "int8", "fp32": "float32", "fp16": "float16"}


class CTranslate2Whisper:
    """A `Recogniser` that holds one CTranslate2 model for the life of the process."""

    def __init__(self, weights: Weights, model_dir: Path, precision: str, options: RecogniseOptions):
        """Loads the model.

        Args:
            weights: the checkpoint, whose tokenizer, mel and (on a CPU) encoder are used.
            model_dir: the same weights in CTranslate2's format.
            precision: "int8", "fp32" or "fp16".
            options: as for the default recogniser.

        Raises:
            WeightsMissing: one of the two cannot be read.
        """
        self._weights = weights
        self._options = options
        self._precision = precision
        is_on_cpu = options.device == "cpu"
        self._lanes = (options.threads or torch.get_num_threads()) if is_on_cpu else 1
        self._parts = WhisperParts(weights, "cpu", options.language, options.max_tokens)
        self._encoder = Encoder(self._parts.model.encoder, is_int8=True) if precision == "int8" else None
        try:
            self._model = _CT2.models.Whisper(
                str(model_dir),
                device=options.device,
                compute_type=_COMPUTE_TYPES[precision],
                inter_threads=self._lanes,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as err:
            raise WeightsMissing(
                f"无法载入 CTranslate2 模型 {model_dir}（{err}）。请删除这个目录后重新运行，会重新转换。"
            ) from err

    @property
    def settings_key(self) -> str:
        """All that changes the text, in one line."""
        return settings_key("ctranslate2", self._weights, self._precision, self._options)

    def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        """Recognises windows in batches of one length class; see `Recogniser`."""
        tasks = tasks_of(windows, self._options.prompt)
        return in_batches(tasks, self._options.batch_size, self._lanes, self._recognise, _length_class)

    def score(self, windows: Sequence[Window], texts: Sequence[str]) -> list[float]:
        """Log probability of each text over its window; see `Recogniser`.

        CTranslate2 scores without prompt and does not tell the end's probability: sums of tokens alone.
        """
        tasks = [Task(window, "", text) for window, text in zip(windows, texts, strict=True)]
        return in_batches(tasks, self._options.batch_size, self._lanes, self._score, _length_class)

    def _recognise(self, tasks: Sequence[Task]) -> list[RecognisedWindow]:
        features = self._encode(tasks)
        prompt = tasks[0].prompt
        found = self._search(features, prompt, self._options.beam_size)
        tokens = [list(result.sequences_ids[0]) for result in found]
        for row, text in enumerate(tokens):
            if self._parts.compression(text) > LOOP_COMPRESSION_RATIO:
                tokens[row] = self._without_loop(features, row, prompt, text)
        aligned = self._align(features, tokens, tasks)
        return [
            self._window(task, text, result, alignment)
            for task, text, result, alignment in zip(tasks, tokens, found, aligned, strict=True)
        ]

    def _search(self, features: Any, prompt: str, beam_size: int) -> list[Any]:
        """The results of all rows of `features`, (n, n_frames, n_audio_state)."""
        rules = self._parts.rules(prompt)
        # CTranslate2 lets a text fill half of this, and no more than the prompt leaves.
        max_length = rules.max_tokens + max(rules.max_tokens, len(rules.initial_tokens))
        return self._model.generate(
            _CT2.StorageView.from_array(features),
            [list(rules.initial_tokens)] * len(features),
            beam_size=beam_size,
            max_length=max_length,
            suppress_tokens=rules.forbidden,
            return_scores=True,
            return_no_speech_prob=True,
        )

    def _without_loop(self, features: Any, row: int, prompt: str, looped: list[int]) -> list[int]:
        """The least repetitive of two more attempts at one window, alone."""
        attempts = [looped]
        for words in (prompt, ""):
            found = self._search(features[row : row + 1], words, WIDE_BEAM_SIZE)
            attempts.append(list(found[0].sequences_ids[0]))
            if self._parts.compression(attempts[-1]) <= LOOP_COMPRESSION_RATIO:
                return attempts[-1]
        return min(attempts, key=self._parts.compression)

    def _align(self, features: Any, texts: Sequence[list[int]], tasks: Sequence[Task]) -> list[Any]:
        tokenizer = self._parts.tokenizer
        frames = [2 * max(1, round(task.window.duration_s / FRAME_S)) for task in tasks]
        return self._model.align(
            _CT2.StorageView.from_array(features), list(tokenizer.sot_sequence), list(texts), frames
        )

    def _window(self, task: Task, tokens: list[int], result: Any, alignment: Any) -> RecognisedWindow:
        duration_s = min(task.window.duration_s, WINDOW_S)
        words = ()
        if tokens:
            runs = token_runs(self._parts.tokenizer, tokens)
            starts = _first_frames(alignment.alignments, len(tokens) + 1, round(duration_s / FRAME_S))
            words = words_from_tokens(runs, starts, list(alignment.text_token_probs), duration_s)
        return RecognisedWindow(
            window_id=task.window.window_id,
            text="".join(word.text for word in words),
            words=words,
            mean_log_probability=min(0.0, float(result.scores[0])),
            no_speech_probability=float(result.no_speech_prob),
            compression_ratio=self._parts.compression(tokens),
        )

    def _score(self, tasks: Sequence[Task]) -> list[float]:
        texts = [self._parts.tokenizer.encode(task.text) for task in tasks]
        aligned = self._align(self._encode(tasks), texts, tasks)
        return [float(np.log(np.maximum(result.text_token_probs, 1e-9)).sum()) for result in aligned]

    @torch.inference_mode()
    def _encode(self, tasks: Sequence[Task]) -> Any:
        """(n, n_frames, n_audio_state) numpy."""
        seconds = _length_class(tasks[0]) if self._encoder is not None else WINDOW_S
        mels = [self._parts.mel(task.window, seconds) for task in tasks]
        if self._encoder is not None:
            return torch.stack([self._encoder(mel) for mel in mels]).numpy()
        batch: Tensor = torch.stack(mels)
        return np.array(self._model.encode(_CT2.StorageView.from_array(batch.numpy()), to_cpu=True))


def _length_class(task: Task) -> float:
    """Seconds that the encoder reads of a window."""
    return min(WINDOW_S, CLASS_S * math.ceil((task.window.duration_s + TAIL_S) / CLASS_S))


def _first_frames(alignments: Sequence[tuple[int, int]], n_tokens: int, n_frames: int) -> Any:
    """(n_tokens,) first frame of each token of (token, frame) pairs; what has none starts at the end."""
    starts = np.full(n_tokens, n_frames, dtype=np.int64)
    for token, frame in reversed(alignments):
        starts[token] = frame
    return starts
