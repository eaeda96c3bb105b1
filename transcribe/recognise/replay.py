"""Recognition from a file: what a recogniser once answered, given again without its model. Edge.

`RecordingRecogniser` stands before a real one and remembers; `ReplayRecogniser` answers from the file. So a
night can be run again in seconds: to reproduce a fault, to try other lexicons, to test what follows. An
answer belongs to the samples themselves (their sha256), hence to any window that holds the same sound.
So does a score, together with its text. The file is JSON: {"settings_key": "...", "answers": {sha256: {...}},
"scores": {"sha256 text": -12.3}}.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from transcribe.errors import TranscribeError
from transcribe.recognise.protocol import RecognisedWindow, RecognisedWord, Recogniser, Window


class _StoredWord(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    text: str
    start_s: float
    end_s: float
    probability: float


class _StoredAnswer(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    text: str
    words: list[_StoredWord]
    mean_log_probability: float
    no_speech_probability: float
    compression_ratio: float

    def for_window(self, window_id: str) -> RecognisedWindow:
        words = tuple(RecognisedWord(w.text, w.start_s, w.end_s, w.probability) for w in self.words)
        return RecognisedWindow(
            window_id,
            self.text,
            words,
            self.mean_log_probability,
            self.no_speech_probability,
            self.compression_ratio,
        )


class _StoredFile(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    settings_key: str
    answers: dict[str, _StoredAnswer]
    scores: dict[str, float] = {}


class ReplayRecogniser:
    """A `Recogniser` that answers from a file written by `RecordingRecogniser.save`."""

    def __init__(self, path: Path):
        """Reads the whole file.

        Raises:
            TranscribeError: the file cannot be read or is no recording of recognition.
        """
        self._path = path
        try:
            stored = _StoredFile.model_validate_json(path.read_bytes())
        except OSError as err:
            raise TranscribeError(f"{path}: 读不了识别记录({err.strerror}), 请检查路径") from err
        except ValidationError as err:
            raise TranscribeError(f"{path}: 不是识别记录: {err.errors()[0]['msg']}, 请重新录制") from err
        self._settings_key = stored.settings_key
        self._answers = stored.answers
        self._scores = stored.scores

    @property
    def settings_key(self) -> str:
        """That of the recogniser that was recorded: what it gives is the same."""
        return self._settings_key

    def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        """One stored answer per window.

        Raises:
            TranscribeError: a window was never recorded (other audio, speech detection or packing).
        """
        return [self._answer(window) for window in windows]

    def score(self, windows: Sequence[Window], texts: Sequence[str]) -> list[float]:
        """One stored score per window and text.

        Raises:
            TranscribeError: a text was never scored over this window.
        """
        keys = [_score_key(window, text) for window, text in zip(windows, texts, strict=True)]
        if missing := [w.window_id for w, key in zip(windows, keys, strict=True) if key not in self._scores]:
            raise TranscribeError(f"{self._path}: 没有窗口 {missing[0]} 的打分记录, 请重新录制")
        return [self._scores[key] for key in keys]

    def _answer(self, window: Window) -> RecognisedWindow:
        stored = self._answers.get(samples_digest(window))
        if stored is None:
            raise TranscribeError(
                f"{self._path}: 没有窗口 {window.window_id} 的识别记录, 录音或切分设置已变, 请重新录制"
            )
        return stored.for_window(window.window_id)


class RecordingRecogniser:
    """A `Recogniser` that passes everything on to another one and remembers the answers."""

    def __init__(self, recogniser: Recogniser):
        self._recogniser = recogniser
        self._answers: dict[str, RecognisedWindow] = {}
        self._scores: dict[str, float] = {}

    @property
    def settings_key(self) -> str:
        """That of the recogniser behind."""
        return self._recogniser.settings_key

    def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        """The answers of the recogniser behind, remembered."""
        answers = self._recogniser.recognise(windows)
        for window, answer in zip(windows, answers, strict=True):
            self._answers[samples_digest(window)] = answer
        return answers

    def score(self, windows: Sequence[Window], texts: Sequence[str]) -> list[float]:
        """The scores of the recogniser behind, remembered."""
        scores = self._recogniser.score(windows, texts)
        for window, text, score in zip(windows, texts, scores, strict=True):
            self._scores[_score_key(window, text)] = score
        return scores

    def save(self, path: Path) -> None:
        """Writes all answers so far, sorted, beside and then renamed."""
        answers = {digest: asdict(answer) for digest, answer in sorted(self._answers.items())}
        for answer in answers.values():
            del answer["window_id"]
        scores = dict(sorted(self._scores.items()))
        content = {"settings_key": self.settings_key, "answers": answers, "scores": scores}
        beside = path.with_name(path.name + ".part")
        beside.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        beside.replace(path)


def samples_digest(window: Window) -> str:
    """sha256 (hex) of the window's samples as little-endian float32."""
    return hashlib.sha256(window.samples.astype("<f4").tobytes()).hexdigest()


def _score_key(window: Window, text: str) -> str:
    return f"{samples_digest(window)} {text}"
