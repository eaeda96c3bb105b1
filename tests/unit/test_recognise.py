"""Search, alignment and replay, on a small random model where a model is needed at all."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import whisper
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from whisper.decoding import DecodingOptions
from whisper.model import ModelDimensions, Whisper

from transcribe.errors import TranscribeError, WeightsMissing
from transcribe.recognise.alignment import TokenRun, token_start_frames, words_from_tokens
from transcribe.recognise.openai_whisper import OpenAIWhisper
from transcribe.recognise.protocol import RecognisedWindow, RecognisedWord, RecogniseOptions, Window
from transcribe.recognise.replay import RecordingRecogniser, ReplayRecogniser
from transcribe.recognise.search import is_looping, search
from transcribe.weights import Weights

DIMENSIONS = ModelDimensions(80, 1500, 64, 1, 1, 51865, 448, 64, 1, 2)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of two layers that babbles: logits far enough apart that rounding decides nothing."""
    torch.manual_seed(7)
    model = Whisper(DIMENSIONS)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    path = tmp_path_factory.mktemp("weights") / "babble.pt"
    torch.save({"dims": vars(DIMENSIONS), "model_state_dict": model.state_dict()}, path)
    return path


@pytest.fixture(scope="module")
def babble(checkpoint: Path) -> OpenAIWhisper:
    recogniser: Any = OpenAIWhisper(
        Weights("babble", checkpoint, "d1"), RecogniseOptions(beam_size=2, batch_size=3, threads=1)
    )
    recogniser._rules = replace(recogniser._rules, max_tokens=40)
    recogniser._rules_without_prompt = replace(recogniser._rules_without_prompt, max_tokens=40)
    return recogniser


def noises(count: int) -> list[Window]:
    rng = np.random.default_rng(3)
    return [Window(f"w{n}", rng.normal(0, 0.1, 16_000 * (n + 1)).astype(np.float32)) for n in range(count)]


def features_of(recogniser: Any, windows: Sequence[Window]) -> torch.Tensor:
    return recogniser._encode(windows)


@pytest.mark.parametrize("beam_size", [1, 3])
def test_a_windows_text_does_not_depend_on_its_batch(babble: Any, beam_size: int) -> None:
    with torch.inference_mode():
        features = features_of(babble, noises(5))
        together = search(babble._model, features, babble._rules, beam_size)
        alone = [search(babble._model, features[n : n + 1], babble._rules, beam_size)[0] for n in range(5)]
    assert [h.tokens for h in together] == [h.tokens for h in alone]
    assert [h.mean_log_probability for h in together] == pytest.approx(
        [h.mean_log_probability for h in alone], abs=1e-4
    )


def test_greedy_search_is_whispers_own(babble: Any) -> None:
    options = DecodingOptions(
        language="zh", prompt=RecogniseOptions().prompt, without_timestamps=True, fp16=False, sample_len=25
    )
    with torch.inference_mode():
        features = features_of(babble, noises(3))
        expected = whisper.decode(babble._model, features, options)
        found = search(babble._model, features, babble._rules, 1)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.tokens[:25] == theirs.tokens[:25]
        assert ours.no_speech_probability == pytest.approx(theirs.no_speech_prob, rel=1e-3)


def test_results_come_in_the_order_asked_and_words_make_the_text(babble: OpenAIWhisper) -> None:
    windows = noises(4)
    results = babble.recognise(windows)
    assert [result.window_id for result in results] == ["w0", "w1", "w2", "w3"]
    for window, result in zip(windows, results, strict=True):
        assert "".join(word.text for word in result.words) == result.text
        for word in result.words:
            assert 0 <= word.start_s <= word.end_s <= window.samples.size / 16_000
            assert 0 <= word.probability <= 1


def test_no_windows(babble: OpenAIWhisper) -> None:
    assert babble.recognise([]) == []


def test_the_key_names_what_changes_the_text(checkpoint: Path) -> None:
    def key(digest: str = "d1", **changes: Any) -> str:
        return OpenAIWhisper(Weights("x", checkpoint, digest), RecogniseOptions(**changes)).settings_key

    assert key() == key(batch_size=2)
    assert len({key(), key("d2"), key(beam_size=2), key(prompt="您好。")}) == 4


def test_a_broken_checkpoint_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "broken.pt"
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(WeightsMissing, match=r"broken\.pt.*删除"):
        OpenAIWhisper(Weights("broken", path, "d"), RecogniseOptions())


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ([], False),
        ([5] * 31, True),
        ([5] * 20, False),
        ([1, 2, 3] * 12, True),
        (list(range(200)), False),
        ([9, 8, 7, 6] + [1, 2] * 17, True),
        ([1, 2] * 17 + [3], False),
    ],
)
def test_loops(tokens: list[int], expected: bool) -> None:
    assert is_looping(tokens) == expected


def test_tokens_start_where_their_attention_lies() -> None:
    matrix = np.zeros((3, 12), dtype=np.float32)
    matrix[0, 0:4] = matrix[1, 4:7] = matrix[2, 7:12] = 1
    assert token_start_frames(matrix).tolist() == [0, 4, 7]


@given(
    arrays(np.float32, st.tuples(st.integers(1, 7), st.integers(7, 20)), elements=st.floats(-2, 2, width=32))
)
def test_the_path_is_the_cheapest(matrix: np.ndarray) -> None:
    starts = token_start_frames(matrix).tolist()
    assert starts == sorted(starts)
    assert starts[0] == 0
    tokens, frames = matrix.shape
    best = np.full((tokens + 1, frames + 1), -np.inf)
    best[0, 0] = 0
    for i in range(1, tokens + 1):
        for j in range(1, frames + 1):
            best[i, j] = max(best[i - 1, j - 1], best[i - 1, j], best[i, j - 1]) + float(matrix[i - 1, j - 1])
    # A token reaches to the frame before the next one's first, or shares that frame with it.
    ours = float(matrix[-1, starts[-1] :].sum())
    for token, (first, following) in enumerate(pairwise(starts)):
        shared = float(matrix[token, first : following + 1].sum())
        ours += max(shared, float(matrix[token, first:following].sum())) if following > first else shared
    assert ours == pytest.approx(float(best[-1, -1]), abs=1e-3)


def test_punctuation_hangs_on_its_word_and_words_are_not_stretched() -> None:
    runs = [
        TokenRun("您", 1),
        TokenRun("好", 1),
        TokenRun(",", 1),
        TokenRun("“", 1),
        TokenRun("卡", 2),
        TokenRun("”", 1),
    ]
    starts = np.array([0, 10, 20, 100, 110, 115, 300, 320])
    words = words_from_tokens(runs, starts, [0.9, 0.8, 0.5, 0.5, 0.6, 0.4, 0.9], 6.0)
    assert [(w.text, w.start_s, w.end_s) for w in words] == [
        ("您", 0.0, 0.2),
        ("好,", 0.2, 0.4),
        ("“卡”", 2.2, 3.2),
    ]
    assert [w.probability for w in words] == pytest.approx([0.9, 0.8, 0.5])


class Parrot:
    """Says how long the window is."""

    settings_key = "parrot 1"

    def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        return [
            RecognisedWindow(
                w.window_id, str(w.samples.size), (RecognisedWord(str(w.samples.size), 0.1, 0.2, 0.5),), -0.25
            )
            for w in windows
        ]


def test_replay_answers_by_the_sound_itself(tmp_path: Path) -> None:
    recorder = RecordingRecogniser(Parrot())
    windows = noises(3)
    answers = recorder.recognise(windows)
    recorder.save(tmp_path / "answers.json")
    replay = ReplayRecogniser(tmp_path / "answers.json")
    assert replay.settings_key == "parrot 1"
    assert replay.recognise(windows) == answers
    renamed = replay.recognise([Window("other name", windows[1].samples)])
    assert (renamed[0].window_id, renamed[0].text) == ("other name", answers[1].text)
    with pytest.raises(TranscribeError, match="unknown"):
        replay.recognise([Window("unknown", np.ones(4, np.float32))])


@pytest.mark.parametrize("content", ["", "{}", json.dumps({"settings_key": "x", "answers": {"a": {}}})])
def test_what_is_no_recording_of_recognition_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content)
    with pytest.raises(TranscribeError, match=r"answers\.json"):
        ReplayRecogniser(path)


def test_a_missing_recording_of_recognition_is_named(tmp_path: Path) -> None:
    with pytest.raises(TranscribeError, match=r"nowhere\.json"):
        ReplayRecogniser(tmp_path / "nowhere.json")
