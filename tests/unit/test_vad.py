import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from transcribe.audio import SAMPLE_RATE_HZ, decode
from transcribe.vad import FRAME_S, FRAME_SAMPLES, SpeechDetector, VadOptions, spans_from_probabilities

SAMPLE = Path(__file__).parents[1] / "samples" / "inbox" / "2026-11-20" / "c001.wav"
N = 20 * SAMPLE_RATE_HZ
T = np.arange(N) / SAMPLE_RATE_HZ


@pytest.fixture(scope="module")
def detector():
    return SpeechDetector()


@pytest.fixture(scope="module")
def speech():
    return decode(SAMPLE).samples


def noise(level):
    return np.random.default_rng(0).normal(0, level, N)


def music():
    """A melody with overtones that die away, two voices: what hold music is to a detector."""
    out = np.zeros(N)
    decay = np.exp(-3 * T[:SAMPLE_RATE_HZ])
    for beat in range(2 * 20 - 2):
        start = beat * SAMPLE_RATE_HZ // 2
        for pitch in ((262, 330, 392, 523)[beat % 4], (440, 349, 294)[beat % 3]):
            for overtone in range(1, 6):
                note = np.sin(2 * np.pi * pitch * overtone * T[:SAMPLE_RATE_HZ]) * decay
                out[start : start + SAMPLE_RATE_HZ] += 0.05 * note / overtone
    return out


@pytest.mark.parametrize(
    ("sound", "allowed_s"),
    [
        (np.zeros(N), 0.0),
        (noise(1e-4), 0.0),
        (noise(0.01), 0.0),
        (noise(0.1), 0.0),
        (0.3 * np.sin(2 * np.pi * 1000 * T), 0.0),
        (0.3 * np.sin(2 * np.pi * 450 * T) * (T % 5 < 1), 0.0),  # ringing tone
        (0.2 * (np.sin(2 * np.pi * 697 * T) + np.sin(2 * np.pi * 1336 * T)) * (T % 0.4 < 0.2), 0.0),  # keys
        (music(), 1.0),
        (np.zeros(0), 0.0),
        (np.zeros(100), 0.0),
    ],
)
def test_what_is_not_speech_is_left_out(detector, sound, allowed_s):
    spans = detector.speech_spans(sound.astype("f4"))
    assert sum(span.duration_s for span in spans) <= allowed_s


def test_probabilities_are_those_of_the_packaged_model(detector, speech):
    samples = speech[0, : 20 * SAMPLE_RATE_HZ + 100]
    spec = importlib.util.find_spec("silero_vad")
    model = torch.jit.load(str(Path(spec.origin).parent / "data" / "silero_vad.jit"))
    padded = np.pad(samples, (0, -samples.size % FRAME_SAMPLES))
    with torch.inference_mode():
        frames = torch.from_numpy(padded).split(FRAME_SAMPLES)
        plain = [model(frame[None], SAMPLE_RATE_HZ).item() for frame in frames]
    np.testing.assert_allclose(detector.probabilities(samples), plain, atol=1e-4)


def test_speech_is_found_where_it_is_and_pauses_are_not(detector, speech):
    for channel in speech:
        quiet = np.zeros(5 * SAMPLE_RATE_HZ, np.float32)
        spans = detector.speech_spans(np.concatenate([quiet, channel, quiet]))
        duration_s = sum(span.duration_s for span in spans)
        assert 0.2 < duration_s / (channel.size / SAMPLE_RATE_HZ) < 0.9
        assert spans[0].start_s >= 4.5
        assert spans[-1].end_s <= 5.5 + channel.size / SAMPLE_RATE_HZ


def test_a_batch_gives_what_each_channel_gives_alone(detector, speech):
    channels = [speech[0], speech[1, : 7 * SAMPLE_RATE_HZ], np.zeros(0, np.float32), speech[0, 123:]]
    assert detector.speech_spans_batch(channels) == [detector.speech_spans(channel) for channel in channels]


def test_loading_leaves_torch_its_threads():
    before = torch.get_num_threads()
    SpeechDetector()
    assert torch.get_num_threads() == before


def frames(*runs):
    """(seconds, probability) pairs to one array."""
    return np.concatenate([np.full(round(s / FRAME_S), p, np.float32) for s, p in runs])


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([(2, 0), (1, 0.9), (2, 0)], [(1.88, 3.12)]),
        ([(2, 0), (0.1, 0.9), (2, 0)], []),  # too short
        ([(2, 0), (1, 0.9), (0.2, 0), (1, 0.9), (2, 0)], [(1.88, 4.32)]),  # pause bridged
        ([(2, 0), (1, 0.9), (0.8, 0), (1, 0.9), (2, 0)], [(1.88, 3.12), (3.68, 4.92)]),
        ([(2, 0), (1, 0.9), (1, 0.4), (2, 0)], [(1.88, 4.12)]),  # hysteresis holds above 0.35
        ([(2, 0), (1, 0.4), (2, 0)], []),  # ... but does not open
        ([(1, 0.9)], [(0.0, 1.0)]),
    ],
)
def test_spans_from_probabilities(runs, expected):
    probabilities = frames(*runs)
    spans = spans_from_probabilities(probabilities, probabilities.size * FRAME_S, VadOptions())
    assert len(spans) == len(expected)
    for span, (start_s, end_s) in zip(spans, expected, strict=True):
        assert (span.start_s, span.end_s) == (
            pytest.approx(start_s, abs=0.08),
            pytest.approx(end_s, abs=0.08),
        )


def test_a_long_span_is_divided_where_speech_is_least_likely():
    probabilities = frames((20, 0.9), (0.1, 0.6), (20, 0.9))
    spans = spans_from_probabilities(probabilities, probabilities.size * FRAME_S, VadOptions())
    assert len(spans) == 2
    assert spans[0].end_s == spans[1].start_s == pytest.approx(20.0, abs=0.2)


OPTIONS = st.builds(
    VadOptions,
    threshold=st.floats(0.3, 0.9),
    min_speech_ms=st.floats(0, 500),
    min_silence_ms=st.floats(0, 800),
    pad_ms=st.floats(0, 500),
    max_speech_s=st.floats(0.5, 5),
)


@settings(max_examples=100, deadline=None)
@given(
    arrays(np.float32, st.integers(0, 400), elements=st.floats(0, 1, width=32)), st.floats(0, 0.99), OPTIONS
)
def test_spans_are_ordered_disjoint_inside_and_not_too_long(probabilities, missing, options):
    duration_s = max(0.0, (probabilities.size - missing) * FRAME_S)
    spans = spans_from_probabilities(probabilities, duration_s, options)
    edges = [edge for span in spans for edge in (span.start_s, span.end_s)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= duration_s for edge in edges)
    assert all(span.duration_s <= options.max_speech_s + 1e-9 for span in spans)
    # Every frame that is certainly speech for long enough lies in a span.
    covered = np.zeros(probabilities.size, bool)
    for span in spans:
        covered[round(span.start_s / FRAME_S) : round(span.end_s / FRAME_S) + 1] = True
    loud = (probabilities.astype(float) >= options.threshold) & ~covered
    longest = max((len(run) for run in "".join("x" if x else " " for x in loud).split()), default=0)
    assert longest * FRAME_S * 1000 <= options.min_speech_ms + 2 * FRAME_S * 1000
