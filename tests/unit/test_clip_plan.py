"""Where clips begin and end, and what nobody may hear in them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging.finding import PiiMask
from transcribe.call import SpeakerRole, TimeSpan, Turn, Word
from warehouse.case import Case, Library
from warehouse.clip_masks import merge_spans
from warehouse.clip_plan import ClipOptions, ClipPlan, HeardCall, plan_clip
from warehouse.errors import ClipRefused, RefusalReason


def library(padding_s: float = 5.0, min_clip_s: float = 20.0, max_clip_s: float = 90.0) -> Library:
    return Library("lib", "t", "a", "d", 5, padding_s, min_clip_s, max_clip_s, 30, False, "SELECT 1")


def case(start_s: float, end_s: float) -> Case:
    return Case("c" * 16, "lib", "call", 1, 1.0, "r", start_s, end_s)


def turn(index: int, start_s: float, word_count: int, channel: int = 0) -> Turn:
    """A turn of words of 0.5 s that touch each other."""
    words = tuple(Word("您好", start_s + n * 0.5, start_s + (n + 1) * 0.5, 0.9) for n in range(word_count))
    role = SpeakerRole.AGENT if channel == 0 else SpeakerRole.CUSTOMER
    return Turn(index, channel, role, 0.9, start_s, start_s + word_count * 0.5, "您好" * word_count, words)


def dialogue(count: int = 30) -> tuple[Turn, ...]:
    """Turns of 3 s every 4 s, the two channels in turn: 1 s of silence between them."""
    return tuple(turn(n, 1.0 + n * 4.0, 6, n % 2) for n in range(count))


def mask(
    turn_index: int, start_s: float, end_s: float, *, is_time_exact: bool = True, chars: int = 4
) -> PiiMask:
    return PiiMask(turn_index, "phone", 0, chars, start_s, end_s, is_time_exact)


def planned(focus: tuple[float, float], masks: tuple[PiiMask, ...] = (), **lengths: float) -> ClipPlan:
    return plan_clip(case(*focus), library(**lengths), HeardCall(dialogue(), masks))


@pytest.mark.parametrize(
    ("focus", "shortest_s", "longest_s"),
    [
        ((41.0, 44.0), 20, 24),
        ((41.0, 70.0), 38, 43),
        ((10.0, 119.0), 80, 90),
        ((0.0, 0.0), 15, 24),
        ((500.0, 600.0), 9, 24),
    ],
)
def test_span_holds_the_focus_and_keeps_to_the_lengths(
    focus: tuple[float, float], shortest_s: float, longest_s: float
) -> None:
    plan = planned(focus)
    assert shortest_s <= plan.end_s - plan.start_s <= longest_s
    assert plan.start_s <= max(1.0, min(focus[0], 120))


def test_cuts_lie_in_the_silence_between_turns() -> None:
    plan = planned((41.0, 44.0))
    for at_s in (plan.start_s, plan.end_s):
        assert all(not turn.start_s - 0.2 < at_s < turn.end_s + 0.2 for turn in dialogue())


def test_a_short_call_is_heard_whole() -> None:
    plan = plan_clip(case(2.0, 3.0), library(), HeardCall(dialogue(2)))
    assert plan.start_s < 1.0
    assert plan.end_s > 8.0


def test_a_word_longer_than_the_clip_may_be_is_refused() -> None:
    drawl = (Turn(0, 0, SpeakerRole.AGENT, 0.9, 0.0, 200.0, "喂", (Word("喂", 0.0, 200.0, 0.9),)),)
    with pytest.raises(ClipRefused, match="下刀"):
        plan_clip(case(90, 95), library(), HeardCall(drawl))


def test_no_turns_no_clip() -> None:
    with pytest.raises(ClipRefused, match="没有可用的文字"):
        plan_clip(case(1, 2), library(), HeardCall(()))


def test_an_exact_mask_is_silenced_with_its_words_and_a_margin() -> None:
    # Turn 10 begins at 41.0: the mask touches the words 41.5-42.0 and 42.0-42.5.
    plan = planned((41.0, 44.0), (mask(10, 41.7, 42.3),))
    assert plan.masks == (TimeSpan(41.25, 42.75),)


def test_silence_reaches_the_next_word_that_may_be_heard() -> None:
    """Digits that the recogniser dropped lie between the words that it kept."""
    words = tuple(Word("您好", at_s, at_s + 0.5, 0.9) for at_s in (1.0, 1.5, 3.0, 4.2, 6.5))
    call = (Turn(0, 0, SpeakerRole.CUSTOMER, 0.9, 1.0, 7.0, "您好" * 5, words), turn(1, 9.0, 40))
    plan = plan_clip(case(1.0, 7.0), library(), HeardCall(call, (mask(0, 3.0, 3.5),)))
    assert plan.masks == (TimeSpan(2.0, 4.2),)


@pytest.mark.parametrize(
    "doubtful",
    [
        pytest.param(mask(10, 41.7, 42.3, is_time_exact=False), id="said to be doubtful"),
        pytest.param(mask(10, 41.7, 42.3, chars=18), id="too short for eighteen digits"),
        pytest.param(mask(10, 49.0, 50.0), id="outside its turn"),
    ],
)
def test_a_clip_stays_away_from_a_turn_with_a_doubtful_mask(doubtful: PiiMask) -> None:
    turn_s = TimeSpan(41.0, 44.0)
    with pytest.raises(ClipRefused, match="不确定") as refused:
        planned((41.0, 44.0), (doubtful,))
    assert refused.value.reason is RefusalReason.DOUBTFUL_TIMES
    before, after = planned((30.0, 38.0), (doubtful,)), planned((50.0, 55.0), (doubtful,))
    assert before.end_room.end_s <= turn_s.start_s
    assert after.start_room.start_s >= turn_s.end_s
    assert min(before.end_s - before.start_s, after.end_s - after.start_s) >= 19


def test_most_of_the_moment_is_heard_without_the_doubtful_turn() -> None:
    plan = planned((13.0, 44.0), (mask(10, 41.7, 42.3, is_time_exact=False),))
    assert plan.start_s <= 13.0
    assert 37 <= plan.end_s <= 41.0


def test_between_two_doubtful_turns_there_must_be_room_for_a_clip() -> None:
    doubtful = tuple(mask(n, 1.2 + n * 4.0, 1.8 + n * 4.0, is_time_exact=False) for n in (5, 9))
    with pytest.raises(ClipRefused, match="不确定"):
        planned((29.0, 32.0), doubtful)


def test_where_agents_are_not_named_their_number_is_silent() -> None:
    said = mask(10, 41.7, 42.3)
    named = Library("lib", "t", "a", "d", 5, 5.0, 20.0, 90.0, 30, True, "SELECT 1")
    call = HeardCall(dialogue(), (), (said,))
    assert plan_clip(case(41.0, 44.0), named, call).masks == ()
    assert plan_clip(case(41.0, 44.0), library(), call).masks == (TimeSpan(41.25, 42.75),)
    doubtful = HeardCall(dialogue(), (), (mask(10, 41.7, 42.3, is_time_exact=False),))
    assert plan_clip(case(41.0, 44.0), library(), doubtful).masks == (TimeSpan(40.75, 44.25),)


def test_masks_near_each_other_become_one_and_those_outside_the_clip_are_left_out() -> None:
    plan = planned((41.0, 44.0), (mask(10, 41.0, 41.5), mask(10, 42.0, 42.5), mask(0, 1.0, 1.5)))
    assert plan.masks == (TimeSpan(40.75, 42.75),)


def test_a_clip_that_would_be_mostly_silence_is_refused() -> None:
    masks = tuple(mask(n, t.start_s, t.end_s) for n, t in enumerate(dialogue()))
    with pytest.raises(ClipRefused, match="教学价值") as refused:
        planned((41.0, 44.0), masks)
    assert refused.value.reason is RefusalReason.MOSTLY_MASKED


def test_a_mask_in_an_unknown_turn_is_refused() -> None:
    with pytest.raises(ClipRefused, match="第 99 句"):
        planned((41.0, 44.0), (mask(99, 41.0, 42.0),))


def test_a_voice_is_heard_only_where_its_words_are() -> None:
    plan = planned((41.0, 44.0))
    options = ClipOptions()
    assert [(voice.channel, voice.role) for voice in plan.voices] == [(0, "agent"), (1, "customer")]
    for voice in plan.voices:
        words = [w for t in dialogue() if t.channel == voice.channel for w in t.words]
        for span in voice.spans:
            inside = [w for w in words if span.start_s - 0.01 <= w.start_s and w.end_s <= span.end_s + 0.01]
            cut_off = span.start_s == plan.start_room.start_s or span.end_s == plan.end_room.end_s
            assert inside or cut_off
            assert (
                span.duration_s
                <= sum(w.end_s - w.start_s for w in inside) + 2 * options.heard_margin_s + 0.01
            )


gaps = st.sampled_from([0.0, 0.0, 0.05, 0.2, 0.6, 2.0])
lengths = st.sampled_from([0.1, 0.3, 0.5, 1.5])


@st.composite
def calls(draw: st.DrawFn) -> tuple[tuple[Turn, ...], tuple[PiiMask, ...]]:
    turns: list[Turn] = []
    masks: list[PiiMask] = []
    now_s = draw(gaps)
    for index in range(draw(st.integers(1, 25))):
        words: list[Word] = []
        # Talking over each other: a turn may begin before the one before it has ended.
        now_s = max(0.0, now_s - draw(st.sampled_from([0.0, 0.0, 0.7])))
        for _ in range(draw(st.integers(1, 10))):
            length_s = draw(lengths)
            words.append(Word("嗯", round(now_s, 3), round(now_s + length_s, 3), 0.9))
            now_s = round(now_s + length_s + draw(gaps), 3)
        role = draw(st.sampled_from([SpeakerRole.AGENT, SpeakerRole.CUSTOMER]))
        channel = 0 if role is SpeakerRole.AGENT else 1
        turns.append(
            Turn(
                index, channel, role, 0.9, words[0].start_s, words[-1].end_s, "嗯" * len(words), tuple(words)
            )
        )
        if draw(st.integers(0, 5)) == 0:
            word = draw(st.sampled_from(words))
            masks.append(PiiMask(index, "digits", 0, 1, word.start_s, word.end_s, draw(st.booleans())))
        now_s += draw(gaps)
    return tuple(turns), tuple(masks)


@given(
    call=calls(),
    start_ratio=st.floats(0, 1),
    length_s=st.floats(0, 60),
    moves=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_never_inside_a_word_never_a_mask_that_can_be_heard(
    call: tuple[tuple[Turn, ...], tuple[PiiMask, ...]],
    start_ratio: float,
    length_s: float,
    moves: tuple[float, float],
) -> None:
    """Wherever in its rooms the clip is cut in the end."""
    turns, masks = call
    focus_s = start_ratio * max(turn.end_s for turn in turns)
    try:
        plan = plan_clip(case(focus_s, focus_s + length_s), library(), HeardCall(turns, masks))
    except ClipRefused:
        return
    start_s, end_s = (
        room.start_s + move * room.duration_s
        for room, move in zip((plan.start_room, plan.end_room), moves, strict=True)
    )
    assert plan.start_room.start_s <= plan.start_s <= plan.start_room.end_s
    assert plan.end_room.start_s <= plan.end_s <= plan.end_room.end_s
    assert 0 <= start_s < end_s
    assert end_s - start_s <= 90.001
    speech_s = max(turn.end_s for turn in turns) - min(turn.start_s for turn in turns)
    assert end_s - start_s >= min(20, plan.end_s - plan.start_s) - 0.001
    if any(not mask.is_time_exact for mask in masks):
        assert plan.end_s - plan.start_s >= min(20, speech_s) - 0.001
    for turn in turns:
        for word in turn.words:
            assert not word.start_s < start_s < word.end_s
            assert not word.start_s < end_s < word.end_s
    for mask in masks:
        turn = turns[mask.turn_index]
        if not mask.is_time_exact:
            assert turn.start_s >= end_s or turn.end_s <= start_s
        elif mask.start_s < end_s and mask.end_s > start_s:
            assert any(span.start_s <= mask.start_s and mask.end_s <= span.end_s for span in plan.masks)
    assert all(start_s <= span.start_s and span.end_s <= end_s for span in plan.masks)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 10))), st.floats(0, 3))
def test_merged_spans_are_ordered_apart_and_cover_the_same(
    spans: list[tuple[float, float]], gap_s: float
) -> None:
    given_spans = [TimeSpan(start_s, start_s + length_s) for start_s, length_s in spans]
    merged = merge_spans(given_spans, gap_s)
    assert all(a.end_s + gap_s <= b.start_s for a, b in pairwise(merged))
    assert all(any(m.start_s <= s.start_s and s.end_s <= m.end_s for m in merged) for s in given_spans)
