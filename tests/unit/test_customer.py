"""Escalation, kind of caller and tier, from what customers say."""

from datetime import date
from pathlib import Path

import pytest

from tagging.customer.tagger import build
from tagging.finding import CustomerType, Escalation, TierTag
from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from transcribe.call import SpeakerRole, Transcript, Turn

TAGGER = build(TaggerOptions(override_dir=None, models_dir=Path("none")))
ROLES = {"a": SpeakerRole.AGENT, "c": SpeakerRole.CUSTOMER, "u": SpeakerRole.UNKNOWN}


def tagged(*lines):
    turns = tuple(
        Turn(index, 0, ROLES[role], 1.0, index * 10.0, index * 10.0 + 8, text, pinyin=to_pinyin(text))
        for index, (role, text) in enumerate(lines)
    )
    return TAGGER.tag(Transcript("k", date(2026, 1, 1), len(lines) * 10.0, turns))


def escalations(*lines):
    return [(each.kind, each.body) for each in tagged(*lines) if isinstance(each, Escalation)]


def tier(*lines):
    (only,) = [each for each in tagged(*lines) if isinstance(each, TierTag)]
    return only.tier


def types(*lines):
    return [each.customer_type for each in tagged(*lines) if isinstance(each, CustomerType)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("你别说了，叫你们主管来听电话", [("supervisor", None)]),
        ("我要打12315投诉你们", [("regulator_or_media", "12315")]),
        ("那我就打一二三一五举报", [("regulator_or_media", "12315")]),
        ("再不处理我去银保监会投诉", [("regulator_or_media", "金融监管总局")]),
        ("我直接找工信部反映", [("regulator_or_media", "工信部")]),
        ("那我们法院见吧", [("regulator_or_media", "法院")]),
        ("我把录音发到抖音上去", [("regulator_or_media", "抖音")]),
        ("我只能起诉你们了", [("regulator_or_media", "法院")]),
        ("请问客户经理在吗", []),
        ("法院的传票怎么查", []),
        ("我在微博上看到的活动", []),
        ("我要投诉你们", []),
    ],
)
def test_escalation_names_the_body(text, expected):
    assert escalations(("c", text)) == expected


def test_an_agent_never_escalates():
    assert escalations(("a", "您可以打12315投诉，我把电话转给我们主管")) == []


def test_unknown_speakers_count_with_less_confidence():
    (sure,) = [each for each in tagged(("c", "我去工信部投诉")) if isinstance(each, Escalation)]
    (unsure,) = [each for each in tagged(("u", "我去工信部投诉")) if isinstance(each, Escalation)]
    assert unsure.confidence < sure.confidence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("帮我查一下账单", "none"),
        ("麻烦给我记个工单", "none"),
        ("谢谢你，服务很好，我很满意", "none"),
        ("唉，算了吧，我自己想办法", "latent"),
        ("我都打了好几次了，还没解决", "latent"),
        ("你们这是什么服务，太差了", "explicit"),
        ("我要投诉你们", "explicit"),
        ("我要投诉到你们总行去", "formal"),
        ("我去银保监会投诉", "formal"),
    ],
)
def test_tier(text, expected):
    assert tier(("c", text), ("c", "喂")) == expected
    assert tier(("a", text), ("c", "喂")) == "none"


def test_the_highest_tier_decides_with_its_evidence():
    found = tagged(("c", "随便你们吧"), ("c", "太差了"), ("c", "我要打12315投诉你们"))
    (only,) = [each for each in found if isinstance(each, TierTag)]
    assert (only.tier, [each.turn_index for each in only.evidence]) == ("formal", [2])


def test_none_has_no_evidence_and_less_confidence_without_a_customer():
    spoken, silent = tagged(("c", "好"), ("c", "嗯"))[-1], tagged(("a", "您好"))[-1]
    assert spoken.evidence == silent.evidence == ()
    assert silent.confidence < spoken.confidence


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["我本人就是记者"], ["special_background"]),
        (["合同里面明明写的是免年费", "你们凭什么扣钱"], ["reasoned_argument"]),
        (["气死我了", "你们就是骗子"], ["venting"]),
        (["求求你们帮帮我", "我真的快崩溃了"], ["emotional"]),
        (["我已经全程录音了"], ["well_prepared"]),
        (["帮我查一下话费"], []),
    ],
)
def test_customer_type(lines, expected):
    assert types(*(("c", text) for text in lines)) == expected


def test_equal_support_abstains_but_the_background_stays():
    assert types(("c", "气死我了"), ("c", "我真的快崩溃了"), ("c", "我本人就是律师")) == [
        "special_background"
    ]
