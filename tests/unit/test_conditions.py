"""Conditions put together: each construct on calls that it finds and calls that it does not."""

from datetime import date
from typing import ClassVar

import pytest

from tagging.condition_schema import Condition
from tagging.finding import MatchKind, Signal
from tagging.lexicon import load_vocabulary
from tagging.lexicon_schema import RuleEntry
from tagging.matching import RuleSet
from tagging.pinyin import to_pinyin
from tagging.rules import Compiler
from tagging.told import evidence_of_firing, further_evidence, words_of
from transcribe.call import SpeakerRole, Transcript, Turn, Word

VOCABULARY = load_vocabulary(None)
ROLES = {"a": SpeakerRole.AGENT, "c": SpeakerRole.CUSTOMER, "u": SpeakerRole.UNKNOWN}
SECONDS_PER_CHAR = 0.2


def call(*lines, line_of_business=None):
    """Turns one second apart; a number is a silence in seconds."""
    turns = []
    at_s = 0.0
    for line in lines:
        if isinstance(line, int | float):
            at_s += line
            continue
        role, _, text = line.partition(":")
        words = tuple(
            Word(char, at_s + index * SECONDS_PER_CHAR, at_s + (index + 1) * SECONDS_PER_CHAR, 1.0)
            for index, char in enumerate(text)
        )
        end_s = at_s + len(text) * SECONDS_PER_CHAR
        turns.append(
            Turn(
                turn_index=len(turns),
                channel="ac".find(role),
                role=ROLES[role],
                role_confidence=1.0,
                start_s=at_s,
                end_s=end_s,
                text=text,
                words=words,
                pinyin=to_pinyin(text),
            )
        )
        at_s = end_s + 1
    return Transcript("k", date(2026, 1, 5), at_s, tuple(turns), line_of_business)


def fire(when, transcript, signals=(), **keys):
    entry = RuleEntry(
        id="x",
        when=Condition.model_validate(when) if when is not None else None,
        must_match=("是",),
        must_not_match=("否",),
        **keys,
    )
    return RuleSet((entry,), Compiler(VOCABULARY)).fire(transcript, signals)


def said(*patterns, **keys):
    return {"phrase": patterns, **keys}


@pytest.mark.parametrize(
    ("when", "lines", "found"),
    [
        ({"regex": (r"\d{2,}天",)}, ["a:要等30天"], ["30天"]),
        ({"regex": (r"\d{2,}天",)}, ["a:要等3天"], []),
        ({"pinyin": ("bu gui wo guan",)}, ["a:这个部归窝管"], ["部归窝管"]),
        ({"pinyin": ("bu gui wo guan",)}, ["a:这个我管"], []),
        ({"words": {"any_of": ("退钱", "退款")}}, ["a:给您退款"], ["退款"]),
        ({"words": {"all_of": ("退款", "领导")}}, ["a:退款找领导"], ["退款"]),
        ({"words": {"all_of": ("退款", "领导")}}, ["a:退款", "c:你说清楚点", "a:领导"], []),
        ({"words": {"any_of": ("退款",), "none_of": ("谢谢",)}}, ["a:退款谢谢"], []),
        ({"similar": {"to": ("您的问题我解决不了",), "at_least": 0.6}}, ["a:您的问题我真的解决不了"], None),
        ({"similar": {"to": ("您的问题我解决不了",), "at_least": 0.6}}, ["a:问题我先帮您登记"], []),
        ({"any_of": (said("甲事"), said("乙事"))}, ["a:乙事甲事"], ["乙事", "甲事"]),
        ({"all_of": (said("甲事"), said("乙事"))}, ["a:乙事还有甲事"], ["甲事"]),
        ({"all_of": (said("甲事"), said("乙事"))}, ["a:乙事", "c:我不明白啊", "a:甲事"], []),
        (
            {"all_of": (said("甲事"), said("乙事")), "within": "call"},
            ["a:乙事", "c:我不懂", "a:甲事"],
            ["甲事"],
        ),
        ({"phrase": ("甲事",), "none_of": (said("乙事"),)}, ["a:甲事乙事"], []),
        ({"phrase": ("甲事",), "none_of": (said("乙事"),)}, ["a:甲事", "c:我不明白啊", "a:乙事"], ["甲事"]),
        ({"phrase": ("甲事",), "none_of": (said("乙事"),), "within": "call"}, ["a:甲事", "c:乙事"], []),
        ({"phrase": ("甲事",), "unless": ("可以",)}, ["a:甲事可以"], []),
        ({"phrase": ("甲事",), "cancelled_by": ("否认",)}, ["a:我没有说甲事"], []),
        ({"near": {"of": (said("甲事"), said("乙事")), "within_chars": 3}}, ["a:乙事这样甲事"], ["甲事"]),
        ({"near": {"of": (said("甲事"), said("乙事")), "within_chars": 3}}, ["a:乙事一二三四甲事"], []),
        (
            {"near": {"of": (said("甲事"), said("乙事")), "within_chars": 3, "in_order": True}},
            ["a:乙事这样甲事"],
            [],
        ),
        ({"count": {"of": said("甲事"), "at_least": 2}}, ["a:甲事甲事"], ["甲事"]),
        ({"count": {"of": said("甲事"), "at_least": 1, "at_most": 1}}, ["a:甲事甲事"], []),
        ({"repeated": {"of": said("甲事"), "in_turns": 2}}, ["a:甲事甲事"], []),
        ({"repeated": {"of": said("甲事"), "in_turns": 2}}, ["a:甲事", "c:我不明白啊", "a:甲事"], ["甲事"]),
        (
            {"repeated": {"in_turns": 2, "min_chars": 6, "similarity": 80}},
            ["a:请您耐心等待三天", "c:我不明白啊", "a:请您耐心等待三天啊"],
            ["请您耐心等待三天啊"],
        ),
    ],
)
def test_constructs(when, lines, found):
    transcript = call(*lines)
    shown = [words_of(each, transcript) for each in fire(when, transcript)]
    assert len(shown) == 1 if found is None else shown == found


SEQUENCE = {"first": said("要投诉", said_by="customer"), "then": said("没办法", said_by="agent")}


@pytest.mark.parametrize(
    ("keys", "lines", "found"),
    [
        ({}, ["c:我要投诉", "a:没办法"], ["没办法"]),
        ({}, ["a:没办法", "c:我要投诉"], []),
        ({"within_turns": 1}, ["c:我要投诉", "a:您先说说看", "c:不说了", "a:没办法"], []),
        ({"within_s": 3.0}, ["c:我要投诉", "a:没办法"], ["没办法"]),
        ({"within_s": 3.0}, ["c:我要投诉", 5, "a:没办法"], []),
        ({"missing": "then", "within_turns": 2}, ["c:我要投诉", "a:好"], ["要投诉"]),
        ({"missing": "then"}, ["c:我要投诉", "a:没办法"], []),
        ({"missing": "first"}, ["a:没办法", "c:我要投诉", "a:没办法"], ["没办法"]),
    ],
)
def test_sequences(keys, lines, found):
    transcript = call(*lines)
    assert [words_of(each, transcript) for each in fire({"sequence": SEQUENCE | keys}, transcript)] == found


def test_seconds_of_a_sequence_are_those_of_the_words():
    # The customer goes on for ten seconds after the word; the agent answers at once.
    lines = ["c:我要投诉" + "这样那样" * 12, "a:没办法"]
    assert fire({"sequence": SEQUENCE | {"within_s": 5.0}}, call(*lines)) == ()
    assert fire({"sequence": SEQUENCE | {"within_s": 15.0}}, call(*lines))


class TestMissing:
    GREETING: ClassVar = {"missing": said("您好", scope={"first_turns": 1}), "said_by": "agent"}

    @pytest.mark.parametrize(
        ("lines", "places"),
        [
            (["a:什么事", "c:您好", "a:您好"], [(0, 0, 0)]),
            (["c:喂您好", "a:什么事"], [(1, 0, 0)]),
            (["a:您好", "c:喂"], []),
            (["c:喂", "c:有人吗"], []),
        ],
    )
    def test_stands_where_it_was_expected(self, lines, places):
        firings = fire(self.GREETING, call(*lines))
        assert [(each.position, each.char_start, each.char_end) for each in firings] == places
        assert all(each.match is MatchKind.ABSENCE for each in firings)

    def test_a_farewell_is_expected_in_the_last_turn(self):
        transcript = call("a:您好", "c:喂", "a:挂了")
        (firing,) = fire({"missing": said("再见"), "said_by": "agent"}, transcript)
        evidence = evidence_of_firing(firing, transcript)
        assert (evidence.turn_index, evidence.text, evidence.char_start, evidence.char_end) == (2, "", 2, 2)
        assert evidence.start_s == pytest.approx(transcript.turns[2].end_s)

    def test_other_lines_of_business_lack_nothing(self):
        when = {"missing": said("您好", scope={"lines_of_business": ("bank",)})}
        assert fire(when, call("a:喂", line_of_business="telecom")) == ()
        assert fire(when, call("a:喂", line_of_business="bank"))


class TestSignals:
    LIMIT: ClassVar = {"signal": {"name": "silence_ratio", "at_least": 0.3}}

    @pytest.mark.parametrize(("value", "count"), [(0.2, 0), (0.3, 1), (0.9, 1)])
    def test_a_limit(self, value, count):
        assert len(fire(self.LIMIT, call("a:您好"), [Signal("silence_ratio", value)])) == count

    def test_stays_silent_where_nothing_was_measured(self):
        assert fire(self.LIMIT, call("a:您好")) == ()

    def test_beside_words_the_words_are_the_evidence(self):
        transcript = call("a:您好", "c:喂喂")
        when = {"all_of": (self.LIMIT, said("喂喂"))}
        (firing,) = fire(when, transcript, [Signal("silence_ratio", 0.5)])
        assert words_of(firing, transcript) == "喂喂"

    def test_the_role_counts(self):
        when = {"signal": {"name": "talk_s", "role": "agent", "at_least": 5.0}}
        assert fire(when, call("a:好"), [Signal("talk_s", 9.0, SpeakerRole.CUSTOMER)]) == ()


def test_all_that_was_needed_is_evidence():
    transcript = call("c:我要投诉", "a:没办法")
    (firing,) = fire({"sequence": SEQUENCE}, transcript)
    assert evidence_of_firing(firing, transcript).text == "没办法"
    assert [each.text for each in further_evidence(firing, transcript)] == ["要投诉"]


def test_scope_and_speaker_go_down_to_the_conditions_below():
    when = {"any_of": (said("甲事"), said("乙事", said_by="customer")), "said_by": "agent"}
    transcript = call("a:甲事乙事", "c:甲事乙事")
    assert [(each.position, words_of(each, transcript)) for each in fire(when, transcript)] == [
        (0, "甲事"),
        (1, "乙事"),
    ]


def test_cancels_are_heard_by_their_exact_sound_too():
    keys = {"patterns": ("不归我们管",), "cancelled_by": ("否认",)}
    assert fire(None, call("a:我没有硕不归我们管"), **keys) == ()
    assert fire(None, call("a:我没有钱不归我们管"), **keys)


def test_repeating_the_customer_is_heard_by_sound_too():
    keys = {"patterns": ("这个不归我们管",), "sound": 0.9, "undone_by_repeating": True, "said_by": "agent"}
    assert fire(None, call("c:这个步归我们管吗", "a:这个不归我们管是吗"), **keys) == ()
    assert fire(None, call("c:这个怎么办", "a:这个不归我们管"), **keys)
