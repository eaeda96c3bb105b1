"""The other channel's voice on this one: sample calls with leaks mixed in, and people talking at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import yaml

from transcribe.audio import load_recording
from transcribe.call import Recording, Segment, TimeSpan, Word
from transcribe.channels import as_float
from transcribe.crosstalk import CROSSTALK, CrosstalkOptions, are_copies, own_spans_of_call, split_echoes
from transcribe.vad import SpeechDetector

SAMPLES = Path(__file__).parents[1] / "samples"
RATE_HZ = 16_000
OPTIONS = CrosstalkOptions()
CALLS = ["c001", "c005", "c007", "c011"]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sample:
    """Two channels, and when somebody speaks on each."""

    channels: tuple[Floats, Floats]
    own: tuple[tuple[TimeSpan, ...], tuple[TimeSpan, ...]]


@cache
def sample(call_id: str) -> Sample:
    known = yaml.safe_load((SAMPLES / "truth" / f"{call_id}.yaml").read_text(encoding="utf-8"))
    night = date.fromisoformat(str(known["night"]))
    files = tuple(SAMPLES / "inbox" / str(night) / name for name in known["files"])
    one, other = load_recording(Recording(call_id, files, "d", night, night)).channels
    own = [
        tuple(TimeSpan(t["start_s"], t["end_s"]) for t in known["turns"] if t["channel"] == channel)
        for channel in (0, 1)
    ]
    return Sample((as_float(one), as_float(other)), (own[0], own[1]))


@cache
def detector() -> SpeechDetector:
    return SpeechDetector()


def late(sound: Floats, delay_s: float, gain_db: float = 0.0) -> Floats:
    count = round(delay_s * RATE_HZ)
    moved = np.concatenate([np.zeros(count, np.float32), sound[: sound.size - count]])
    return (moved * 10 ** (gain_db / 20)).astype(np.float32)


def leaking(one: Floats, other: Floats, gain_db: float, delay_s: float) -> list[Floats]:
    """Each channel with the other's echo, and the echo's echo, on it."""
    return [
        own + late(theirs, delay_s, gain_db) + late(theirs, delay_s + 0.03, gain_db - 6)
        for own, theirs in ((one, other), (other, one))
    ]


def seconds(spans: Sequence[TimeSpan], within: Sequence[TimeSpan]) -> float:
    return sum(span.overlap_s(other) for span in spans for other in within)


def length(spans: Sequence[TimeSpan]) -> float:
    return sum(span.duration_s for span in spans)


def found_in(channels: Sequence[Floats]) -> tuple[list[tuple[TimeSpan, ...]], list[tuple[TimeSpan, ...]]]:
    """Speech spans before and after the other channel's voice is taken out."""
    spans = detector().speech_spans_batch(channels)
    return spans, own_spans_of_call(channels, spans, OPTIONS)


@pytest.mark.parametrize("call_id", CALLS)
@pytest.mark.parametrize(("gain_db", "delay_s"), [(-15, 0.005), (-20, 0.04), (-25, 0.1), (-30, 0.06)])
def test_a_leak_is_left_out_and_own_speech_is_kept(call_id: str, gain_db: float, delay_s: float) -> None:
    call = sample(call_id)
    before, after = found_in(leaking(*call.channels, gain_db, delay_s))
    for channel, own in enumerate(call.own):
        lost_s = seconds(before[channel], own) - seconds(after[channel], own)
        foreign_s = length(after[channel]) - seconds(after[channel], own)
        assert lost_s < 0.02 * length(own)
        assert foreign_s < 0.4 * len(own) + 1.0  # the margins around own speech
    if gain_db >= -20:
        assert length(before[0]) + length(before[1]) > 1.3 * (length(after[0]) + length(after[1]))


@pytest.mark.parametrize("call_id", CALLS)
@pytest.mark.parametrize("gain_db", [-15, -25, None])
def test_people_talking_at_once_are_both_kept(call_id: str, gain_db: float | None) -> None:
    call = sample(call_id)
    moved_s = 3.0
    one, other = call.channels[0], late(call.channels[1], moved_s)
    channels = [one, other] if gain_db is None else leaking(one, other, gain_db, 0.03)
    before, after = found_in(channels)
    moved = tuple(TimeSpan(s.start_s + moved_s, s.end_s + moved_s) for s in call.own[1])
    assert seconds(call.own[0], moved) > 5
    for channel, own in enumerate((call.own[0], moved)):
        assert seconds(after[channel], own) > 0.95 * seconds(before[channel], own)


@pytest.mark.parametrize("call_id", CALLS)
def test_a_clean_call_is_left_as_it_is(call_id: str) -> None:
    before, after = found_in(sample(call_id).channels)
    assert after == before


@pytest.mark.parametrize(
    ("delay_s", "gain_db", "is_copy"), [(0.0, -6, True), (0.02, -3, True), (0.1, 0, True), (0.02, -20, False)]
)
def test_a_fainter_later_copy_is_a_copy(delay_s: float, gain_db: float, is_copy: bool) -> None:
    one, other = sample("c001").channels
    mix = one + other
    assert are_copies([mix, late(mix, delay_s, gain_db)], OPTIONS) == is_copy
    assert are_copies([late(mix, delay_s, gain_db), mix], OPTIONS) == is_copy


@pytest.mark.parametrize("call_id", CALLS)
def test_two_sides_of_a_call_are_no_copies(call_id: str) -> None:
    one, other = sample(call_id).channels
    assert not are_copies([one, other], OPTIONS)
    assert not are_copies(leaking(one, other, -10, 0.02), OPTIONS)


def test_silence_and_single_channels_have_no_leak() -> None:
    silence = np.zeros(RATE_HZ * 4, np.float32)
    spans = (TimeSpan(1, 2),)
    assert not are_copies([silence, silence], OPTIONS)
    assert own_spans_of_call([silence, silence], [spans, ()], OPTIONS) == [spans, ()]
    assert own_spans_of_call([silence], [spans], OPTIONS) == [spans]
    assert own_spans_of_call([silence[:0], silence[:0]], [(), ()], OPTIONS) == [(), ()]


def segment(channel: int, start_s: float, text: str) -> Segment:
    words = tuple(Word(c, start_s + n / 4, start_s + (n + 1) / 4, 0.9) for n, c in enumerate(text))
    return Segment(channel, start_s, start_s + len(text) / 4, text, words)


@pytest.mark.parametrize(
    ("echo", "start_s", "level", "is_echo"),
    [
        ("我帮您查一下账单。", 1.1, 0.01, True),
        ("我帮你查下账单", 1.2, 0.01, True),
        ("我帮您查一下账单。", 1.1, 0.1, False),  # as loud: somebody says the same
        ("我帮您查一下账单。", 6.0, 0.01, False),  # later: somebody repeats it
        ("你说的是哪张账单", 1.1, 0.01, False),
        ("好的", 1.1, 0.01, False),
    ],
)
def test_what_was_heard_twice_is_told_once(echo: str, start_s: float, level: float, is_echo: bool) -> None:
    rng = np.random.default_rng(1)
    channels = [rng.normal(0, scale, RATE_HZ * 10).astype(np.float32) for scale in (0.1, level)]
    spoken, other = segment(0, 1.0, "我帮您查一下账单,好的。"), segment(1, start_s, echo)
    own, echoes = split_echoes([[spoken], [other]], channels, OPTIONS)
    assert own == [(spoken,), () if is_echo else (other,)]
    assert [[(s.segment, s.reason) for s in found] for found in echoes] == [
        [],
        [(other, CROSSTALK)] if is_echo else [],
    ]
