"""Real weights and the sample nights: loaded once, used by all tests of this folder."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.bench_figures import error_rate
from transcribe.call import Call, Recording, SpeakerRole
from transcribe.pipeline import TranscribeOptions, transcribe_calls
from transcribe.recognise.openai_whisper import OpenAIWhisper
from transcribe.recognise.protocol import RecogniseOptions
from transcribe.vad import SpeechDetector
from transcribe.weights import Weights, find_weights

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return find_weights("base", tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def options() -> TranscribeOptions:
    return TranscribeOptions(recognise=RecogniseOptions())


@pytest.fixture(scope="session")
def recogniser(weights: Weights, options: TranscribeOptions) -> OpenAIWhisper:
    return OpenAIWhisper(weights, options.recognise)


@pytest.fixture(scope="session")
def detector() -> SpeechDetector:
    return SpeechDetector()


@pytest.fixture(scope="session")
def truth() -> Callable[[str], dict[str, Any]]:
    def read(call_id: str) -> dict[str, Any]:
        return yaml.safe_load((SAMPLES / "truth" / f"{call_id}.yaml").read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="session")
def heard(
    recogniser: OpenAIWhisper, detector: SpeechDetector, options: TranscribeOptions, truth: Any
) -> dict[str, Call]:
    """Three sample calls: two channels twice, and one channel for both voices."""
    recordings = [_recording(truth(call_id)) for call_id in ("c001", "c010", "c023")]
    results = list(transcribe_calls(recordings, recogniser, detector, options))
    return {call.recording.call_id: call for call in results if isinstance(call, Call)}


@pytest.fixture(scope="session")
def character_errors() -> Callable[[str, str], float]:
    """Character error rate: edit distance over the reference's length, numbers as they are read aloud."""

    def rate(reference: str, hypothesis: str) -> float:
        return error_rate([(reference, hypothesis)])

    return rate


def _recording(known: dict[str, Any]) -> Recording:
    night = date.fromisoformat(str(known["night"]))
    files = tuple(SAMPLES / "inbox" / str(night) / name for name in known["files"])
    is_per_role = set(known["channels"]) == {"agent", "customer"}
    roles = tuple(SpeakerRole(role) for role in known["channels"]) if is_per_role else None
    return Recording(known["call_id"], files, "digest", night, night, channel_roles=roles)
