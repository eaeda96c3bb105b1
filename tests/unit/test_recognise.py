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
from transcribe.recognise.lanes import shrinking
from transcribe.recognise.linear import Linear, has_fast_int8
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


PRECISIONS = ["fp32", *(["int8"] if has_fast_int8() else [])]


def loaded(checkpoint: Path, **changes: Any) -> Any:
    usual = RecogniseOptions(beam_size=2, batch_size=3, threads=2, precision="fp32")
    options = replace(usual, **changes)
    recogniser: Any = OpenAIWhisper(Weights("babble", checkpoint, "d1"), options)
    for prompt in ("", options.prompt):
        recogniser._parts._rules[prompt] = replace(recogniser._parts.rules(prompt), max_tokens=40)
    return recogniser


@pytest.fixture(scope="module")
def babble(checkpoint: Path) -> OpenAIWhisper:
    return loaded(checkpoint)


def noises(count: int) -> list[Window]:
    rng = np.random.default_rng(3)
    return [Window(f"w{n}", rng.normal(0, 0.1, 16_000 * (n + 1)).astype(np.float32)) for n in range(count)]


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("beam_size", [1, 3])
def test_a_windows_text_does_not_depend_on_its_batch(
    checkpoint: Path, beam_size: int, precision: str
) -> None:
    recogniser = loaded(checkpoint, beam_size=beam_size, batch_size=5, precision=precision)
    windows = noises(5)
    together = recogniser.recognise(windows)
    alone = [recogniser.recognise([window])[0] for window in windows]
    assert [found.text for found in together] == [found.text for found in alone]
    assert [found.mean_log_probability for found in together] == pytest.approx(
        [found.mean_log_probability for found in alone], abs=2e-3
    )


def test_greedy_search_is_whispers_own(babble: Any) -> None:
    options = DecodingOptions(
        language="zh", prompt=RecogniseOptions().prompt, without_timestamps=True, fp16=False, sample_len=25
    )
    with torch.inference_mode():
        mels = torch.stack([babble._parts.mel(window, 30.0) for window in noises(3)])
        features = babble._parts.model.encoder(mels)
        expected: Any = whisper.decode(babble._parts.model, features, options)
        audio = babble._decoder.hear(list(features))
        found = search(babble._decoder, audio, 3, babble._parts.rules(options.prompt), 1)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.tokens[:25] == theirs.tokens[:25]
        assert ours.no_speech_probability == pytest.approx(theirs.no_speech_prob, rel=1e-3)


def test_the_encoder_is_whispers_own(babble: Any) -> None:
    with torch.inference_mode():
        mel = babble._parts.mel(noises(1)[0], 30.0)
        ours, theirs = babble._encoder(mel), babble._parts.model.encoder(mel[None])[0]
    assert torch.allclose(ours, theirs, atol=1e-3)


def test_a_score_is_the_likelihood_of_a_text_and_its_end(babble: Any) -> None:
    window = noises(1)[0]
    text = babble.recognise([window])[0].text
    scores = babble.score([window, window, window], [text, text[:-1], text])
    assert scores[0] == scores[2] <= 0
    assert len(set(scores)) == 2
    tokens = [*babble._parts.tokenizer.encode("您好"), babble._parts.tokenizer.eot]
    start = list(babble._parts.rules(RecogniseOptions().prompt).initial_tokens)
    with torch.inference_mode():
        features = torch.stack(babble._encode([window]))
        logits = babble._parts.model.decoder(torch.tensor([start + tokens[:-1]]), features)[0]
        likely = logits[len(start) - 1 :].log_softmax(dim=-1)
        expected = sum(float(likely[n, token]) for n, token in enumerate(tokens))
    assert babble.score([window], ["您好"])[0] == pytest.approx(expected, abs=1e-3)


@pytest.mark.skipif(not has_fast_int8(), reason="this processor has no fast 8-bit products")
def test_an_int8_product_is_near_and_blind_to_its_neighbours() -> None:
    rng = torch.Generator().manual_seed(5)
    weight, bias = torch.randn(48, 96, generator=rng), torch.randn(48, generator=rng)
    rows = torch.randn(7, 96, generator=rng) * torch.logspace(-2, 3, 7)[:, None]
    product = Linear(weight, bias, is_int8=True)
    exact = rows @ weight.T + bias
    error = (product(rows) - exact).norm(dim=1) / exact.norm(dim=1)
    assert float(error.max()) < 0.02
    assert torch.equal(product(rows), torch.cat([product(row[None]) for row in rows]))
    assert torch.equal(product(rows[:, None])[:, 0], product(rows))


def test_a_batch_that_does_not_fit_is_done_in_halves() -> None:
    sizes: list[int] = []

    def work(batch: Sequence[int]) -> list[int]:
        sizes.append(len(batch))
        if len(batch) > 2:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return [n * n for n in batch]

    assert shrinking(work, [1, 2, 3, 4, 5]) == [1, 4, 9, 16, 25]
    assert sizes == [5, 2, 3, 1, 2]
    with pytest.raises(RuntimeError, match="shape"):
        shrinking(lambda _: (_ for _ in ()).throw(RuntimeError("bad shape")), [1, 2])


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
    others: list[dict[str, Any]] = [
        {"beam_size": 2},
        {"prompt": "您好。"},
        *({"precision": x} for x in PRECISIONS[:-1]),
    ]
    assert len({key(), key("d2"), *(key(**changes) for changes in others)}) == 2 + len(others)


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
    small = matrix[:2, 2:8]
    assert [starts.tolist() for starts in token_start_frames([matrix, small])] == [[0, 4, 7], [0, 2]]


@given(
    arrays(np.float32, st.tuples(st.integers(1, 7), st.integers(7, 20)), elements=st.floats(-2, 2, width=32))
)
def test_the_path_is_the_cheapest(matrix: np.ndarray) -> None:
    starts = token_start_frames([matrix])[0].tolist()
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
    """Says how long the window is, and likes short texts."""

    settings_key = "parrot 1"

    def score(self, windows: Sequence[Window], texts: Sequence[str]) -> list[float]:
        return [-float(len(text)) for _, text in zip(windows, texts, strict=True)]

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
    recorder.score(windows[:2], ["甲", "乙乙"])
    recorder.save(tmp_path / "answers.json")
    replay = ReplayRecogniser(tmp_path / "answers.json")
    assert replay.settings_key == "parrot 1"
    assert replay.recognise(windows) == answers
    renamed = replay.recognise([Window("other name", windows[1].samples)])
    assert (renamed[0].window_id, renamed[0].text) == ("other name", answers[1].text)
    assert replay.score([windows[1], windows[0]], ["乙乙", "甲"]) == [-2.0, -1.0]
    with pytest.raises(TranscribeError, match="w2"):
        replay.score([windows[2]], ["甲"])
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
