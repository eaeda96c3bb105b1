"""The way a GPU takes, as far as a CPU can go it: float16 products, whole batches, whisper's own encoder."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from whisper.model import ModelDimensions, Whisper

from flows.bench_size_weights import write_random_checkpoint
from transcribe.recognise import openai_whisper
from transcribe.recognise.decoder import Decoder, TextCache, Watch
from transcribe.recognise.openai_whisper import OpenAIWhisper
from transcribe.recognise.protocol import DEFAULT_PROMPT, RecogniseOptions, Window
from transcribe.recognise.search import search
from transcribe.recognise.timing import TextTimer
from transcribe.recognise.whisper_parts import WhisperParts, halve_products
from transcribe.weights import Weights

TOKENS = 12


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """Random weights whose text follows from the position, as they are, and here from the sound as well."""
    path = tmp_path_factory.mktemp("weights") / "babble.pt"
    write_random_checkpoint(ModelDimensions(80, 1500, 64, 2, 2, 51865, 448, 64, 2, 2), path)
    checkpoint = torch.load(path)
    for name, values in checkpoint["model_state_dict"].items():
        if "conv" in name or "cross_attn.value" in name or "cross_attn.out" in name:
            values.mul_(20)
    torch.save(checkpoint, path)
    return Weights("babble", path, "babble")


@pytest.fixture(scope="module")
def windows() -> list[Window]:
    """Full ones: the way of a GPU reads 30 s of every window."""
    rng = np.random.default_rng(4)
    tones = np.sin(np.arange(480_000) * 0.2) * np.linspace(0, 1, 480_000)
    sounds = [rng.normal(0, 0.1, 480_000), tones]
    return [Window(f"w{n}", sound.astype(np.float32)) for n, sound in enumerate(sounds)]


def recogniser(weights: Weights) -> OpenAIWhisper:
    return OpenAIWhisper(weights, RecogniseOptions(beam_size=3, threads=1, max_tokens=TOKENS))


def test_the_way_of_a_gpu_writes_what_a_cpu_writes(
    weights: Weights, windows: Sequence[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_whisper, "resolved_precision", lambda *_: "fp32")
    exact = recogniser(weights)
    monkeypatch.setattr(openai_whisper, "resolved_precision", lambda *_: "fp16")
    half: Any = recogniser(weights)
    assert half._encoder is None
    assert half._decoder._to_logits._weight.dtype == torch.float16
    theirs, ours = exact.recognise(windows), half.recognise(windows)
    texts = [found.text for found in ours]
    assert texts == [found.text for found in theirs]
    assert len({"", *texts}) == 3
    for one, other in zip(ours, theirs, strict=True):
        assert one.mean_log_probability == pytest.approx(other.mean_log_probability, abs=0.02)
        assert one.no_speech_probability == pytest.approx(other.no_speech_probability, rel=0.05, abs=1e-6)
        assert [word.text for word in one.words] == [word.text for word in other.words]
        assert all(0 <= word.start_s <= word.end_s <= 30 for word in one.words)
    assert half.score(windows, texts) == pytest.approx(exact.score(windows, texts), rel=0.01)


def written(weights: Weights, mels: Tensor, dtype: torch.dtype) -> tuple[Any, Any]:
    parts = WhisperParts(weights, "cpu", "zh", TOKENS)
    decoder = Decoder(parts.model.decoder, False, dtype)
    with torch.inference_mode():
        audio = decoder.hear([features.to(dtype) for features in parts.model.encoder(mels)])
        found = search(decoder, audio, len(mels), parts.rules(DEFAULT_PROMPT), 2)
        timer = TextTimer(decoder, parts.tokenizer, parts.model.alignment_heads)
        return found, timer.words(audio, found, [30.0] * len(mels))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_search_and_timing_run_in_any_precision(weights: Weights, dtype: torch.dtype) -> None:
    mels = torch.randn((2, 80, 3000), generator=torch.Generator().manual_seed(1))
    exact, exact_words = written(weights, mels, torch.float32)
    found, words = written(weights, mels, dtype)
    assert [len(result.tokens) for result in found] == [TOKENS] * 2
    assert [result.tokens for result in found] == [result.tokens for result in exact]
    assert [[w.text for w in own] for own in words] == [[w.text for w in own] for own in exact_words]


def test_norms_and_positions_stay_exact(weights: Weights) -> None:
    model = WhisperParts(weights, "cpu", "zh").model
    halve_products(model)
    kinds = {name.rsplit(".", 1)[0].split(".")[-1]: value.dtype for name, value in model.named_parameters()}
    assert {name for name, dtype in kinds.items() if dtype == torch.float32} == {
        *("attn_ln", "cross_attn_ln", "mlp_ln", "ln_post", "ln", "token_embedding", "decoder"),
    }
    mel = torch.randn((1, 80, 3000), generator=torch.Generator().manual_seed(2)).half()
    with torch.inference_mode():
        assert model.encoder(mel).dtype == torch.float16


def test_the_text_read_at_once_takes_no_room_for_steps() -> None:
    cache = TextCache()
    first, step = torch.ones(2, 1, 9, 4), torch.full((2, 1, 1, 4), 2.0)
    held, _ = cache.append(0, first, first)
    assert held.untyped_storage().nbytes() == first.untyped_storage().nbytes()
    cache.length = 9
    held, _ = cache.append(0, step, step)
    assert torch.equal(held, torch.cat([first, step], dim=2))
    roomy = held.untyped_storage().nbytes()
    cache.length = 10
    assert cache.append(0, step, step)[0].untyped_storage().nbytes() == roomy


def test_nothing_stays_behind_on_the_cpu() -> None:
    """On torch's device without memory, which refuses a CPU tensor beside its own as a GPU does."""
    there = torch.device("meta")
    model: Any = Whisper(ModelDimensions(80, 1500, 64, 2, 2, 51865, 448, 64, 2, 2)).to(there)
    halve_products(model)
    decoder = Decoder(model.decoder, False, torch.float16)
    with torch.inference_mode():
        features = model.encoder(torch.zeros((3, 80, 3000), device=there).half())
        audio, cache, watch = decoder.hear(list(features)), TextCache(), Watch({0: [0, 1], 1: [1]})
        tokens = torch.zeros((3, 5), dtype=torch.long, device=there)
        causal = torch.ones((5, 5), dtype=torch.bool, device=there).tril()
        decoder.read(tokens, torch.arange(5, device=there), audio, cache, causal, watch)
        staying = torch.tensor([0, 2], device=there)
        cache.keep(staying)
        seen = torch.ones((2, 1, 2, 7), dtype=torch.bool, device=there)
        hidden = decoder.read(
            tokens[:2, :2], torch.full((1,), 5, device=there), audio.rows(staying), cache, seen
        )
        logits = decoder.logits(hidden)
    assert (logits.device, logits.dtype, logits.shape) == (there, torch.float32, (2, 2, 51865))
    assert [scores.device for scores in watch.scores] == [there, there]
