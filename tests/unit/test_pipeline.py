"""Recordings to calls with a recogniser that needs no model: roles, audits, faults, grouping."""

import wave
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from transcribe.call import Call, Fault, FaultReason, Recording, SpeakerRole, TimeSpan
from transcribe.channels import Sound, as_float
from transcribe.hearing import HearingOptions, SourceAudio, hear
from transcribe.pipeline import TranscribeOptions, recognition_key, transcribe_calls
from transcribe.recognise.protocol import RecognisedWindow, RecognisedWord, RecogniseOptions, Window
from transcribe.vad import SpeechDetector, VadOptions
from transcribe.weights import Weights

RATE_HZ = 16_000
AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN
NIGHT = date(2026, 11, 20)
Floats = npt.NDArray[np.float32]
LINES = {1: "您好工号八零二六为您服务", 2: "我想问一下我的账单", 3: "谢谢观看", 4: "", 5: "嗯"}


class LevelReader:
    """Reads what is said off the sound: every second of tone n/10 loud is line n of LINES, evenly spoken."""

    settings_key = "levels"

    def __init__(self) -> None:
        self.batches: list[int] = []

    def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        self.batches.append(len(windows))
        return [self._read(window) for window in windows]

    def _read(self, window: Window) -> RecognisedWindow:
        levels = np.round(np.abs(window.samples) * 10).astype(int)
        changes = [0, *np.flatnonzero(np.diff(levels)) + 1, levels.size]
        words: list[RecognisedWord] = []
        for first, last in pairwise(changes):
            text = LINES.get(int(levels[first]), "")
            step_s = (last - first) / RATE_HZ / max(1, len(text))
            words += [
                RecognisedWord(
                    character, first / RATE_HZ + n * step_s, first / RATE_HZ + (n + 1) * step_s, 0.9
                )
                for n, character in enumerate(text)
            ]
        return RecognisedWindow(window.window_id, "".join(w.text for w in words), tuple(words), -0.2)


class LevelDetector(SpeechDetector):
    """Speech is wherever there is sound: the network would not take a level for a voice."""

    def __init__(self) -> None:
        self.options = VadOptions()

    def speech_spans(self, samples: Sound) -> tuple[TimeSpan, ...]:
        is_loud = np.abs(as_float(samples)) > 0.05
        loud = np.flatnonzero(np.diff(np.concatenate([[0], is_loud, [0]]).astype(int)))
        return tuple(TimeSpan(a / RATE_HZ, b / RATE_HZ) for a, b in loud.reshape(-1, 2).tolist())


def channel(*lines: tuple[float, float, int], seconds: float = 10.0) -> Floats:
    samples = np.zeros(round(seconds * RATE_HZ), np.float32)
    for start_s, end_s, line in lines:
        samples[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)] = line / 10
    return samples


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., Recording]:
    def write(call_id: str, *channels: Floats, **known: object) -> Recording:
        path = tmp_path / f"{call_id}.wav"
        pcm = np.round(np.stack(channels, axis=1) * 32767).astype("<i2")
        with wave.open(str(path), "wb") as file:
            file.setparams((len(channels), 2, RATE_HZ, 0, "NONE", ""))
            file.writeframes(pcm.tobytes())
        recording = Recording(call_id, (path,), "d", NIGHT, NIGHT, channel_roles=(AGENT, CUSTOMER))
        return replace(recording, **known)

    return write


AGENT_SIDE = channel((1, 4, 1), (7, 7.5, 5))
CUSTOMER_SIDE = channel((4.5, 6.5, 2))


def run(*recordings: Recording, options: TranscribeOptions | None = None) -> list[Call | Fault]:
    return list(transcribe_calls(recordings, LevelReader(), LevelDetector(), options or TranscribeOptions()))


def only_call(*recordings: Recording) -> Call:
    (call,) = run(*recordings)
    assert isinstance(call, Call)
    return call


def test_a_call_becomes_turns_with_roles_times_and_levels(record: Callable[..., Recording]) -> None:
    call = only_call(record("c1", AGENT_SIDE, CUSTOMER_SIDE, line_of_business="telecom_mobile"))
    turns = call.transcript.turns
    assert [(t.role, t.channel, t.text) for t in turns] == [
        (AGENT, 0, LINES[1]),
        (CUSTOMER, 1, LINES[2]),
        (AGENT, 0, LINES[5]),
    ]
    assert [(round(t.start_s, 2), round(t.end_s, 2)) for t in turns] == [(1, 4), (4.5, 6.5), (7, 7.5)]
    assert [round(t.gap_before_s, 2) for t in turns] == [1, 0.5, 0.5]
    assert [t.loudness_dbfs for t in turns] == pytest.approx([-20, -13.98, -6.02], abs=0.05)
    assert min(t.role_confidence for t in turns) > 0.99
    assert call.faults == ()
    assert (call.transcript.duration_s, call.transcript.line_of_business) == (10.0, "telecom_mobile")


def test_swapped_channels_are_corrected_and_reported(record: Callable[..., Recording]) -> None:
    call = only_call(record("c1", CUSTOMER_SIDE, AGENT_SIDE))
    assert [(t.role, t.channel) for t in call.transcript.turns] == [(AGENT, 1), (CUSTOMER, 0), (AGENT, 1)]
    assert [audit.role for audit in call.audits] == [CUSTOMER, AGENT]
    assert [(fault.reason, fault.call_id, fault.file) for fault in call.faults] == [
        (FaultReason.CHANNELS_SWAPPED, "c1", "c1.wav")
    ]


def test_every_second_of_speech_is_accounted_for(record: Callable[..., Recording]) -> None:
    other = channel((0.5, 1.5, 3), (2, 5, 4), (6, 8, 2))
    call = only_call(record("c1", AGENT_SIDE, other))
    agent, customer = call.audits
    assert (agent.speech_s, agent.recognised_s) == pytest.approx((3.5, 3.5))
    assert customer.speech_s == pytest.approx(6)
    assert customer.suspect_s == pytest.approx(1)
    assert customer.unrecognised_s == pytest.approx(3)
    assert customer.recognised_s == pytest.approx(2)
    assert [(s.reason, s.segment.text) for s in customer.suspects] == [("no_speech", LINES[3])]
    assert LINES[3] not in "".join(turn.text for turn in call.transcript.turns)


@pytest.mark.parametrize(("copies", "reason"), [(1, FaultReason.MONO), (2, FaultReason.CHANNELS_IDENTICAL)])
def test_one_channel_for_two_voices(
    record: Callable[..., Recording], copies: int, reason: FaultReason
) -> None:
    call = only_call(record("c1", *[AGENT_SIDE + CUSTOMER_SIDE] * copies))
    assert [fault.reason for fault in call.faults] == [reason]
    assert "".join(turn.text for turn in call.transcript.turns) == LINES[1] + LINES[2] + LINES[5]
    assert {turn.role for turn in call.transcript.turns} <= {AGENT, CUSTOMER, UNKNOWN}
    assert all(turn.role is UNKNOWN or turn.role_confidence >= 0.7 for turn in call.transcript.turns)
    assert [audit.role for audit in call.audits] == [UNKNOWN]


def test_silence_is_a_call_without_turns(record: Callable[..., Recording]) -> None:
    call = only_call(record("c1", channel(), channel()))
    assert call.transcript.turns == ()
    assert [fault.reason for fault in call.faults] == [FaultReason.NO_SPEECH]


def test_a_bad_recording_stops_no_other(record: Callable[..., Recording], tmp_path: Path) -> None:
    broken = record("13800138000", AGENT_SIDE, CUSTOMER_SIDE)
    broken.files[0].write_bytes(b"")
    good = [record(name, AGENT_SIDE, CUSTOMER_SIDE) for name in ("c1", "c2")]
    results = run(good[0], broken, good[1])
    assert [type(result) for result in results] == [Call, Fault, Call]
    fault = results[1]
    assert isinstance(fault, Fault)
    assert (fault.reason, fault.call_id, fault.file) == (FaultReason.EMPTY, "13800138000", "***********.wav")
    assert "13800138000" not in fault.message


def test_windows_of_many_calls_are_recognised_at_once_and_grouping_changes_nothing(
    record: Callable[..., Recording],
) -> None:
    recordings = [record(f"c{n}", AGENT_SIDE, CUSTOMER_SIDE) for n in range(4)]
    together, apart = LevelReader(), LevelReader()
    options = TranscribeOptions()
    calls = list(transcribe_calls(recordings, together, LevelDetector(), options))
    one_by_one = list(transcribe_calls(recordings, apart, LevelDetector(), replace(options, group_s=0.0)))
    assert calls == one_by_one
    assert together.batches == [8]
    assert apart.batches == [2, 2, 2, 2]


def test_a_span_without_text_is_heard_again_alone() -> None:
    class DeafInCompany(LevelReader):
        def _read(self, window: Window) -> RecognisedWindow:
            heard = super()._read(window)
            is_alone = window.samples.size < 3 * RATE_HZ
            words = tuple(w for w in heard.words if is_alone or w.text in LINES[1])
            return replace(heard, words=words, text="".join(w.text for w in words))

    source = SourceAudio(0, channel((0, 3, 1), (5, 6, 2), (8, 9, 4)), LevelDetector().speech_spans(channel()))
    spans = (TimeSpan(0, 3), TimeSpan(5, 6), TimeSpan(8, 9))
    reader = DeafInCompany()
    heard = hear({"a": replace(source, spans=spans)}, reader, HearingOptions())["a"]
    assert reader.batches == [1, 2]
    assert [segment.text for segment in heard.segments] == [LINES[1], LINES[2]]
    assert heard.unheard == (TimeSpan(8, 9),)


def test_the_key_follows_what_changes_the_turns_and_nothing_else() -> None:
    weights = Weights("base", Path("a"), "d1")
    options = TranscribeOptions()
    key = recognition_key(weights, options)
    for same in (
        replace(options, group_s=5.0),
        replace(options, recognise=RecogniseOptions(batch_size=2, threads=3, device="cuda")),
    ):
        assert recognition_key(replace(weights, path=Path("b")), same) == key
    for other in (
        replace(options, vad=VadOptions(threshold=0.4)),
        replace(options, recognise=RecogniseOptions(prompt="您好。")),
        replace(options, turns=replace(options.turns, max_pause_s=2.0)),
        replace(options, default_roles=(CUSTOMER, AGENT)),
    ):
        assert recognition_key(weights, other) != key
    assert recognition_key(replace(weights, digest="d2"), options) != key


def test_words_around_a_pause_go_where_they_were_said() -> None:
    """Alignment lets a word reach back over the gap: the first after it, or a sentence's last one."""

    class Scripted:
        settings_key = "scripted"

        def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
            words = (
                RecognisedWord("正", 0.2, 0.6, 0.9),
                RecognisedWord("常", 0.6, 0.8, 0.9),
                RecognisedWord("吗?", 0.8, 1.5, 0.9),
                RecognisedWord("好", 1.5, 1.8, 0.9),
                RecognisedWord("了", 1.8, 2.2, 0.9),
                RecognisedWord("嗯", 2.2, 2.9, 0.9),
            )
            return [RecognisedWindow(w.window_id, "", words, -0.2) for w in windows]

    spans = (TimeSpan(1, 2), TimeSpan(5, 6), TimeSpan(9, 10))
    heard = hear({"a": SourceAudio(0, channel(), spans)}, Scripted(), HearingOptions())["a"]
    assert [segment.text for segment in heard.segments] == ["正常吗?", "好了", "嗯"]
    assert [segment.words[0].start_s for segment in heard.segments] == pytest.approx([1.2, 5.2, 9.0])
    for segment in heard.segments:
        for word in segment.words:
            assert segment.start_s <= word.start_s <= word.end_s <= segment.end_s


def test_a_leak_is_heard_once_and_counts_as_no_speech_of_its_channel(
    record: Callable[..., Recording],
) -> None:
    """The customer's channel carries the agent's words 20 dB down: nothing of it is recognised."""
    rng = np.random.default_rng(5)
    swell = (1 + 0.5 * np.sin(np.arange(10 * RATE_HZ) / RATE_HZ * 12)).astype(np.float32)
    agent = AGENT_SIDE * swell + rng.normal(0, 1e-4, AGENT_SIDE.size).astype(np.float32)
    customer = CUSTOMER_SIDE + rng.normal(0, 1e-4, CUSTOMER_SIDE.size).astype(np.float32)

    class Sharp(LevelDetector):
        def speech_spans(self, samples: Floats) -> tuple[TimeSpan, ...]:
            loud = np.abs(samples) / np.float32(32768 if samples.dtype == np.int16 else 1) > 0.003
            edges = np.flatnonzero(np.diff(np.concatenate([[0], loud, [0]]).astype(int))).reshape(-1, 2)
            return tuple(TimeSpan(a / RATE_HZ, b / RATE_HZ) for a, b in edges.tolist() if b - a > RATE_HZ / 4)

    recording = record("c1", agent, customer + 0.1 * agent)
    (call,) = transcribe_calls([recording], LevelReader(), Sharp(), TranscribeOptions())
    assert isinstance(call, Call)
    assert [round(audit.speech_s) for audit in call.audits] == [4, 2]


@pytest.mark.parametrize(("confident", "is_uncertain"), [(0.5, False), (0.999999, True)])
def test_a_call_whose_roles_are_too_unsure_is_marked(
    record: Callable[..., Recording], confident: float, is_uncertain: bool
) -> None:
    speakers = replace(TranscribeOptions().speakers, min_call_certainty=confident)
    (call,) = run(record("c1", AGENT_SIDE, CUSTOMER_SIDE), options=TranscribeOptions(speakers=speakers))
    assert isinstance(call, Call)
    assert call.role_certainty is not None
    assert 0.99 < call.role_certainty < 0.999999
    assert call.is_role_uncertain == is_uncertain


def test_a_copy_at_another_level_is_one_channel(record: Callable[..., Recording]) -> None:
    rng = np.random.default_rng(5)
    swell = (1 + 0.3 * np.sin(np.arange(10 * RATE_HZ) / RATE_HZ * 12)).astype(np.float32)
    mix = (AGENT_SIDE + CUSTOMER_SIDE) * swell + rng.normal(0, 1e-4, AGENT_SIDE.size).astype(np.float32)
    later = np.concatenate([np.zeros(160, np.float32), 0.5 * mix[:-160]])
    (call,) = run(record("c1", later, mix))
    assert isinstance(call, Call)
    assert [fault.reason for fault in call.faults] == [FaultReason.CHANNELS_IDENTICAL]
    assert len(call.audits) == 1


def test_silence_has_no_certainty(record: Callable[..., Recording]) -> None:
    call = only_call(record("c1", channel(), channel()))
    assert (call.role_certainty, call.is_role_uncertain) == (None, False)
