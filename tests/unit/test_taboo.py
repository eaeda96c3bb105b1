"""Forbidden and sensitive phrases, as real agents say them, through the shipped lexicon."""

from datetime import date
from pathlib import Path

import pytest

from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from tagging.taboo.tagger import build_phrases
from transcribe.call import SpeakerRole, Transcript, Turn, Word

TAGGER = build_phrases(TaggerOptions(override_dir=None, models_dir=Path("none")))
ROLES = {"a": SpeakerRole.AGENT, "c": SpeakerRole.CUSTOMER, "u": SpeakerRole.UNKNOWN}


def hits(*lines):
    turns = tuple(
        Turn(index, 0, ROLES[role], 1.0, index * 10.0, index * 10.0 + 8, text, pinyin=to_pinyin(text))
        for index, (role, text) in enumerate(lines)
    )
    return TAGGER.tag(Transcript("k", date(2026, 11, 20), len(lines) * 10.0, turns))


@pytest.mark.parametrize(
    ("phrase_id", "text"),
    [
        ("child_would_know", "哎呀，这种问题呢，连小孩子都会的嘛"),
        ("get_what_you_pay_for", "您要知道啊，一分钱那个一分货"),
        ("absolutely_impossible", "先生，绝对不可能发生这种事的"),
        ("not_our_business", "这个事情不归我们管，你去找别的部门问"),
        ("dont_know", "这个我不知道，我也不清楚啊"),
        ("company_rule", "规定就是这样我也没办法"),
        ("cant_you_read", "短信都发给你了，你看不懂中文吗"),
        ("contact_another_day", "好了好了，改天再通知你吧"),
        ("seen_plenty", "您这种问题啊，我们见得多了"),
        ("never_said_that", "我绝对没有说过那种话"),
        ("happens_all_the_time", "扣错钱嘛，这是常有的事"),
    ],
)
def test_every_phrase_on_the_wall(phrase_id, text):
    assert [hit.phrase_id for hit in hits(("a", text))] == [phrase_id]
    assert hits(("c", text)) == ()
    assert hits(("u", text)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "您好，很高兴为您服务，请问有什么可以帮您？",
        "这个问题我不太清楚，我马上帮您问一下同事，请您稍等。",
        "按照公司的规定，我需要先核实您的身份，麻烦您提供一下身份证后四位。",
        "您的心情我理解，换做是我也会着急的。",
        "您要是觉得不合适，可以随时取消。",
        "我们会在三个工作日之内给您回复。",
        "您可以在手机银行里查，我教您怎么操作。",
        "抱歉，之前的同事没有解释清楚，是我们的责任。",
        "这个不是您的问题，是系统升级造成的。",
        "好的，我已经帮您登记了投诉，稍后会有专人联系您。",
    ],
)
def test_polite_sentences_are_left_alone(text):
    assert hits(("a", text)) == ()


def test_a_hit_explains_itself():
    words = (
        Word("那", 3.0, 3.2, 0.9),
        Word("公司的规定", 3.5, 4.5, 0.8),
        Word("就是这样的。", 4.5, 5.5, 0.6),
    )
    text = "".join(word.text for word in words)
    turn = Turn(4, 0, SpeakerRole.AGENT, 0.9, 3.0, 5.5, text, words=words, pinyin=to_pinyin(text))
    (hit,) = TAGGER.tag(Transcript("k", date(2026, 11, 20), 10.0, (turn,)))
    assert (hit.turn_index, hit.phrase_id, hit.kind, hit.match) == (4, "company_rule", "forbidden", "exact")
    assert hit.matched_text == text[hit.char_start : hit.char_end] == "公司的规定就是这样的"
    assert (hit.start_s, hit.end_s) == (3.5, 5.5)
    assert 0.5 < hit.confidence < 0.9
    assert hit.replacement
    assert hit.owner


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("公司的规定就是这样的", "exact"),
        ("公司的规定呢，就是这样的", "filled"),
        ("我们银行规定就是这么定的", "pattern"),
        ("工司的归定就是这样的", "pinyin"),
    ],
)
def test_how_it_was_said(text, match):
    (hit,) = hits(("a", text))
    assert (hit.phrase_id, hit.match) == ("company_rule", match)


def test_sensitive_wordings_only_after_chasing_in_vain():
    chased = ("c", "我都催了三次了，到现在也没人联系我")
    assert [hit.phrase_id for hit in hits(chased, ("a", "我再帮您加急一下"))] == ["expedite_again"]
    forwarded = ("a", "您反映的问题已经转交相关部门处理了")
    assert [(hit.phrase_id, hit.kind) for hit in hits(chased, forwarded)] == [
        ("forwarded_to_department", "sensitive")
    ]
    assert hits(("c", "我想报修宽带"), forwarded) == ()


def test_overlapping_phrases_give_one_hit():
    assert [hit.phrase_id for hit in hits(("a", "公司的规定就是这样，规定就是这样"))] == ["company_rule"]
    assert [hit.phrase_id for hit in hits(("a", "你还有完没完，你想投诉就去投诉"))] == [
        "get_to_the_point",
        "go_and_complain",
    ]


def test_all_forbidden_of_the_wall_are_shipped():
    wall = {
        "child_would_know", "get_what_you_pay_for", "absolutely_impossible", "not_our_business", "dont_know",
        "company_rule", "cant_you_read", "contact_another_day", "seen_plenty", "never_said_that",
        "happens_all_the_time",
    }  # fmt: skip
    entries = TAGGER.lexicon.by_id
    assert all(entries[each].kind == "forbidden" for each in wall)
    assert {entry.family for entry in entries.values()} == set(
        type(entries["dont_know"]).model_fields["family"].annotation.__args__
    )
