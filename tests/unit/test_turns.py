"""From what each voice said to the turns of the call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.call import Segment, SpeakerRole, TimeSpan, Word
from transcribe.turns import AttributedSegment, TurnOptions, build_turns

AGENT, CUSTOMER = SpeakerRole.AGENT, SpeakerRole.CUSTOMER
OPTIONS = TurnOptions(max_pause_s=0.9, min_yield_pause_s=0.25)


def said(channel: int, *words: tuple[str, float, float], confidence: float = 0.9) -> AttributedSegment:
    timed = tuple(Word(text, start_s, end_s, 0.8) for text, start_s, end_s in words)
    segment = Segment(channel, timed[0].start_s, timed[-1].end_s, "".join(w.text for w in timed), timed)
    return AttributedSegment(segment, AGENT if channel == 0 else CUSTOMER, confidence)


def level(channel: int, span: TimeSpan) -> float | None:
    return -20.0 - channel if span.duration_s > 0 else None


def texts(*segments: AttributedSegment) -> list[tuple[SpeakerRole, str]]:
    return [(turn.role, turn.text) for turn in build_turns(segments, OPTIONS, level)]


def test_two_voices_take_turns() -> None:
    turns = build_turns(
        [said(0, ("您好", 0.5, 1.0), ("请讲", 1.1, 2.0)), said(1, ("我想问", 2.5, 3.5), confidence=0.8)],
        OPTIONS,
        level,
    )
    assert [(t.turn_index, t.channel, t.role, t.text) for t in turns] == [
        (0, 0, AGENT, "您好请讲"),
        (1, 1, CUSTOMER, "我想问"),
    ]
    assert [t.gap_before_s for t in turns] == [0.5, 0.5]
    assert [t.overlap_s for t in turns] == [0, 0]
    assert [t.loudness_dbfs for t in turns] == [-20.0, -21.0]
    assert [t.role_confidence for t in turns] == [0.9, 0.8]


@pytest.mark.parametrize(("pause_s", "count"), [(0.5, 1), (0.85, 1), (0.95, 2), (3.0, 2)])
def test_a_long_pause_ends_a_turn(pause_s: float, count: int) -> None:
    assert len(texts(said(0, ("一", 0, 1)), said(0, ("二", 1 + pause_s, 3 + pause_s)))) == count


def test_a_short_pause_in_which_the_other_begins_ends_a_turn() -> None:
    first = said(0, ("一", 0, 1), ("二", 1.6, 2))
    assert texts(first, said(1, ("嗯", 1.1, 1.5))) == [(AGENT, "一"), (CUSTOMER, "嗯"), (AGENT, "二")]


def test_a_pause_in_which_the_other_goes_on_ends_a_turn() -> None:
    first = said(0, ("一", 0, 1), ("二", 1.6, 2))
    assert [text for _, text in texts(first, said(1, ("不是不是", 0.8, 1.8)))] == ["一", "不是不是", "二"]


def test_a_backchannel_within_speech_is_kept_and_cuts_nothing() -> None:
    turns = build_turns(
        [said(0, ("一", 0, 1), ("二", 1.05, 2), ("三", 2.1, 3)), said(1, ("对", 1.2, 1.5))], OPTIONS, level
    )
    assert [t.text for t in turns] == ["一二三", "对"]
    assert turns[1].gap_before_s == 0
    assert [t.overlap_s for t in turns] == pytest.approx([0.3, 0.3])


def test_overlapping_others_count_once() -> None:
    three = said(1, ("啊", 1, 2))
    another = AttributedSegment(three.segment, SpeakerRole.UNKNOWN, 0.5)
    turns = build_turns([said(0, ("长", 0, 3)), three, another], OPTIONS, level)
    assert turns[0].overlap_s == pytest.approx(1.0)


def test_words_of_both_segments_of_a_voice_join_with_the_lower_confidence() -> None:
    turns = build_turns(
        [said(0, ("二", 1.2, 2), confidence=0.6), said(0, ("一", 0, 1), confidence=0.9)], OPTIONS, level
    )
    assert [(t.text, t.role_confidence) for t in turns] == [("一二", 0.6)]


def test_nothing_said() -> None:
    empty = AttributedSegment(Segment(0, 0, 1, "", ()), AGENT, 0.9)
    assert build_turns([empty], OPTIONS, level) == ()


@st.composite
def calls(draw: st.DrawFn) -> list[AttributedSegment]:
    segments: list[AttributedSegment] = []
    for channel in (0, 1):
        at_s = 0.0
        for silence_s, lengths in draw(
            st.lists(
                st.tuples(
                    st.floats(0, 3),
                    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5),
                ),
                max_size=6,
            )
        ):
            at_s += silence_s
            words: list[tuple[str, float, float]] = []
            for number, (pause_s, length_s) in enumerate(lengths):
                at_s += pause_s
                words.append((f"{channel}{number}", at_s, at_s + length_s))
                at_s += length_s
            segments.append(said(channel, *words))
    return segments


@given(calls())
def test_no_word_is_lost_and_order_holds(segments: list[AttributedSegment]) -> None:
    turns = build_turns(segments, OPTIONS, level)
    assert [turn.turn_index for turn in turns] == list(range(len(turns)))
    assert [turn.start_s for turn in turns] == sorted(turn.start_s for turn in turns)
    for channel in (0, 1):
        before = [w for s in segments if s.segment.channel == channel for w in s.segment.words]
        after = [w for turn in turns if turn.channel == channel for w in turn.words]
        assert after == before


@given(calls())
def test_numbers_are_possible(segments: list[AttributedSegment]) -> None:
    turns = build_turns(segments, OPTIONS, level)
    for turn in turns:
        assert turn.text == "".join(word.text for word in turn.words)
        assert turn.start_s == turn.words[0].start_s
        assert 0 <= turn.overlap_s <= turn.end_s - turn.start_s + 1e-9
        assert turn.gap_before_s >= 0
        pauses = [b.start_s - a.end_s for a, b in zip(turn.words[:-1], turn.words[1:], strict=True)]
        assert all(pause_s < OPTIONS.max_pause_s for pause_s in pauses)


@given(calls())
def test_order_of_delivery_does_not_matter(segments: list[AttributedSegment]) -> None:
    distinct = [s for s in segments if s.segment.end_s > s.segment.start_s]
    assert build_turns(distinct, OPTIONS, level) == build_turns(distinct[::-1], OPTIONS, level)
