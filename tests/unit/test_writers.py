"""Transcripts as files, read back by strict readers: no word lost, no time out of order."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.call import (
    Call,
    ChannelAudit,
    Fault,
    FaultReason,
    Recording,
    Segment,
    SpeakerRole,
    Suspect,
    Transcript,
    Turn,
    Word,
)
from transcribe.writers.call_json import call_json
from transcribe.writers.cues import CueOptions, cues_of
from transcribe.writers.subtitles import srt_text, vtt_text
from transcribe.writers.textgrid import textgrid_text

NAMES = {SpeakerRole.AGENT: "坐席", SpeakerRole.CUSTOMER: "客户"}
DAY = date(2026, 11, 20)


def turn(index, role, start_s, texts, step_s=0.4, channel=None):
    words = tuple(
        Word(text, start_s + n * step_s, start_s + (n + 1) * step_s, 0.9) for n, text in enumerate(texts)
    )
    end_s = words[-1].end_s if words else start_s
    channel = list(SpeakerRole).index(role) if channel is None else channel
    return Turn(index, channel, role, 0.95, start_s, end_s, "".join(texts), words)


TURNS = (
    turn(0, SpeakerRole.AGENT, 0.5, ["您好,", "工号", "8026", "。"]),
    turn(1, SpeakerRole.CUSTOMER, 1.2, ['他说"', "<不行>", '"&算了?', "我"]),
    turn(2, SpeakerRole.AGENT, 4.0, list("这张卡的年费是三百元,您可以用积分来抵扣,也可以分期付款。好"), 0.2),
)

words = st.text("您好不行,。?!\"<>&-'8元 *", min_size=1, max_size=5).filter(str.strip)


@st.composite
def turns(draw):
    """Turns in order of start, of both roles, overlapping; word times as rough as alignment makes them."""
    made, start_s = [], 0.0
    for index in range(draw(st.integers(0, 8))):
        start_s += draw(st.floats(0, 5))
        role = draw(st.sampled_from(list(SpeakerRole)))
        texts = draw(st.lists(words, min_size=1, max_size=12))
        step_s = draw(st.sampled_from([0.0, 0.0004, 0.1, 3.0]))
        channel = draw(st.integers(0, 1))
        one = turn(index, role, start_s, texts, step_s, channel)
        made.append(one if draw(st.booleans()) else replace(one, words=()))
    return tuple(made)


def bare(text):
    return "".join(text.split())


def seconds(hours, minutes, secs, ms):
    assert int(minutes) < 60
    assert int(secs) < 60
    return int(hours) * 3600 + int(minutes) * 60 + int(secs) + int(ms) / 1000


def read_cues(blocks, point, text_pattern):
    found = []
    for number, block in enumerate(blocks, start=1):
        index, times, text = block.split("\n")
        assert index == str(number)
        match = re.fullmatch(rf"(\d\d+):(\d\d):(\d\d){point}(\d{{3}}) --> (.*)", times)
        assert match
        last = re.fullmatch(rf"(\d\d+):(\d\d):(\d\d){point}(\d{{3}})", match[5])
        assert last
        start_s, end_s = seconds(*match.groups()[:4]), seconds(*last.groups())
        assert start_s < end_s
        said = re.fullmatch(text_pattern, text)
        assert said, text
        found.append((start_s, end_s, said[1], said[2]))
    assert [cue[0] for cue in found] == sorted(cue[0] for cue in found)
    return found


def read_srt(text):
    assert text == "" or text.endswith("\n\n")
    return read_cues(text.split("\n\n")[:-1], ",", r"(\w+): (.*)")


def read_vtt(text):
    head, *blocks = text.removesuffix("\n").split("\n\n")
    assert head in {"WEBVTT", "WEBVTT\n"}
    cues = read_cues(blocks, r"\.", r"<v (\w+)>([^<>]*)</v>")
    assert not any(re.search(r"&(?!amp;|lt;|gt;)", cue[3]) for cue in cues)
    plain = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
    found = []
    for *times, role, said in cues:
        for escaped, char in plain:
            said = said.replace(escaped, char)  # noqa: PLW2901
        found.append((*times, role, said))
    return found


def read_textgrid(text):
    """{tier: [(xmin, xmax, text), ...]}; every line must be the one that the format has there."""
    lines = iter(text.splitlines())

    def value(pattern):
        line = next(lines)
        match = re.fullmatch(pattern, line)
        assert match, line
        return match[1] if match.groups() else line

    assert [next(lines) for _ in range(3)] == ['File type = "ooTextFile"', 'Object class = "TextGrid"', ""]
    assert value(r"xmin = (\S+)") == "0"
    end = float(value(r"xmax = (\S+)"))
    value(r"tiers\? <exists>")
    tiers, count = {}, int(value(r"size = (\d+)"))
    value(r"item \[\]:")
    for number in range(1, count + 1):
        value(rf" {{4}}item \[{number}\]:")
        value(r' {8}class = "IntervalTier"')
        name = value(r' {8}name = "(.*)"')
        assert name not in tiers
        assert float(value(r" {8}xmin = (\S+)")) == 0
        assert float(value(r" {8}xmax = (\S+)")) == end
        at, tiers[name] = 0.0, []
        for index in range(1, int(value(r" {8}intervals: size = (\d+)")) + 1):
            value(rf" {{8}}intervals \[{index}\]:")
            begin = float(value(r" {12}xmin = (\S+)"))
            finish = float(value(r" {12}xmax = (\S+)"))
            said = value(r' {12}text = "((?:[^"]|"")*)"').replace('""', '"')
            assert (begin, begin < finish) == (at, True), "no hole, no overlap, no empty interval"
            at = finish
            tiers[name].append((begin, finish, said))
        assert at == end
    assert list(lines) == []
    return tiers


def test_srt_has_the_role_before_the_words():
    cues = read_srt(srt_text(TURNS, NAMES))
    assert [(cue[2], cue[3]) for cue in cues] == [
        ("坐席", "您好,工号8026。"),
        ("客户", '他说"<不行>"&算了?'),
        ("客户", "我"),
        ("坐席", "这张卡的年费是三百元,您可以用积分来抵扣,"),
        ("坐席", "也可以分期付款。"),
        ("坐席", "好"),
    ]
    assert cues[0][:2] == (0.5, pytest.approx(2.1))


def test_vtt_has_a_voice_per_role_and_escapes():
    text = vtt_text(TURNS)
    assert "&lt;不行&gt;" in text
    assert [cue[2] for cue in read_vtt(text)] == ["agent", "customer", "customer", "agent", "agent", "agent"]


def test_a_textgrid_has_a_tier_per_voice_and_one_for_its_words():
    tiers = read_textgrid(textgrid_text(TURNS, 20.0))
    assert list(tiers) == ["agent", "agent words", "customer", "customer words"]
    assert [said for _, _, said in tiers["agent"]] == ["", TURNS[0].text, "", TURNS[2].text, ""]
    assert tiers["customer words"][1] == (1.2, 1.6, '他说"')
    assert tiers["agent"][-1][1] == 20.0


@pytest.mark.parametrize("duration_s", [0.0, 5.0])
def test_a_call_without_turns_is_a_valid_file_of_every_kind(duration_s):
    assert srt_text((), NAMES) == ""
    assert read_vtt(vtt_text(())) == []
    assert list(read_textgrid(textgrid_text((), duration_s))) == ["speech"]


@given(turns())
def test_no_word_is_lost_in_any_format(made):
    said = sorted(bare(one.text) for one in made)
    by_start = sorted(made, key=lambda one: one.start_s)
    total = sorted("".join(said))
    for cues in (read_srt(srt_text(made, NAMES)), read_vtt(vtt_text(made))):
        assert sorted("".join(bare(cue[3]) for cue in cues)) == total
    tiers = read_textgrid(textgrid_text(made, 3.0))
    texts = [bare(text) for name, items in tiers.items() if "words" not in name for _, _, text in items]
    assert sorted(text for text in texts if text) == said
    in_words = [bare(text) for name, items in tiers.items() if "words" in name for _, _, text in items]
    assert sorted("".join(in_words)) == sorted(bare("".join(one.text for one in by_start if one.words)))


@given(turns(), st.integers(4, 40), st.floats(1, 10))
def test_cues_fit_the_screen(made, max_chars, max_s):
    for cue in cues_of(made, CueOptions(max_chars, max_s)):
        longest = max((len(word.text) for one in made for word in one.words), default=1)
        assert len(cue.text) <= max(max_chars, longest)
        assert cue.end_s - cue.start_s <= max(max_s, 3.0) + 1e-6 or len(cue.text) <= longest


def test_json_carries_turns_words_audits_and_faults():
    recording = Recording("13800138000", (), "", DAY, DAY)
    segment = Segment(0, 1.0, 2.0, "谢谢观看", ())
    audit = ChannelAudit(0, SpeakerRole.AGENT, 20.0, 3.0, 2.0, 1.0, 0.0, (Suspect(segment, "no_speech"),))
    fault = Fault(FaultReason.TRUNCATED, "录音不完整", "13800138000", "a.wav")
    call = replace(
        Call(recording, Transcript("13800138000", DAY, 20.0, TURNS), (audit,), (fault,)), role_certainty=0.91
    )
    text = call_json(call, {"file": "a.wav", "is_masked": True})
    assert "13800138000" not in text
    read = json.loads(text)
    assert (read["file"], read["is_masked"], read["duration_s"]) == ("a.wav", True, 20.0)
    assert (read["role_certainty"], read["is_role_uncertain"]) == (0.91, False)
    first = read["turns"][0]
    assert (first["role"], first["role_confidence"], first["text"]) == ("agent", 0.95, "您好,工号8026。")
    assert first["words"][1] == {"text": "工号", "start_s": 0.9, "end_s": 1.3, "probability": 0.9}
    assert [len(each["words"]) for each in read["turns"]] == [len(each.words) for each in TURNS]
    assert read["audits"][0]["suspects"][0]["reason"] == "no_speech"
    assert read["audits"][0]["recognised_s"] == 2.0
    assert read["faults"] == [{"severity": "warning", "reason": "truncated", "message": "录音不完整"}]
