"""A case that people judged wrong leaves its library for good."""

from datetime import datetime
from typing import Any


def _say(nights, case, verdict: str, who: str, day: int = 21) -> None:
    row: dict[str, Any] = {
        "label_id": f"{case.case_id}-{who}-{day}", "target_id": f"k-{case.case_id}", "call_id": case.call_id,
        "case_id": case.case_id, "library_id": case.library_id, "verdict": verdict, "labelled_by": who,
        "labelled_at": datetime(2026, 11, day), "origin": "import",
    }  # fmt: skip
    nights.insert("case_verdict", **row)


def test_a_call_judged_wrong_is_not_chosen_again_for_that_library(nights) -> None:
    for call_id in ("kept", "wrong"):
        nights.call(call_id)
        nights.taboo(call_id)
        nights.escalation(call_id)
    wrong = next(case for case in nights.cases("problem") if case.call_id == "wrong")
    _say(nights, wrong, "wrong", "w1")
    assert [case.call_id for case in nights.cases("problem")] == ["kept"]
    assert sorted(case.call_id for case in nights.cases("escalated_difficult")) == ["kept", "wrong"]


def test_a_call_comes_back_when_the_same_person_changes_their_mind(nights) -> None:
    nights.call("call")
    nights.taboo("call")
    (case,) = nights.cases("problem")
    _say(nights, case, "wrong", "w1", 21)
    assert nights.cases("problem") == ()
    _say(nights, case, "right", "w1", 22)
    assert len(nights.cases("problem")) == 1


def test_a_pair_goes_when_one_side_of_it_is_judged_wrong(nights) -> None:
    nights.call("good", tier="explicit")
    nights.handled_well("good")
    nights.call("bad", tier="explicit")
    nights.taboo("bad")
    nights.cause("good")
    nights.cause("bad")
    good, _ = sorted(nights.cases("comparison"), key=lambda case: case.side != "good")
    _say(nights, good, "wrong", "w1")
    assert nights.cases("comparison") == ()
