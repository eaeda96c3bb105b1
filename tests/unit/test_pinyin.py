"""One toneless syllable per character, polyphones by phrase."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from tagging.pinyin import to_pinyin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("银行行不行", ("yin", "hang", "xing", "bu", "xing")),
        ("重庆很重", ("chong", "qing", "hen", "zhong")),
        ("绿色女士", ("lv", "se", "nv", "shi")),
        ("卡*1A,嗯", ("ka", "*", "1", "A", ",", "n")),
        ("幺三八", ("yao", "san", "ba")),
    ],
)
def test_readings(text: str, expected: tuple[str, ...]):
    assert to_pinyin(text) == expected


@given(st.text(max_size=40))
def test_one_syllable_per_character(text: str):
    assert len(to_pinyin(text)) == len(text)


@given(st.text(alphabet="重行长得还着发朝银庆校好了不觉睡,。*1a 绿女", max_size=30))
def test_agrees_with_pypinyin_on_the_whole_text(text: str):
    assert "".join(to_pinyin(text)) == "".join(lazy_pinyin(text))
