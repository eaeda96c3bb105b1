"""Good handling and faults: by words, by time, by count."""

from datetime import date
from pathlib import Path

import pytest

from tagging.behaviour.tagger import build
from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from transcribe.call import SpeakerRole, Transcript, Turn

TAGGER = build(TaggerOptions(override_dir=None, models_dir=Path("none")))
ROLES = {"a": SpeakerRole.AGENT, "c": SpeakerRole.CUSTOMER, "u": SpeakerRole.UNKNOWN}


def turns_of(lines):
    """Lines are (role, text) or (role, text, start_s, end_s); gaps follow from the times."""
    turns, latest = [], 0.0
    for index, line in enumerate(lines):
        role, text, *times = line
        start, end = times or (latest, latest + len(text) * 0.2)
        turns.append(
            Turn(
                index, 0, ROLES[role], 1.0, start, end, text,
                pinyin=to_pinyin(text), gap_before_s=max(0.0, start - latest),
            )
        )  # fmt: skip
        latest = max(latest, end)
    return tuple(turns)


def found(*lines):
    turns = turns_of(lines)
    behaviours = TAGGER.tag(Transcript("k", date(2026, 1, 1), turns[-1].end_s, turns))
    return [(each.turn_index, each.behaviour) for each in behaviours]


@pytest.mark.parametrize(
    ("behaviour", "text"),
    [
        ("greeting", "您好，工号3021，很高兴为您服务，请讲"),
        ("ask_name", "请问先生您贵姓"),
        ("empathy", "您着急的心情我特别能理解"),
        ("apology", "真的是非常抱歉，给您添麻烦了"),
        ("repeat_words", "您刚才说的是五号扣了两次，对吧"),
        ("open_question", "麻烦您具体说一下当时的情况"),
        ("pinpoint_question", "请问是哪张卡呢，尾号多少"),
        ("confirm_understanding", "您看我这样理解对吗"),
        ("willingness", "我现在就帮您查一下"),
        ("clear_proposal", "我给您申请减免这两个月的利息"),
        ("acceptance_check", "您看这样可以吗"),
        ("thanks", "感谢您的来电，再见"),
        ("follow_up", "三个工作日之内短信通知您"),
        ("call_back", "明天下午我给您回电话"),
        ("ownership", "这件事由我来跟进到底"),
    ],
)
def test_good_handling(behaviour, text):
    assert (0, behaviour) in found(("a", text))
    assert found(("c", text)) == []


def test_good_has_a_step_and_a_fault_has_none():
    transcript = Transcript("k", date(2026, 1, 1), 9.0, turns_of([("a", "真的很抱歉"), ("a", "您说得不对")]))
    apology, arguing = TAGGER.tag(transcript)
    assert (apology.step, apology.is_good) == ("emotion", True)
    assert (arguing.behaviour, arguing.step, arguing.is_good) == ("arguing", None, False)


@pytest.mark.parametrize(
    ("start_s", "end_s", "text", "is_fault"),
    [
        (6.0, 12.0, "您先听我说一下", True),
        (6.0, 12.0, "嗯好的", False),
        (9.7, 12.0, "您先听我说一下", False),
        (10.5, 12.0, "您先听我说一下", False),
    ],
)
def test_interruption(start_s, end_s, text, is_fault):
    lines = [("c", "我昨天去网点办了一张卡", 0.0, 10.0), ("a", text, start_s, end_s)]
    assert ((1, "interruption") in found(*lines)) is is_fault


def test_who_was_interrupted_herself_and_goes_on_does_not_interrupt():
    lines = [
        ("a", "我先给您把卡停掉", 0.0, 4.0),
        ("c", "好好好你快一点帮我弄", 3.0, 7.0),
        ("a", "别人就取不走了", 4.3, 6.0),
    ]
    assert (2, "interruption") not in found(*lines)


def test_a_breath_of_the_customer_is_no_end():
    lines = [
        ("c", "你们当时打电话过来", 0.0, 5.0),
        ("a", "这个肯定告诉过您的呀", 4.8, 7.0),
        ("c", "只跟我讲", 5.2, 6.0),
    ]
    assert (1, "interruption") in found(*lines)


def test_a_customer_cannot_be_at_fault_for_interrupting():
    lines = [("a", "请您听我把话说完整", 0.0, 10.0), ("c", "我不想听你说这个", 4.0, 9.0)]
    assert (1, "interruption") not in found(*lines)


@pytest.mark.parametrize(
    ("before", "gap_s", "is_fault"),
    [
        (("c", "我想查一下账单"), 12.0, True),
        (("c", "我想查一下账单"), 6.0, False),
        (("c", "你们凭什么乱扣钱"), 6.0, True),
        (("a", "请您稍等一下"), 12.0, False),
        (("a", "请您稍等一下"), 60.0, True),
    ],
)
def test_long_silence(before, gap_s, is_fault):
    lines = [(*before, 0.0, 4.0), ("a", "您久等", 4.0 + gap_s, 6.0 + gap_s)]
    assert ((1, "long_silence") in found(*lines)) is is_fault


def test_silence_is_shown_by_its_own_time():
    turns = turns_of([("c", "那你说怎么办", 0.0, 4.0), ("a", "喂", 20.0, 21.0)])
    (silence,) = TAGGER.tag(Transcript("k", date(2026, 1, 1), 21.0, turns))
    assert (silence.evidence.start_s, silence.evidence.end_s) == (4.0, 20.0)


SCRIPT = ("a", "您的诉求我已经详细记录下来")


@pytest.mark.parametrize(
    ("lines", "turn"),
    [
        ([SCRIPT, ("c", "我不要听这个"), SCRIPT], 2),
        ([SCRIPT, ("c", "记录有什么用"), ("a", "这边已经把您的诉求详细记录了")], 2),
        ([SCRIPT, ("c", "我不要听这个"), ("a", "我马上联系师傅"), ("c", "多久"), SCRIPT], 4),
        ([SCRIPT, ("c", "好的谢谢"), SCRIPT], None),
        ([SCRIPT, ("c", "没听清您再说一遍"), SCRIPT], None),
        ([SCRIPT, ("c", "嗯"), SCRIPT], None),
        ([SCRIPT, SCRIPT], None),
        ([("a", "请问您的卡号是多少"), ("c", "我不要听这个"), ("a", "请问您的卡号是多少")], None),
        ([("a", "好的"), ("c", "我不要听这个"), ("a", "好的")], None),
        ([SCRIPT, ("c", "我不要听这个"), ("a", "我帮您催一下施工的师傅")], None),
    ],
)
def test_the_same_script_although_the_customer_does_not_accept(lines, turn):
    repeated = [index for index, behaviour in found(*lines) if behaviour == "repeated_script"]
    assert repeated == ([] if turn is None else [turn])


@pytest.mark.parametrize(
    ("agent", "is_echo"),
    [
        ("您是说上个月的套餐费重复扣了两次，对吗？", True),
        ("上个月套餐费重复扣了两次，这笔钱应该退给您。", True),
        ("您刚才说套餐费用扣重复了，是吧？", True),
        ("您的套餐费是五十九元。", False),
        ("您是说想换一个便宜的，对吗？", False),
        ("我马上帮您核实。", False),
    ],
)
def test_repeating_is_saying_the_customers_own_words_again(agent, is_echo):
    lines = [("c", "你们上个月的套餐费重复扣了两次钱"), ("a", agent)]
    assert ((1, "repeat_words") in found(*lines)) is is_echo


@pytest.mark.parametrize(
    ("lines", "is_fault"),
    [
        ([("c", "扣了我三十块"), ("a", "我们是不会乱扣费的")], True),
        ([("c", "扣了我三十块"), ("a", "请问是哪一笔"), ("c", "昨天的"), ("a", "我们是不会乱扣费的")], False),
        ([("c", "扣了我三十块"), ("a", "我先帮您查一下，我们是不会乱扣费的")], False),
    ],
)
def test_a_verdict_before_any_question(lines, is_fault):
    assert ("concluding_early" in [behaviour for _, behaviour in found(*lines)]) is is_fault


def test_asking_whether_it_suits_tells_of_a_proposal():
    assert (0, "clear_proposal") in found(("a", "师傅明天上午先到您家里看看线路，您看可以吗"))
    assert found(("a", "您看可以吗")) == [(0, "acceptance_check")]


def test_apologies_without_a_way_out():
    sorry = ("a", "真的非常抱歉")
    other = ("c", "抱歉有什么用")
    lines = [sorry, other, sorry, other, sorry, other, sorry]
    assert (6, "endless_apology") in found(*lines)
    helped = found(*lines, ("a", "我给您申请退回这笔费用"))
    assert "endless_apology" not in [behaviour for _, behaviour in helped]
