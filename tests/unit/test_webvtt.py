"""A clip's words as WebVTT: a strict reader of the format's grammar accepts whatever is said."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.call import TimeSpan, Word
from warehouse.pages.pieces import PRIORITY, Mark, runs_of
from warehouse.pages.said import Said, literal
from warehouse.pages.talk import TurnView
from warehouse.pages.webvtt import webvtt

STAMP = r"(\d\d):([0-5]\d):([0-5]\d)\.(\d{3})"
TIMING = re.compile(rf"{STAMP} --> {STAMP}")
TOKEN = re.compile(
    rf"<(?P<stamp>{STAMP})>|<c\.(?P<kind>[a-z]+)>|(?P<end></c>)|(?P<text>(?:[^<>&\n]|&amp;|&lt;|&gt;)+)"
)


def turn(start_s: float, text: str, marks: tuple[Mark, ...] = (), role_name: str = "客服") -> TurnView:
    """A turn of one word per character, half a second each; the clip begins at 0 and lasts 60 s."""
    words = tuple(
        Word(character, start_s + n * 0.5, start_s + n * 0.5 + 0.5, 0.9) for n, character in enumerate(text)
    )
    runs = runs_of(text, words, marks, TimeSpan(0.0, 60.0))
    end_s = start_s + len(text) * 0.5
    return TurnView(0, "agent", literal(role_name), role_name, start_s, end_s, "0:00", runs, (), (), (), None)


def seconds(parts: tuple[str, ...]) -> float:
    hours, minutes, whole, ms = map(int, parts)
    return hours * 3600 + minutes * 60 + whole + ms / 1000


def read(file: str) -> list[tuple[float, float, str, str]]:
    """(start, end, speaker, plain text) per cue; fails on anything that the grammar does not have."""
    header, *blocks = file.removesuffix("\n").split("\n\n")
    assert header == "WEBVTT"
    cues: list[tuple[float, float, str, str]] = []
    for block in blocks:
        timing, payload, *rest = block.split("\n")
        assert not rest
        found = TIMING.fullmatch(timing)
        assert found, timing
        start_s, end_s = seconds(found.groups()[:4]), seconds(found.groups()[4:])
        assert start_s < end_s
        assert not cues or cues[-1][0] <= start_s
        inner = re.fullmatch(r"<v (?P<speaker>(?:[^<>&\n]|&lt;|&gt;|&amp;)+)>(?P<text>.*)</v>", payload)
        assert inner, payload
        at, told_s, text, is_open = 0, start_s, "", False
        while at < len(inner["text"]):
            token = TOKEN.match(inner["text"], at)
            assert token, inner["text"][at:]
            if token["stamp"]:
                now_s = seconds(token.groups()[1:5])
                assert told_s < now_s < end_s
                told_s = now_s
            elif token["kind"] or token["end"]:
                assert is_open is bool(token["end"])
                is_open = not is_open
            text += token["text"] or ""
            at = token.end()
        assert not is_open
        plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        cues.append((start_s, end_s, inner["speaker"], plain))
    return cues


def test_speaker_words_and_highlights() -> None:
    said = turn(1.0, "这不是我们的事", (Mark(0, 2, "taboo", Said("taboo")),))
    answer = turn(3.0, "手机***", role_name="客户")
    file = webvtt([answer, said], 60.0)
    assert read(file) == [(1.0, 4.5, "客服", "这不是我们的事"), (3.0, 5.5, "客户", "手机***")]
    assert "<v 客服><c.taboo>这</c><00:00:01.500><c.taboo>不</c><00:00:02.000>是" in file
    assert "<c.pii>*</c>" in file


def test_a_long_turn_is_several_cues() -> None:
    cues = read(webvtt([turn(0.0, "您的账单日是每个月八号，最后还款日是二十六号。" * 2)], 60.0))
    assert [len(text) for *_, text in cues] == [12, 23, 11]
    assert all(before[1] <= after[0] for before, after in pairwise(cues))


def test_nothing_lies_outside_of_the_clip() -> None:
    late = turn(58.0, "再见再见再见")
    cues = read(webvtt([late, turn(59.9, "再")], 60.0))
    assert cues[0][:2] == (58.0, 60.0)
    assert cues[-1][1] == 60.0


def test_a_turn_without_word_times_is_shown_as_long_as_it_lasts() -> None:
    runs = runs_of("整句没有词的时间", (), (), TimeSpan(0.0, 60.0))
    whole = TurnView(0, "agent", literal("客服"), "客服", 2.0, 5.0, "0:02", runs, (), (), (), None)
    assert read(webvtt([whole], 60.0)) == [(2.0, 5.0, "客服", "整句没有词的时间")]


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "a --> b", "&lt;&amp;", "</v><v 我>", "一\n\n00:00.000 --> 1"]
)
def test_what_is_said_never_becomes_markup(hostile: str) -> None:
    cues = read(webvtt([turn(1.0, hostile, role_name="客服<b>")], 60.0))
    assert "".join(text for *_, text in cues) == hostile.replace("\n", " ")


PLACES = st.integers(0, 40)


@given(
    st.lists(
        st.tuples(
            st.floats(0, 60),
            st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40),
            st.lists(
                st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(PRIORITY)), max_size=3
            ),
        ),
        max_size=5,
    )
)
def test_any_text_is_read_back(said: list[tuple[float, str, list[tuple[int, int, str]]]]) -> None:
    turns = [
        turn(start_s, text, tuple(Mark(a, b, kind, Said("x")) for a, b, kind in marks))
        for start_s, text, marks in said
    ]
    for start_s, end_s, *_ in read(webvtt(turns, 60.0)):
        assert 0 <= start_s < end_s <= 60.0
