"""Phrases cut in two by a listener's murmur, and the prefilter beside trying everything."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging.lexicon import load_vocabulary
from tagging.lexicon_schema import RuleEntry
from tagging.matching import RuleSet
from tagging.passages import PassageFinder
from tagging.pinyin import to_pinyin
from tagging.rules import Compiler
from tagging.told import evidence_of_firing, further_evidence, words_of
from transcribe.call import SpeakerRole, Transcript, Turn

VOCABULARY = load_vocabulary(None)
ROLES = {"a": SpeakerRole.AGENT, "c": SpeakerRole.CUSTOMER, "u": SpeakerRole.UNKNOWN}


def call(*lines):
    """Turns half a second apart; a number is a silence in seconds."""
    turns = []
    at_s = 0.0
    for line in lines:
        if isinstance(line, int):
            at_s += line
            continue
        role, _, text = line.partition(":")
        end_s = at_s + len(text) * 0.2
        channel = int(role == "c")
        turns.append(Turn(len(turns), channel, ROLES[role], 1.0, at_s, end_s, text, pinyin=to_pinyin(text)))
        at_s = end_s + 0.5
    return Transcript("k", date(2026, 1, 5), at_s, tuple(turns))


def rules(*patterns, **keys):
    entry = RuleEntry(id="x", patterns=patterns, must_match=("是",), must_not_match=("否",), **keys)
    return RuleSet((entry,), Compiler(VOCABULARY))


def found(rule_set, *lines):
    transcript = call(*lines)
    return [words_of(each, transcript) for each in rule_set.fire(transcript)]


@pytest.mark.parametrize(
    ("lines", "is_found"),
    [
        (["a:这不是", "c:嗯", "a:我们的事"], True),
        (["a:这不是", "c:嗯，对", "a:我们的事"], True),
        (["a:这不是", "a:我们的事"], True),
        (["a:这不是", "c:嗯", "a:那个", "c:哦", "a:我们的事"], True),
        (["a:这不是", "c:那是谁的", "a:我们的事"], False),
        (["a:这不是", 5, "c:嗯", "a:我们的事"], False),
        (["u:这不是", "u:嗯", "u:我们的事"], False),
        (["a:这不是", "c:我们的事"], False),
    ],
)
def test_a_phrase_over_a_murmur(lines, is_found):
    assert bool(found(rules("不是我们的事"), *lines)) is is_found


def test_its_evidence_names_both_turns():
    transcript = call("a:这不是", "c:嗯", "a:我们的事")
    (firing,) = rules("不是我们的事").fire(transcript)
    spans = [evidence_of_firing(firing, transcript), *further_evidence(firing, transcript)]
    assert [(each.turn_index, each.text) for each in spans] == [(0, "不是"), (2, "我们的事")]


def test_words_before_a_murmur_undo_what_follows():
    rule_set = rules("不归我们管", cancelled_by=("否认",))
    assert found(rule_set, "a:我没有说", "c:嗯", "a:不归我们管") == []
    assert found(rule_set, "a:我看一下", "c:嗯", "a:不归我们管") == ["不归我们管"]


def test_a_turn_is_still_read_by_itself():
    assert found(rules("^不知道$"), "a:我看看", "c:嗯", "a:不知道") == ["不知道"]


@pytest.mark.parametrize(
    ("text", "is_murmur"),
    [
        ("嗯", True),
        ("嗯,好的。", True),
        ("对对", True),
        ("不对", False),
        ("好的谢谢您啊", False),
        ("", False),
    ],
)
def test_murmurs(text, is_murmur):
    assert PassageFinder(VOCABULARY.backchannels).is_backchannel(text) is is_murmur


CHARS = st.text(alphabet="你不归我们管的呢那个，。 问题退款", min_size=1, max_size=14)
PATTERNS = ("不归[我]们管", "(你|我)们{2}问题", "退款", "问题[的]退款", "管<部门>", "不{1,3}管")


@given(CHARS, CHARS)
def test_a_murmur_hides_nothing_that_the_joined_text_holds(first, second):
    rule_set = rules(*PATTERNS, sound=0.85)
    joined = found(rule_set, f"a:{first}{second}")
    cut = call(f"a:{first}", "c:嗯", f"a:{second}")
    over = rule_set.fire(cut)
    assert not joined or over
    for firing in over:
        for each in (evidence_of_firing(firing, cut), *further_evidence(firing, cut)):
            assert cut.turns[each.turn_index].text[each.char_start : each.char_end] == each.text
            turn = cut.turns[each.turn_index]
            assert turn.start_s - 0.001 <= each.start_s <= each.end_s <= turn.end_s + 0.001


@given(st.lists(CHARS, min_size=1, max_size=5))
def test_the_prefilter_loses_nothing(texts):
    rule_set = rules(*PATTERNS)
    transcript = call(*(line for text in texts for line in (f"a:{text}", "c:我还没听明白呢")))
    hits = {(each.position, each.char_start) for each in rule_set.fire(transcript)}
    view = Compiler(VOCABULARY).viewer.call(transcript)
    brute = {
        (position, match.start)
        for position, side in enumerate(view.sides)
        for rule in rule_set.rules
        for pattern in rule.patterns
        for match in pattern.find_text(view.view(position).text)
        if side == "agent"
    }
    assert hits <= brute
    assert {position for position, _ in brute} == {position for position, _ in hits if position % 2 == 0}


def test_words_in_a_passage_that_begins_unsure_are_read():
    transcript = call("a:那这个事情", "a:不归我们管")
    unsure = replace(transcript.turns[0], role_confidence=0.1)
    rule_set = rules("不归我们管", unless=("你说",), cancelled_by=("引用",))
    assert rule_set.fire(replace(transcript, turns=(unsure, transcript.turns[1])))
