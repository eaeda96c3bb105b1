"""Numbers as said and as written, side by side."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from tagging.amounts.tagger import build
from tagging.options import TaggerOptions
from transcribe.call import SpeakerRole, Transcript, Turn

TAGGER = build(TaggerOptions(override_dir=None, models_dir=Path("none")))


def values(text: str):
    turn = Turn(0, 0, SpeakerRole.CUSTOMER, 1.0, 0.0, 10.0, text)
    return TAGGER.tag(Transcript("k", date(2026, 11, 20), 10.0, (turn,)))


@pytest.mark.parametrize(
    ("text", "kind", "said", "value", "number"),
    [
        ("这笔两百三十六块,我替您申请退回", "money", "两百三十六块", "236块", 236.0),
        ("一共一千二百块五毛", "money", "一千二百块五毛", "1200块5毛", 1200.5),
        ("五十八块五,一个月", "money", "五十八块五", "58块5", 58.5),
        ("收三十元手续费", "money", "三十元", "¥30", 30.0),
        ("已经扣了236块了", "money", "236块", "236块", 236.0),
        ("手续费是百分之零点零五", "percent", "百分之零点零五", "0.05%", 0.05),
        ("十二月五号之前还", "date", "十二月五号", "12/05", None),
        ("下午三点半打给您", "time", "三点半", "3:30", None),
        ("额度是五百", "number", "五百", "500", 500.0),
        ("编号是三九零零零零", "number", "三九零零零零", "390000", 390000.0),
        ("工号零零七", "number", "零零七", "007", None),
    ],
)
def test_as_said_and_as_written(text: str, kind: str, said: str, value: str, number: float | None) -> None:
    (found,) = values(text)
    assert (found.kind, found.text, found.value, found.number) == (kind, said, value, number)
    assert text[found.char_start : found.char_end] == said
    assert 0 <= found.start_s < found.end_s <= 10


@pytest.mark.parametrize("text", ["您好", "等一下", "万一扣错了呢", "尾号****这张卡", "我说一点", "十分抱歉"])
def test_no_numbers(text: str) -> None:
    assert values(text) == ()


def test_several_in_a_turn_in_order_and_apart() -> None:
    found = values("三月五号扣了九十八块,后来又扣了一百二十块")
    assert [each.kind for each in found] == ["date", "money", "money"]
    assert all(one.char_end <= other.char_start for one, other in pairwise(found))
