"""Both recognisers over the same weights: what shares a batch changes nothing, and they agree."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz.distance import Levenshtein

from flows.bench_figures import error_rate
from transcribe.audio import load_recording
from transcribe.call import Recording
from transcribe.errors import TranscribeError
from transcribe.hearing import HearingOptions, SourceAudio, hear
from transcribe.normalize import bare
from transcribe.recognise.engines import installed_engines, make_recogniser
from transcribe.recognise.protocol import RecogniseOptions, Recogniser
from transcribe.vad import SpeechDetector
from transcribe.weights import Weights

pytestmark = pytest.mark.model
OPTIONS = RecogniseOptions(beam_size=1, threads=1)
SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "inbox" / "2026-11-20"
DAY = date(2026, 11, 20)
FILES = ("c001.wav", "c002.wav")


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="module")
def sources(detector: SpeechDetector) -> dict[str, SourceAudio]:
    found: dict[str, SourceAudio] = {}
    for name in FILES:
        path = SAMPLES / name
        samples = load_recording(Recording(name, (path,), "d", DAY, DAY)).samples
        for number, channel in enumerate(samples):
            found[f"{name}#{number}"] = SourceAudio(number, channel, detector.speech_spans(channel))
    return found


def texts(sources: dict[str, SourceAudio], recogniser: Recogniser) -> dict[str, str]:
    heard = hear(sources, recogniser, HearingOptions())
    return {name: "".join(s.text for s in channel.segments) for name, channel in heard.items()}


@pytest.fixture(scope="module")
def by_engine(
    sources: dict[str, SourceAudio], weights: Weights, models_dir: Path
) -> dict[str, tuple[Any, dict[str, str]]]:
    """Engine to (recogniser, text per channel when all are heard together)."""
    made = {
        engine: make_recogniser(weights, models_dir, replace(OPTIONS, engine=engine))
        for engine in installed_engines()
    }
    return {engine: (recogniser, texts(sources, recogniser)) for engine, recogniser in made.items()}


def test_alone_and_together_differ_by_at_most_one_percent(
    sources: dict[str, SourceAudio], by_engine: dict[str, tuple[Any, dict[str, str]]]
) -> None:
    for recogniser, together in by_engine.values():
        alone = {name: texts({name: source}, recogniser)[name] for name, source in sources.items()}
        length = sum(len(bare(text)) for text in together.values())
        apart = sum(Levenshtein.distance(bare(together[name]), bare(alone[name])) for name in sources)
        assert length > 200
        assert apart <= 0.01 * length


def test_the_engines_agree(by_engine: dict[str, tuple[Any, dict[str, str]]]) -> None:
    if len(by_engine) == 1:
        pytest.skip("the extra `fast` is not installed")
    (_, one), (_, other) = by_engine.values()
    assert error_rate([(one[name], other[name]) for name in one]) < 0.08


def test_ctranslate2_reads_converted_weights_as_its_own(
    sources: dict[str, SourceAudio], weights: Weights, models_dir: Path, by_engine: dict[str, Any]
) -> None:
    """The packaged weights are CTranslate2's own file; the checkpoint made from them is converted back."""
    if "ctranslate2" not in by_engine:
        pytest.skip("the extra `fast` is not installed")
    name = "c001.wav#1"
    renamed = replace(weights, digest="0" * 64)
    converted = make_recogniser(renamed, models_dir, replace(OPTIONS, engine="ctranslate2"))
    assert texts({name: sources[name]}, converted)[name] == by_engine["ctranslate2"][1][name]


def test_words_have_times_and_probabilities(
    sources: dict[str, SourceAudio], by_engine: dict[str, tuple[Any, dict[str, str]]]
) -> None:
    for recogniser, _ in by_engine.values():
        segments = hear({"x": sources["c001.wav#0"]}, recogniser, HearingOptions())["x"].segments
        assert len(segments) > 3
        for segment in segments:
            assert "".join(word.text for word in segment.words) == segment.text
            for word in segment.words:
                assert segment.start_s <= word.start_s <= word.end_s <= segment.end_s
                assert 0 < word.probability <= 1


def test_an_unknown_engine_is_refused_with_those_there_are(weights: Weights, models_dir: Path) -> None:
    with pytest.raises(TranscribeError, match=r"vosk.*openai-whisper"):
        make_recogniser(weights, models_dir, replace(OPTIONS, engine="vosk"))
