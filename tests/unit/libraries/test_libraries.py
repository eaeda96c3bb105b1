"""Which calls come into which library, and what a library's folder may say."""

from datetime import date, timedelta
from typing import Any

import pytest

from warehouse.case import Case

NIGHT = date(2026, 11, 20)
GOOD_STEPS = [
    ("greeting", "emotion"),
    ("confirm_understanding", "diagnose"),
    ("clear_proposal", "propose"),
    ("acceptance_check", "accept"),
    ("thanks", "close"),
]


def ids(cases: tuple[Case, ...]) -> list[str]:
    return [case.call_id for case in cases]


def test_problem_takes_forbidden_phrases_worst_first_and_says_why(nights) -> None:
    nights.call("plain")
    nights.call("mild", tier="latent")
    nights.taboo(
        "mild",
        kind="sensitive",
        phrase_id="expedite_again",
        phrase="我再帮您加急",
        matched_text="我再帮您加急",
    )
    nights.call("grave", tier="explicit")
    nights.taboo("grave", at_s=20, matched_text="我也不知道呢，不清楚")
    nights.behaviour("grave", "interruption", None, 33.0)
    nights.behaviour("grave", "lecturing", None, 80.0)
    grave, mild = nights.cases("problem")
    assert (grave.call_id, mild.call_id) == ("grave", "mild")
    assert grave.reason == (
        "说了禁语「我不知道，不清楚」，原话是「我也不知道呢，不清楚」；还有说教、抢话。客户明确表示不满"
    )
    assert (grave.focus_start_s, grave.focus_end_s) == (20.0, 35.0)
    assert (grave.rank, mild.rank) == (1, 2)


@pytest.mark.parametrize(
    ("row", "hit"),
    [
        pytest.param({"role_confidence": 0.4}, {}, id="doubtful roles"),
        pytest.param({"role_confidence": None}, {}, id="nobody knows the roles"),
        pytest.param({"roles": ("agent", "unknown")}, {}, id="an unknown voice"),
        pytest.param({}, {"confidence": 0.3}, id="a doubtful hit"),
        pytest.param(
            {"night": NIGHT - timedelta(days=1)}, {"night": NIGHT - timedelta(days=1)}, id="another night"
        ),
    ],
)
def test_problem_leaves_out(nights, row: dict[str, Any], hit: dict[str, Any]) -> None:
    nights.call("call", **row)
    nights.taboo("call", **hit)
    assert nights.cases("problem") == ()


def test_one_agents_same_fault_comes_once_before_it_comes_again(nights) -> None:
    for number in range(4):
        nights.call(f"same{number}", agent_id="A1")
        nights.taboo(f"same{number}")
    nights.call("other", agent_id="A2")
    nights.taboo("other", severity="low")
    assert ids(nights.cases("problem"))[:2] == ["same0", "other"]


def test_excellent_wants_four_steps_and_no_fault(nights) -> None:
    nights.call("best", tier="explicit")
    nights.handled_well("best")
    nights.cause("best")
    nights.call("easy")
    nights.handled_well("easy", steps=4)
    for call_id in ("three steps", "said it", "lectured", "cold"):
        nights.call(call_id)
        nights.handled_well(call_id, steps=3 if call_id == "three steps" else 5)
    nights.taboo("said it")
    nights.behaviour("lectured", "lecturing", None, 50.0)
    nights.cause("cold", "cold", "attitude", source="observed_on_call")
    nights.call("formal", tier="formal")
    nights.handled_well("formal")
    best, easy = nights.cases("excellent")
    assert (best.call_id, easy.call_id) == ("best", "easy")
    assert best.reason == (
        "五步走到了 5 步，全程没有禁语和失误；这一段里听得到：规范开场、确认理解、明确方案、确认接受、致谢。"
        "客户带着「流量计费」的不满来电，平和挂机"
    )
    assert (best.focus_start_s, best.focus_end_s) == (10.0, 44.0)


def test_overlaps_and_pauses_alone_neither_make_a_problem_nor_spoil_a_good_call(nights) -> None:
    nights.call("good")
    nights.handled_well("good")
    nights.behaviour("good", "interruption", None, 50.0)
    nights.behaviour("good", "long_silence", None, 60.0)
    assert nights.cases("problem") == ()
    (case,) = nights.cases("excellent")
    assert case.reason.startswith("五步走到了 5 步，全程没有禁语；")


def test_excellent_focus_is_the_densest_minute(nights) -> None:
    nights.call("long")
    nights.behaviour("long", "greeting", "emotion", 2.0)
    nights.behaviour("long", "ask_name", "emotion", 400.0)
    for index, (name, step) in enumerate(GOOD_STEPS[1:]):
        nights.behaviour("long", name, step, 410.0 + index)
    (case,) = nights.cases("excellent")
    assert (case.focus_start_s, case.focus_end_s) == (400.0, 415.0)


def test_escalated_focus_runs_to_the_reply_that_calmed(nights) -> None:
    nights.call("supervisor", tier="explicit")
    nights.escalation("supervisor")
    nights.call("regulator", tier="formal")
    nights.escalation("regulator", "regulator_or_media", 30.0, body="12315")
    nights.behaviour("regulator", "apology", "emotion", 40.0)
    nights.behaviour("regulator", "clear_proposal", "propose", 50.0)
    nights.behaviour("regulator", "thanks", "close", 500.0)
    nights.call("calm")
    regulator, supervisor = nights.cases("escalated_difficult")
    assert (regulator.call_id, supervisor.call_id) == ("regulator", "supervisor")
    assert regulator.reason == "客户提到12315：「原话」。客服随后的应对：致歉、明确方案"
    assert (regulator.focus_start_s, regulator.focus_end_s) == (30.0, 52.0)
    assert supervisor.reason == "客户要求找主管：「原话」。之后没有听到安抚或方案，想一想该怎样接"


def _pair(nights, good: str, bad: str, **row: Any) -> None:
    nights.call(good, tier="explicit", **row)
    nights.handled_well(good)
    nights.call(bad, tier="explicit", **row)
    nights.taboo(bad)


def test_comparison_pairs_the_same_cause_of_the_same_line(nights) -> None:
    _pair(nights, "good", "bad")
    nights.cause("good")
    nights.cause("bad")
    bad, good = nights.cases("comparison")
    assert (bad.call_id, bad.side, good.call_id, good.side) == ("bad", "bad", "good", "good")
    assert bad.pair_key == good.pair_key
    assert bad.rank == good.rank == 1
    assert bad.case_id != good.case_id
    assert bad.reason == "同是「流量计费」，这一通处理得不好：说了「我不知道，不清楚」"


@pytest.mark.parametrize(
    ("line", "sub", "top"),
    [("credit_card", "data_usage", "fees"), ("telecom", "broadband", "product")],
)
def test_comparison_needs_something_in_common(nights, line: str, sub: str, top: str) -> None:
    _pair(nights, "good", "bad")
    nights.con.execute("UPDATE call SET line_of_business = ? WHERE call_id = 'bad'", [line])
    nights.cause("good")
    nights.cause("bad", sub, top)
    assert nights.cases("comparison") == ()


def test_comparison_prefers_the_same_sub_cause_and_uses_a_call_once(nights) -> None:
    _pair(nights, "good", "bad")
    nights.cause("good")
    nights.cause("bad")
    nights.call("near", tier="explicit")
    nights.taboo("near")
    nights.cause("near", "annual_fee")
    assert sorted(ids(nights.cases("comparison"))) == ["bad", "good"]


@pytest.mark.parametrize(("age_days", "count"), [(1, 2), (29, 2), (30, 0)])
def test_the_twin_may_be_of_an_earlier_night(nights, age_days: int, count: int) -> None:
    earlier = NIGHT - timedelta(days=age_days)
    nights.call("good", tier="explicit", night=earlier)
    nights.handled_well("good", night=earlier)
    nights.cause("good", night=earlier)
    nights.call("bad", tier="explicit")
    nights.taboo("bad")
    nights.cause("bad")
    assert len(nights.cases("comparison")) == count


def test_a_call_without_dissatisfaction_is_nobodys_twin(nights) -> None:
    _pair(nights, "good", "bad", night=NIGHT)
    nights.cause("good")
    nights.cause("bad")
    nights.con.execute("UPDATE tier SET tier = 'none' WHERE call_id = 'good'")
    assert nights.cases("comparison") == ()


def test_a_pair_of_old_calls_is_not_chosen_again(nights) -> None:
    _pair(nights, "good", "bad", night=NIGHT)
    nights.cause("good")
    nights.cause("bad")
    assert nights.cases("comparison", NIGHT + timedelta(days=1)) == ()


def test_ids_are_the_same_each_time_and_change_with_the_recording(nights) -> None:
    nights.call("call")
    nights.taboo("call")
    first, again = nights.cases("problem"), nights.cases("problem")
    assert first == again
    nights.con.execute("UPDATE call SET recording_digest = 'corrected'")
    assert nights.cases("problem")[0].case_id != first[0].case_id
