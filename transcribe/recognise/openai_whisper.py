"""The default recogniser: openai-whisper's model and rules over batches of windows. Edge: holds the model.

Windows in, words with times and probabilities out. Windows are decoded without timestamps and without
earlier text; one teacher-forced pass per batch then tells when each token was said.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from transcribe.recognise.batches import Task, in_batches, tasks_of
from transcribe.recognise.decoder import Decoder, forced_rows
from transcribe.recognise.encoder import Encoder
from transcribe.recognise.protocol import WINDOW_S, RecognisedWindow, RecogniseOptions, Window
from transcribe.recognise.search import Hypothesis, search
from transcribe.recognise.timing import TextTimer
from transcribe.recognise.whisper_parts import WhisperParts, halve_products, resolved_precision, settings_key
from transcribe.weights import Weights

TAIL_S = 1.0  # silence that the encoder reads behind what a window holds
# Whisper's own bound for "this text repeats itself" (transcribe.py, compression_ratio_threshold).
LOOP_COMPRESSION_RATIO = 2.4
# A window that loops is searched again: wider, then without the prompt. Not sampled, as whisper does: a
# night run twice must give the same text.
WIDE_BEAM_SIZE = 5


class OpenAIWhisper:
    """A `Recogniser` that holds one model for the life of the process."""

    def __init__(self, weights: Weights, options: RecogniseOptions):
        """Loads the model.

        Raises:
            WeightsMissing: the checkpoint cannot be read.
            TranscribeError: the precision is not to be had on this device.
        """
        self._weights = weights
        self._options = options
        self._precision = resolved_precision(options.precision, options.device)
        is_int8, is_half = self._precision == "int8", self._precision == "fp16"
        self._lanes = 1 if is_half else (options.threads or torch.get_num_threads())
        self._parts = WhisperParts(weights, options.device, options.language, options.max_tokens)
        model = self._parts.model
        if is_half:
            halve_products(model)
        self._encoder = None if is_half else Encoder(model.encoder, is_int8)
        self._decoder = Decoder(model.decoder, is_int8, torch.float16 if is_half else torch.float32)
        self._timer = TextTimer(self._decoder, self._parts.tokenizer, model.alignment_heads)

    @property
    def settings_key(self) -> str:
        """All that changes the text, in one line."""
        return settings_key("openai-whisper", self._weights, self._precision, self._options)

    def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        """Recognises windows in batches of like length; see `Recogniser`."""
        tasks = tasks_of(windows, self._options.prompt)
        return in_batches(tasks, self._options.batch_size, self._lanes, self._recognise)

    def score(self, windows: Sequence[Window], texts: Sequence[str]) -> list[float]:
        """Log probability of each text over its window; see `Recogniser`."""
        tasks = tasks_of(windows, self._options.prompt, texts)
        return in_batches(tasks, self._options.batch_size, self._lanes, self._score)

    @torch.inference_mode()
    def _recognise(self, tasks: Sequence[Task]) -> list[RecognisedWindow]:
        windows = [task.window for task in tasks]
        features = self._encode(windows)
        audio = self._decoder.hear(features)
        found = search(
            self._decoder, audio, len(tasks), self._parts.rules(tasks[0].prompt), self._options.beam_size
        )
        for row, hypothesis in enumerate(found):
            if self._parts.compression(hypothesis.tokens) > LOOP_COMPRESSION_RATIO:
                found[row] = self._without_loop(features[row], tasks[row].prompt, hypothesis)
        words = self._timer.words(audio, found, [window.duration_s for window in windows])
        return [
            RecognisedWindow(
                window_id=window.window_id,
                text="".join(word.text for word in own),
                words=own,
                mean_log_probability=result.mean_log_probability,
                no_speech_probability=result.no_speech_probability,
                compression_ratio=self._parts.compression(result.tokens),
            )
            for window, result, own in zip(windows, found, words, strict=True)
        ]

    @torch.inference_mode()
    def _score(self, tasks: Sequence[Task]) -> list[float]:
        start = self._parts.rules(tasks[0].prompt).initial_tokens
        texts = [self._parts.tokenizer.encode(task.text) for task in tasks]
        end_token = self._parts.tokenizer.eot
        audio = self._decoder.hear(self._encode([task.window for task in tasks]))
        hidden = self._decoder.read_rows(forced_rows(start, texts, end_token), audio)
        sums: list[float] = []
        for row, text in enumerate(texts):
            spoken = slice(len(start) - 1, len(start) + len(text))
            scores = self._decoder.logits(hidden[row, spoken]).log_softmax(dim=-1)
            wanted = torch.tensor([*text, end_token], device=scores.device)
            sums.append(scores.gather(1, wanted[:, None]).sum().item())
        return sums

    def _encode(self, windows: Sequence[Window]) -> list[Tensor]:
        """(n_frames, n_audio_state) per window; on a GPU all at once, padded to 30 s."""
        mels = [self._mel(window) for window in windows]
        if self._encoder is not None:
            return [self._encoder(mel) for mel in mels]
        return list(self._parts.model.encoder(torch.stack(mels).half()))

    def _mel(self, window: Window) -> Tensor:
        seconds = WINDOW_S if self._encoder is None else min(WINDOW_S, window.duration_s + TAIL_S)
        return self._parts.mel(window, seconds)

    def _without_loop(self, features: Tensor, prompt: str, looped: Hypothesis) -> Hypothesis:
        """The least repetitive of two more attempts at one window, alone, hence the same in any batch."""
        attempts = [looped]
        audio = self._decoder.hear([features])
        for rules in (self._parts.rules(prompt), self._parts.rules("")):
            attempts += search(self._decoder, audio, 1, rules, WIDE_BEAM_SIZE)
            if self._parts.compression(attempts[-1].tokens) <= LOOP_COMPRESSION_RATIO:
                return attempts[-1]
        return min(attempts, key=lambda attempt: self._parts.compression(attempt.tokens))
