"""What is believed of a recogniser's text, and what is not."""

import pytest

from transcribe.call import Segment, Word
from transcribe.hallucination import HallucinationOptions, mean_probability, split_suspects, suspect_reason
from transcribe.wordlists import load_known_inventions

OPTIONS = HallucinationOptions()
INVENTIONS = load_known_inventions()


def segment(
    text: str, seconds: float = 0.0, probability: float = 0.9, silence: tuple[float, float] = (0.0, -0.2)
):
    length_s = seconds or max(0.5, len(text) / 5)
    return Segment(
        0, 10.0, 10.0 + length_s, text, (Word(text, 10.0, 10.0 + length_s, probability),), *silence
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("您好,请问有什么可以帮您?", None),
        ("对对对对对,就是这个。", None),
        ("八八八八八六。", None),
        ("不是不是不是,你听我说。", None),
        ("我的卡我的卡我的卡我的卡我的卡我的卡", "loop"),
        ("好的,好的,好的,好的,好的,好的,好的,", "loop"),
        ("我想问一下账单账单账单账单账单账单账单账单", "loop"),
        ("啊啊啊啊啊啊啊啊啊啊啊啊啊", "loop"),
        ("我想问一下这个,我想问一下那个,我想问一下,我想问一下这个,我想问一下那个,我想问一下", "repeated"),
        ("好的谢谢,好的再见,好的谢谢,好的再见,好的谢谢,再见,好的谢谢,好的再见,谢谢", None),
        ("我想问一下这个月的账单,我想问一下为什么多扣了钱,还有我想问一下怎么退", None),
        ("一三八零零一三八零零零,对,一三八零零一三八零零零", None),
        ("我试试普通话的句子吧", "no_speech"),
        ("请不吝点赞 订阅 转发", "no_speech"),
        ("字幕由社区提供", "no_speech"),
        ("谢谢观看!", "no_speech"),
        ("谢谢观看我们的演示,下面我说一下费用", None),
        ("。", None),
    ],
)
def test_text_alone(text: str, reason: str | None) -> None:
    assert suspect_reason(segment(text), OPTIONS, INVENTIONS) == reason


def test_denser_than_anyone_speaks() -> None:
    assert suspect_reason(segment("这么多字不可能在一秒里面说完的", 1.0), OPTIONS, INVENTIONS) == "too_dense"
    assert suspect_reason(segment("这么多字不可能在一秒里面说完的", 2.5), OPTIONS, INVENTIONS) is None
    assert suspect_reason(segment("好的", 0.1), OPTIONS, INVENTIONS) is None


def test_a_guess() -> None:
    assert suspect_reason(segment("一九三季度", probability=0.1), OPTIONS, INVENTIONS) == "low_confidence"


@pytest.mark.parametrize(
    ("silence", "reason"),
    [
        ((0.9, -1.5), "no_speech"),
        ((0.7, -0.8), None),
        ((0.9, -0.5), "no_speech"),
        ((0.9, -0.2), None),
        ((0.1, -1.5), None),
    ],
)
def test_silence_needs_both_signs(silence: tuple[float, float], reason: str | None) -> None:
    assert suspect_reason(segment("你好吗", silence=silence), OPTIONS, INVENTIONS) == reason


def test_mean_probability_weighs_by_characters() -> None:
    words = (Word("三个字,", 0, 1, 0.9), Word("字", 1, 2, 0.1))
    assert mean_probability(Segment(0, 0, 2, "三个字,字", words)) == pytest.approx(0.7)
    assert mean_probability(Segment(0, 0, 2, "", ())) == 1.0


def test_none_is_lost_and_order_stays() -> None:
    segments = [segment("您好"), segment("谢谢观看"), segment("再见")]
    kept, suspects = split_suspects(segments, OPTIONS, INVENTIONS)
    assert kept == (segments[0], segments[2])
    assert [(item.segment, item.reason) for item in suspects] == [(segments[1], "no_speech")]


PROMPT = "信用卡客服:账单日、还款日、最低还款额、分期手续费、提前结清。"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("账单日、还款日、最低还款额", "prompt"),
        ("嗯,信用卡客服,账单日", "prompt"),
        ("我想问一下最低还款额和分期手续费是多少", None),
        ("账单日和还款日", None),
        ("账单日", None),
        ("账单日、最低还款额", "prompt"),
        ("我这个卡账单日还款日最低还款额都看不懂,您能不能从头给我说一遍,到底哪天还", None),
    ],
)
def test_the_prompt_instead_of_speech(text: str, reason: str | None) -> None:
    assert suspect_reason(segment(text), OPTIONS, INVENTIONS, PROMPT) == reason
    assert suspect_reason(segment(text), OPTIONS, INVENTIONS) is None
