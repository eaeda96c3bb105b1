"""A pair of calls laid out step by step, and what the good side said where the bad one failed."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.pairs import STEPS, likeness_of, pair_steps

GOOD = [
    ("customer", "我这个月莫名其妙多扣了八十块钱", None),
    ("agent", "给您添麻烦了，多扣的钱确实让人着急", ("apology", "emotion")),
    ("customer", "那你们打算怎么办", None),
    ("agent", "我给您申请退回，三天内到账", ("clear_proposal", "propose")),
    ("customer", "行", None),
    ("agent", "您看这样可以吗", ("acceptance_check", "accept")),
]
BAD = [
    ("agent", "您好", ("greeting", "emotion")),
    ("customer", "怎么多扣了我八十块钱，莫名其妙", None),
    ("agent", "公司的规定就是这样的", None),
    ("customer", "那你打算怎么办呢", None),
    ("agent", "我不清楚", None),
]


@dataclass
class Side:
    turns: list[dict[str, Any]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)


def side(said: list[tuple[str, str, Any]]) -> Side:
    made = Side()
    for index, (role, text, mark) in enumerate(said):
        made.turns.append(
            {
                "turn_index": index,
                "role": role,
                "start_s": index * 5.0,
                "end_s": index * 5.0 + 4,
                "text": text,
            }
        )
        if mark is not None:
            made.marks.append(found(index, "good", mark[0], step=mark[1]))
    return made


def found(turn_index: int, kind: str, label_id: str, **more: Any) -> dict[str, Any]:
    known = {"step": None, "replacement": "", "confidence": 0.9}
    return {"turn_index": turn_index, "kind": kind, "label_id": label_id} | known | more


def bad_side() -> Side:
    made = side(BAD)
    made.marks += [
        found(2, "taboo", "公司的规定就是这样的", replacement="我帮您核实一下这笔扣费"),
        found(4, "taboo", "我不知道，不清楚"),
        found(4, "fault", "concluding_early", confidence=0.3),
    ]
    return made


def test_every_forbidden_phrase_stands_beside_what_the_good_agent_said_there() -> None:
    laid_out = pair_steps(side(GOOD), bad_side())
    rule, unknown = laid_out.answers
    assert (rule.label_id, rule.bad.text) == ("公司的规定就是这样的", "公司的规定就是这样的")
    assert rule.good is not None
    assert rule.good.text == "给您添麻烦了，多扣的钱确实让人着急"
    assert rule.good_asked is not None
    assert rule.good_asked.text == "我这个月莫名其妙多扣了八十块钱"
    assert rule.replacement == "我帮您核实一下这笔扣费"
    assert unknown.good is not None
    assert unknown.good.text == "我给您申请退回，三天内到账"


def test_steps_are_always_five_and_hold_the_turns_of_both_sides() -> None:
    laid_out = pair_steps(side(GOOD), bad_side())
    assert [step.step for step in laid_out.steps] == list(STEPS)
    emotion, _, propose, accept, close = laid_out.steps
    assert [turn.text for turn in emotion.good] == ["给您添麻烦了，多扣的钱确实让人着急"]
    assert emotion.bad[0].labels == ("greeting",)
    assert [turn.turn_index for turn in emotion.bad_faults] == [2, 4]
    assert [turn.labels for turn in propose.good] == [("clear_proposal",)]
    assert (len(accept.good), accept.bad, close.good, close.bad) == (1, (), (), ())


def test_a_fault_without_any_place_in_the_good_call_has_no_answer() -> None:
    (first, _) = pair_steps(side([("customer", "喂", None)]), bad_side()).answers
    assert (first.good, first.good_asked, first.likeness) == (None, None, 0.0)


def test_what_the_good_agent_should_not_have_said_answers_nothing() -> None:
    good = side(GOOD)
    good.marks.append(found(1, "taboo", "我们见得多了"))
    assert all(
        answer.good is None or answer.good.turn_index != 1 for answer in pair_steps(good, bad_side()).answers
    )


TEXTS = st.text(alphabet="扣费八十块钱退了，。 a1", max_size=12)
ROLES = st.sampled_from(["agent", "customer", "unknown", "ivr"])
CALLS = st.lists(st.tuples(ROLES, TEXTS, st.none()), max_size=8)


@settings(deadline=None)
@given(CALLS, CALLS, st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_any_two_calls_can_be_laid_out(good, bad, good_marks, bad_marks) -> None:
    one, other = side(good), side(bad)
    one.marks += [found(index, "good", "empathy", step="emotion") for index in good_marks]
    other.marks += [found(index, "taboo", "不清楚") for index in bad_marks]
    laid_out = pair_steps(one, other)
    assert [answer.bad.turn_index for answer in laid_out.answers] == sorted(bad_marks & set(range(len(bad))))
    for answer in laid_out.answers:
        assert 0 <= answer.likeness <= 1
        assert answer.good is None or answer.good.role == "agent"


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_likeness_is_the_same_both_ways_and_full_with_itself(one: str, other: str) -> None:
    assert likeness_of(one, other) == likeness_of(other, one)
    assert 0 <= likeness_of(one, other) <= 1
    if sum(char.isalnum() for char in one) > 1:
        assert likeness_of(one, one) == 1
