"""Transcripts from elsewhere: what may be in a row, and how it becomes a call."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging.errors import GivenRowInvalid
from tagging.finding import (
    Behaviour,
    CauseSource,
    CauseTag,
    Escalation,
    Evidence,
    Findings,
    HandlingScore,
    MatchKind,
    TabooHit,
    Tier,
    TierTag,
)
from tagging.given_rows import CHARS_PER_S, GivenRow, GivenTurn, given_call, read_row
from tagging.tagged_rows import tagged_row
from transcribe.call import SpeakerRole

DAY = date(2026, 11, 20)


def call_of(line: str, role: SpeakerRole = SpeakerRole.UNKNOWN):
    return given_call(read_row(line), role, DAY, str.strip)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('{"id": "a"', "整行"),
        ("[]", "整行：应为一个 JSON 对象"),
        ('{"text": "好"}', "id：缺少"),
        ('{"id": "a"}', "需要 text 或 turns"),
        ('{"id": "a", "text": "好", "turns": []}', "只要其中一个"),
        ('{"id": "a", "text": 5}', "text：应为字符串"),
        ('{"id": "a", "turns": "好"}', "turns：应为列表"),
        ('{"id": "a", "turns": [{"text": "好", "role": "boss"}]}', "turns.0.role：只能是 agent"),
        ('{"id": "a", "turns": ["好", {"role": "agent"}]}', "turns.1.text：缺少"),
        ('{"id": "a", "turns": [{"text": "好", "start_s": -1}]}', "turns.0.start_s：不能小于 0"),
        ('{"id": "a", "turns": [{"text": "好", "start_s": 2, "end_s": 1}]}', "turns.0：end_s"),
        ('{"id": "a", "turns": [{"text": "好", "end_s": 1}]}', "turns.0：end_s"),
    ],
)
def test_a_bad_row_names_its_key(line, place):
    with pytest.raises(GivenRowInvalid) as err:
        read_row(line)
    assert place in str(err.value)


def test_the_message_does_not_repeat_what_was_said():
    with pytest.raises(GivenRowInvalid) as err:
        read_row('{"id": "a", "turns": [{"text": "卡号六二二二零二", "role": "卡号六二二二零二"}]}')
    assert "六二二" not in str(err.value)


@pytest.mark.parametrize("given_id", ["a", "7", 7])
def test_ids_come_back_as_they_came(given_id):
    call = given_call(GivenRow(id=given_id, text="好"), SpeakerRole.AGENT, DAY, str)
    assert call.row_id == given_id
    assert tagged_row(call, Findings("x", ()))["id"] == given_id


def test_a_text_is_one_turn_of_the_default_role():
    transcript = call_of('{"id": "a", "text": " 你好 ", "note": 1}', SpeakerRole.AGENT).transcript
    assert [(turn.text, turn.role) for turn in transcript.turns] == [("你好", SpeakerRole.AGENT)]
    assert transcript.duration_s == 4 / CHARS_PER_S


def test_a_role_that_is_given_wins():
    call = call_of('{"id": "a", "turns": [{"text": "一", "role": "customer"}, "二"]}', SpeakerRole.AGENT)
    assert [turn.role.value for turn in call.transcript.turns] == ["customer", "agent"]


def test_turns_come_in_order_of_time_and_keep_their_place_in_the_row():
    call = call_of(
        '{"id": "a", "turns": [{"text": "乙", "role": "agent", "start_s": 5, "end_s": 8},'
        ' {"text": "甲", "role": "customer", "start_s": 0, "end_s": 3},'
        ' {"text": "丙", "role": "customer", "start_s": 7, "end_s": 9}]}'
    )
    turns = call.transcript.turns
    assert [turn.text for turn in turns] == ["甲", "乙", "丙"]
    assert call.order == (1, 0, 2)
    assert [turn.gap_before_s for turn in turns] == [0, 2, 0]
    assert [turn.overlap_s for turn in turns] == [0, 1, 1]
    hit = TabooHit(1, "x", "话", "forbidden", "high", "乙", 0, 1, 5, 8, MatchKind.EXACT, 0.9, "换")
    assert tagged_row(call, Findings("a", (hit,)))["taboo"][0]["turn"] == 0


@given(
    st.lists(st.builds(GivenTurn, text=st.text(max_size=9), start_s=st.none() | st.floats(0, 9)), max_size=6)
)
def test_every_turn_is_there_once_and_times_never_run_backwards(turns):
    call = given_call(GivenRow(id="a", turns=turns), SpeakerRole.UNKNOWN, DAY, str)
    made = call.transcript.turns
    assert sorted(call.order) == list(range(len(turns)))
    assert [turn.text for turn in made] == [turns[at].text for at in call.order]
    assert all(turn.turn_index == index for index, turn in enumerate(made))
    assert all(one.start_s <= other.start_s for one, other in pairwise(made))
    if any(turn.start_s is None for turn in turns):
        assert all(turn.gap_before_s == 0 and turn.overlap_s == 0 for turn in made)


def test_the_result_row_says_what_was_found():
    call = call_of('{"id": "a", "turns": ["一二三四", "五六七八"]}')
    evidence = Evidence(1, 0, 2, 0.0, 1.0, "rule", "五六")
    tag = CauseTag("fees", "annual_fee", CauseSource.CUSTOMER_STATED, 0.8, (evidence,))
    findings = (
        tag,
        CauseTag("fees", None, CauseSource.OBSERVED_ON_CALL, 0.8, (evidence,)),
        TabooHit(1, "s", "催", "sensitive", "low", "五", 0, 1, 0, 1, MatchKind.EXACT, 0.5, "换"),
        Behaviour(0, "apology", "emotion", True, 0.9, evidence),
        Escalation("supervisor", None, 0.9, evidence),
        Escalation("regulator_or_media", "12315", 0.9, evidence),
        TierTag(Tier.FORMAL, 0.9, (evidence,)),
        HandlingScore(71.5),
    )
    row = tagged_row(call, Findings("a", findings), with_details=True)
    details = row.pop("details")
    assert row == {
        "id": "a",
        "causes": ["fees"],
        "subcauses": ["annual_fee"],
        "tier": "formal",
        "escalation": "regulator_or_media",
        "taboo": [],
        "sensitive": [{"turn": 1, "phrase": "催", "severity": "low", "confidence": 0.5}],
        "behaviours": [{"turn": 0, "behaviour": "apology"}],
        "customer_type": None,
        "score": 71.5,
    }
    assert len(details) == len(findings)
    assert details[0]["finding"] == "cause_tag"
    assert details[0]["evidence"][0]["turn"] == 1
