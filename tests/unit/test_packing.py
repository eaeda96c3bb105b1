"""Packing speech into windows and finding the way back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcribe.call import TimeSpan
from transcribe.packing import ChannelSpan, PackingOptions, pack_spans, window_samples
from transcribe.recognise.protocol import SAMPLE_RATE_HZ, WINDOW_SAMPLES

OPTIONS = PackingOptions(max_window_s=29.0, gap_s=0.3)


@st.composite
def channel_spans(draw: st.DrawFn) -> list[ChannelSpan]:
    spans: list[ChannelSpan] = []
    for source in draw(st.lists(st.sampled_from("abcd"), max_size=4, unique=True)):
        at_s = 0.0
        for silence_s, speech_s in draw(
            st.lists(st.tuples(st.floats(0.01, 40), st.floats(0.1, 70)), max_size=8)
        ):
            at_s += silence_s
            spans.append(ChannelSpan(source, TimeSpan(at_s, at_s + speech_s)))
            at_s += speech_s
    return spans


@given(channel_spans())
def test_every_second_is_packed_once_and_in_order(spans: list[ChannelSpan]) -> None:
    pieces = [piece.channel_span for window in pack_spans(spans, OPTIONS) for piece in window.pieces]
    remaining = list(pieces)
    for whole in spans:
        at_s = whole.span.start_s
        while at_s < whole.span.end_s - 1e-6:
            part = remaining.pop(0)
            assert part.source == whole.source
            assert abs(part.span.start_s - at_s) < 1e-6
            at_s = part.span.end_s
        assert abs(at_s - whole.span.end_s) < 1e-6
    assert not remaining


@given(channel_spans())
def test_windows_are_short_enough_hold_one_source_and_never_overlap(spans: list[ChannelSpan]) -> None:
    for window in pack_spans(spans, OPTIONS):
        assert window.duration_s <= OPTIONS.max_window_s + 1e-6
        assert {piece.channel_span.source for piece in window.pieces} == {window.source}
        for before, after in zip(window.pieces[:-1], window.pieces[1:], strict=True):
            assert after.start_s >= before.end_s + OPTIONS.gap_s - 1e-6


@given(channel_spans(), st.floats(0, 1))
def test_window_time_maps_back_to_call_time(spans: list[ChannelSpan], share: float) -> None:
    for window in pack_spans(spans, OPTIONS):
        for index, piece in enumerate(window.pieces):
            span = piece.channel_span.span
            call_s = span.start_s + share * span.duration_s
            window_s = piece.start_s + (call_s - span.start_s)
            assert abs(piece.call_time_s(window_s) - call_s) < 1e-6
            if window_s > piece.start_s:
                assert window.piece_at(window_s) == index


@given(channel_spans(), st.floats(-1, 40))
def test_any_time_finds_a_piece_and_stays_inside_it(spans: list[ChannelSpan], window_s: float) -> None:
    for window in pack_spans(spans, OPTIONS):
        piece = window.pieces[window.piece_at(window_s)]
        span = piece.channel_span.span
        assert span.start_s <= piece.call_time_s(window_s) <= span.end_s


def test_a_word_that_reaches_back_over_a_pause_belongs_after_it() -> None:
    spans = [ChannelSpan("a", TimeSpan(1.0, 3.0)), ChannelSpan("a", TimeSpan(9.0, 11.0))]
    (window,) = pack_spans(spans, OPTIONS)
    assert window.piece_at(2.1) == 0
    assert window.piece_at(2.2) == 1
    assert window.pieces[1].call_time_s(1.9) == 9.0


def test_samples_are_the_spans_with_silence_between() -> None:
    channel = np.arange(10 * SAMPLE_RATE_HZ, dtype=np.float32) + 1
    spans = [ChannelSpan("a", TimeSpan(1.0, 2.0)), ChannelSpan("a", TimeSpan(5.0, 5.5))]
    (window,) = pack_spans(spans, OPTIONS)
    samples = window_samples(window, channel)
    gap = round(0.3 * SAMPLE_RATE_HZ)
    assert samples.dtype == np.float32
    assert samples.size == SAMPLE_RATE_HZ + gap + SAMPLE_RATE_HZ // 2
    assert np.array_equal(samples[:SAMPLE_RATE_HZ], channel[SAMPLE_RATE_HZ : 2 * SAMPLE_RATE_HZ])
    assert not samples[SAMPLE_RATE_HZ : SAMPLE_RATE_HZ + gap].any()
    assert samples[-1] == channel[5 * SAMPLE_RATE_HZ + SAMPLE_RATE_HZ // 2 - 1]


def test_a_span_beyond_the_end_of_the_channel_is_filled_with_silence() -> None:
    (window,) = pack_spans([ChannelSpan("a", TimeSpan(0.5, 1.5))], OPTIONS)
    samples = window_samples(window, np.ones(SAMPLE_RATE_HZ, np.float32))
    assert (samples[0], samples[-1], samples.size) == (1, 0, SAMPLE_RATE_HZ)


def test_a_window_never_exceeds_what_the_encoder_sees() -> None:
    windows = pack_spans([ChannelSpan("a", TimeSpan(0, 100))], PackingOptions(max_window_s=60.0))
    assert all(window_samples(window, np.zeros(1, np.float32)).size <= WINDOW_SAMPLES for window in windows)


def test_nothing_to_pack() -> None:
    assert pack_spans([], OPTIONS) == ()
