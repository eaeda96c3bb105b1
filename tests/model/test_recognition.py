"""Real weights on the sample calls: bars on errors, times and roles, and nothing invented without speech."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from transcribe.audio import load_recording
from transcribe.call import Call, Recording, SpeakerRole, Turn
from transcribe.pipeline import TranscribeOptions, transcribe_calls
from transcribe.recognise.openai_whisper import OpenAIWhisper
from transcribe.recognise.protocol import DEFAULT_PROMPT, Window
from transcribe.vad import SpeechDetector
from transcribe.weights import EMBEDDED_DIGEST, Weights

pytestmark = pytest.mark.model
RATE_HZ = 16_000
SECONDS = 12


def said(turns: Sequence[Turn], channel: int | None = None) -> str:
    return "".join(turn.text for turn in turns if channel in (None, turn.channel))


def test_the_embedded_weights_are_found_and_checked(weights: Weights) -> None:
    assert (weights.name, weights.digest) == ("base", EMBEDDED_DIGEST)
    assert weights.path.is_file()


@pytest.mark.parametrize("call_id", ["c001", "c023"])
def test_two_channels_are_heard(
    heard: dict[str, Call], truth: Any, character_errors: Callable[[str, str], float], call_id: str
) -> None:
    turns = heard[call_id].transcript.turns
    expected = truth(call_id)["turns"]
    for channel, role in enumerate((SpeakerRole.AGENT, SpeakerRole.CUSTOMER)):
        reference = "".join(turn["text"] for turn in expected if turn["role"] == role.value)
        assert character_errors(reference, said(turns, channel)) < 0.20
        assert {turn.role for turn in turns if turn.channel == channel} == {role}
    assert heard[call_id].faults == ()
    assert min(turn.role_confidence for turn in turns) > 0.9


@pytest.mark.parametrize("call_id", ["c001", "c023"])
def test_turns_begin_and_end_when_they_do(heard: dict[str, Call], truth: Any, call_id: str) -> None:
    turns = heard[call_id].transcript.turns
    errors: list[float] = []
    for expected in truth(call_id)["turns"]:
        own = [t for t in turns if t.role.value == expected["role"]]
        errors.append(min(abs(t.start_s - expected["start_s"]) for t in own))
        errors.append(min(abs(t.end_s - expected["end_s"]) for t in own))
    assert float(np.median(errors)) < 0.3
    assert float(np.percentile(errors, 95)) < 1.0


def test_one_channel_with_two_voices_is_heard_and_mostly_attributed(
    heard: dict[str, Call], truth: Any, character_errors: Callable[[str, str], float]
) -> None:
    turns = heard["c010"].transcript.turns
    expected = truth("c010")["turns"]
    assert character_errors("".join(turn["text"] for turn in expected), said(turns)) < 0.20
    right = wrong = 0
    for turn in turns:
        middle_s = (turn.start_s + turn.end_s) / 2
        nearest = min(expected, key=lambda other: abs((other["start_s"] + other["end_s"]) / 2 - middle_s))
        inside = [other for other in expected if other["start_s"] <= middle_s <= other["end_s"]]
        role = (inside or [nearest])[0]["role"]
        right += len(turn.text) * (turn.role.value == role)
        wrong += len(turn.text) * (turn.role.value not in (role, SpeakerRole.UNKNOWN.value))
    assert right > 0.8 * (right + wrong)
    assert wrong < 0.1 * len(said(turns))


def test_every_second_of_speech_is_accounted_for_and_the_prompt_stays_out(heard: dict[str, Call]) -> None:
    assert set(heard) == {"c001", "c023", "c010"}
    for call in heard.values():
        for audit in call.audits:
            parts_s = audit.recognised_s + audit.suspect_s + audit.unrecognised_s
            assert parts_s == pytest.approx(audit.speech_s, abs=0.01)
            assert audit.recognised_s > 0.9 * audit.speech_s
        assert DEFAULT_PROMPT[:6] not in said(call.transcript.turns)


def test_text_does_not_depend_on_what_shares_the_batch(
    recogniser: OpenAIWhisper, heard: dict[str, Call]
) -> None:
    samples = load_recording(heard["c001"].recording).samples
    cuts = [(0, 0, 10), (1, 3, 15), (1, 20, 40)]
    windows = [
        Window(f"w{n}", samples[channel, start * RATE_HZ : end * RATE_HZ])
        for n, (channel, start, end) in enumerate(cuts)
    ]
    together = recogniser.recognise(windows)
    alone = [recogniser.recognise([window])[0] for window in windows]
    assert [window.text for window in together] == [window.text for window in alone]
    for one, other in zip(together, alone, strict=True):
        assert [w.start_s for w in one.words] == pytest.approx([w.start_s for w in other.words], abs=0.05)


def tone(*hz: float) -> np.ndarray:
    at_s = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    return sum(np.sin(2 * np.pi * f * at_s) for f in hz) / len(hz)


def no_speech(kind: str) -> np.ndarray:
    rng = np.random.default_rng(11)
    count = SECONDS * RATE_HZ
    at_s = np.arange(count) / RATE_HZ
    if kind == "silence":
        return np.zeros(count)
    if kind == "noise":
        return rng.normal(0, 0.05, count)
    if kind == "ring_back":  # 450 Hz, one second on and four off, as in China
        return 0.3 * tone(450) * (at_s % 5 < 1)
    if kind == "dtmf":
        pairs = [tone(697, 1209), tone(770, 1336), tone(852, 1477)]
        return 0.3 * np.choose((at_s / 0.4).astype(int) % 3, pairs) * (at_s % 0.4 < 0.2)
    chords = [tone(262, 330, 392), tone(220, 262, 330), tone(175, 220, 262), tone(196, 247, 294)]
    decay = np.exp(-2 * (at_s % 0.5))
    return 0.3 * np.choose((at_s / 2).astype(int) % 4, chords) * decay


@pytest.mark.parametrize("kind", ["silence", "noise", "ring_back", "dtmf", "hold_music"])
def test_nothing_is_invented_without_speech(
    kind: str,
    recogniser: OpenAIWhisper,
    detector: SpeechDetector,
    options: TranscribeOptions,
    tmp_path: Path,
) -> None:
    path = tmp_path / f"{kind}.wav"
    pcm = np.round(np.clip(no_speech(kind), -1, 1) * 32767).astype(np.int16)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    day = date(2026, 11, 20)
    (call,) = transcribe_calls([Recording("x", (path,), "d", day, day)], recogniser, detector, options)
    assert isinstance(call, Call)
    assert len(said(call.transcript.turns)) <= 1
