"""Patterns on turns: fillers, options, gaps, edges, sound, cancels, scope and time."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging.finding import MatchKind
from tagging.folding import SoundTable
from tagging.lexicon import load_vocabulary
from tagging.lexicon_schema import After, RuleEntry, Scope
from tagging.matching import RuleSet
from tagging.pattern import PatternInvalid, needs_of, parse_pattern
from tagging.pinyin import to_pinyin
from tagging.rules import Compiler
from tagging.scope import confidence_of, span_times
from transcribe.call import SpeakerRole, Transcript, Turn, Word

VOCABULARY = load_vocabulary(None)
ROLES = {"a": SpeakerRole.AGENT, "c": SpeakerRole.CUSTOMER, "u": SpeakerRole.UNKNOWN, "i": SpeakerRole.IVR}


def rule(*patterns, **keys):
    return RuleEntry(id="x", patterns=patterns, must_match=("是",), must_not_match=("否",), **keys)


def call(*lines, day=date(2026, 1, 5), role_confidence=1.0, line_of_business=None):
    turns = tuple(
        Turn(
            turn_index=index,
            channel=0,
            role=ROLES[role],
            role_confidence=role_confidence,
            start_s=index * 10.0,
            end_s=index * 10.0 + 5,
            text=text,
            pinyin=to_pinyin(text),
        )
        for index, (role, text) in enumerate(lines)
    )
    return Transcript("k", day, len(lines) * 10.0, turns, line_of_business)


def found(entry, *lines, **keys):
    transcript = call(*lines, **keys)
    firings = RuleSet((entry,), Compiler(VOCABULARY)).fire(transcript)
    return [
        (each.position, transcript.turns[each.position].text[each.char_start : each.char_end])
        for each in firings
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "matched"),
    [
        ("规定就是这样", "公司规定就是这样的", "规定就是这样"),
        ("规定就是这样", "规定，呃，就是那个这样", "规定，呃，就是那个这样"),
        ("规定就是这样", "规定是这样", None),
        ("不归(我们|咱们)管", "这不归咱们管", "不归咱们管"),
        ("公司[的]规定", "公司规定", "公司规定"),
        ("公司[的]规定", "公司的规定", "公司的规定"),
        ("你看", "您看", "您看"),
        ("投诉{2}领导", "投诉你们领导", "投诉你们领导"),
        ("投诉{2}领导", "投诉你们的领导", None),
        ("能{4}退", "能不给退", None),
        ("投诉{6}领导", "投诉。换领导", None),
        ("<部门>", "去营业厅", "营业厅"),
        ("^不知道$", "嗯，不知道。", "不知道"),
        ("^不知道$", "我不知道", None),
        ("^不知道$", "不知道密码", None),
        ("APP闪退", "app 闪退", "app 闪退"),
    ],
)
def test_pattern_language(pattern, text, matched):
    assert found(rule(pattern), ("c", text)) == ([] if matched is None else [(0, matched)])


@pytest.mark.parametrize(
    "pattern", ["你(好", "你好)", "你{a}好", "你{3,1}好", "<无此词>", "[你好]", "{3}", "(好|)", "好?"]
)
def test_a_broken_pattern_is_refused(pattern):
    with pytest.raises(PatternInvalid):
        parse_pattern(pattern, VOCABULARY.words)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("这种问题见得多了", MatchKind.EXACT),
        ("这种问题，见得多了", MatchKind.EXACT),
        ("这种呢问题那个见得多了", MatchKind.FILLED),
        ("这种文题见得多了", MatchKind.PINYIN),
    ],
)
def test_how_it_was_matched(text, kind):
    transcript = call(("a", text))
    (firing,) = RuleSet((rule("这种问题见得多了", sound=0.9),), Compiler(VOCABULARY)).fire(transcript)
    assert firing.match is kind
    assert (firing.score == 1) is (kind is not MatchKind.PINYIN)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("泥要去问别人", True),
        ("你要去文别仁", True),
        ("里要去问别人", True),
        ("你要去买别针", False),
        ("拟腰去文憋人", False),
    ],
)
def test_by_sound_only_when_most_is_sure(text, is_found):
    assert bool(found(rule("你要去问别人", sound=0.85), ("a", text))) is is_found


def test_short_phrases_never_match_by_sound():
    assert found(rule("投诉你", sound=0.5), ("c", "头诉你")) == []


def test_sound_costs_grow_with_distance():
    sounds = SoundTable(VOCABULARY.sound)
    assert sounds.code("ni") == sounds.code("li") == sounds.code("ri")
    assert sounds.code("zhang") == sounds.code("zan")
    assert sounds.code("ni") != sounds.code("mi")
    assert sounds.cost("ni", "ni") < sounds.cost("shi", "si") < sounds.cost("zhang", "zan") < 1


class TestWhoSpeaks:
    def test_only_the_named_side(self):
        entry = rule("不归我们管", said_by="agent")
        assert found(
            entry, ("c", "不归我们管"), ("a", "不归我们管"), ("u", "不归我们管"), ("i", "不归我们管")
        ) == [(1, "不归我们管")]

    def test_unknown_counts_as_customer(self):
        assert found(rule("要投诉", said_by="customer"), ("u", "要投诉"), ("a", "要投诉")) == [(0, "要投诉")]

    def test_an_unsure_agent_is_left_alone(self):
        assert found(rule("不归我们管", said_by="agent"), ("a", "不归我们管"), role_confidence=0.3) == []


class TestCancels:
    ENTRY = rule(
        "不归我们管",
        said_by="agent",
        cancelled_by=("引用", "否认", "假设"),
        undone_by_repeating=True,
        unless=("帮你转接",),
    )

    @pytest.mark.parametrize(
        "text",
        [
            "我没有说不归我们管",
            "您刚才说的不归我们管",
            "如果真的不归我们管",
            "不归我们管这样的话",
            "不归我们管，我帮您转接",
        ],
    )
    def test_undone(self, text):
        assert found(self.ENTRY, ("a", text)) == []

    def test_words_of_another_sentence_do_not_undo(self):
        assert found(self.ENTRY, ("a", "我没有说。不归我们管")) == [(0, "不归我们管")]

    def test_repeating_the_customer_is_undone_for_two_turns(self):
        lines = [("c", "你们讲不归我们管"), ("a", "不归我们管吗")]
        assert found(self.ENTRY, *lines) == []
        later = [("c", "不归我们管"), ("c", "喂"), ("c", "喂"), ("a", "不归我们管")]
        assert found(self.ENTRY, *later) == [(3, "不归我们管")]


class TestWhere:
    def test_first_turns_are_counted_per_role(self):
        entry = rule("你好", said_by="agent", scope=Scope(first_turns=1))
        assert found(entry, ("c", "你好"), ("a", "你好"), ("a", "你好")) == [(1, "你好")]

    def test_seconds_are_those_of_the_words(self):
        turn = Turn(
            0,
            0,
            SpeakerRole.AGENT,
            1,
            0,
            40,
            "稍等你好",
            words=(Word("稍等", 0, 1, 1), Word("你好", 30, 31, 1)),
        )
        transcript = Transcript("k", date(2026, 1, 1), 60, (turn,))
        early = rule("你好", scope=Scope(first_s=20))
        late = rule("你好", scope=Scope(first_s=35))
        assert RuleSet((early,), Compiler(VOCABULARY)).fire(transcript) == ()
        assert len(RuleSet((late,), Compiler(VOCABULARY)).fire(transcript)) == 1

    def test_after_needs_earlier_words(self):
        entry = rule("再加急", said_by="agent", after=After(said_by="customer", patterns=("催过",)))
        assert found(entry, ("a", "再加急"), ("c", "催过"), ("a", "再加急")) == [(2, "再加急")]

    @pytest.mark.parametrize(("day", "count"), [(1, 0), (2, 1), (3, 1), (4, 0)])
    def test_in_force(self, day, count):
        entry = rule("你好", effective_from=date(2026, 1, 2), effective_to=date(2026, 1, 4))
        assert len(found(entry, ("c", "你好"), day=date(2026, 1, day))) == count

    def test_line_of_business(self):
        entry = rule("你好", scope=Scope(lines_of_business=("bank",)))
        assert found(entry, ("c", "你好"), line_of_business="telecom") == []
        assert found(entry, ("c", "你好"), line_of_business="bank") == [(0, "你好")]


def test_times_and_confidence_come_from_the_words():
    words = (Word("你", 1.0, 1.2, 0.9), Word("要投诉", 2.0, 2.6, 0.5), Word("吗", 3.0, 3.2, 0.9))
    turn = Turn(0, 0, SpeakerRole.CUSTOMER, 1, 1.0, 3.2, "你要投诉吗", words=words)
    span = span_times(turn, 2, 4)
    assert (span.start_s, span.end_s) == (2.0, 2.6)
    sure = confidence_of(turn, (0, 1), MatchKind.EXACT, 1.0, VOCABULARY.confidence)
    unsure = confidence_of(turn, (2, 4), MatchKind.EXACT, 1.0, VOCABULARY.confidence)
    assert unsure < sure < 1


def test_times_without_words_are_linear():
    span = span_times(Turn(0, 0, SpeakerRole.CUSTOMER, 1, 10.0, 20.0, "一二三四五六七八九十"), 2, 5)
    assert (span.start_s, span.end_s) == (12.0, 15.0)


CHARS = st.text(alphabet="你您我不归管的呢那个就是，。 !*abA1问题", max_size=24)


@given(CHARS)
def test_folding_keeps_every_offset(text):
    folding = Compiler(VOCABULARY).folding
    folded = folding.text.fold(text)
    marked = folding.marks.mark(folded)
    sound = folding.sounds.encode(to_pinyin(text))
    assert len(text) == len(folded) == len(marked) == len(sound)
    assert folding.marks.unmark(marked) == folded


@given(CHARS, CHARS)
def test_a_said_pattern_is_found_whatever_surrounds_it(before, after):
    assert (0, "问题归我管") in found(rule("问题归我管"), ("c", f"{before}。问题归我管。{after}"))


@given(
    st.lists(
        st.sampled_from(["(甲|乙)", "[丙|丁]", "戊", "己", "{2}", "(庚辛|(壬|癸))"]), min_size=1, max_size=6
    )
)
def test_the_prefilter_lets_every_match_through(parts):
    pattern = "子" + "".join(parts)
    nodes = parse_pattern(pattern, {})
    said = pattern.replace("(甲|乙)", "乙").replace("[丙|丁]", "").replace("{2}", "丑")
    said = said.replace("(庚辛|(壬|癸))", "癸")
    assert any(need <= set(said) for need in needs_of(nodes))
    assert found(rule(pattern), ("c", said))


@pytest.mark.parametrize(
    ("probability", "is_found"),
    [(0.99, False), (0.8, True), (0.3, True), (None, True)],
    ids=["sure", "as usual", "unsure", "not told"],
)
def test_sound_needs_more_where_the_recogniser_was_sure(probability, is_found):
    # Five syllables right, three confused (0.919): between what is asked of sure words and of usual ones.
    entry = rule("这不是我们的事情", said_by="agent", sound=0.91)
    said = "这不四我们的四琴"
    words = () if probability is None else (Word(said, 0.0, 5.0, probability),)
    transcript = call(("a", said))
    turn = replace(transcript.turns[0], words=words)
    firings = RuleSet((entry,), Compiler(VOCABULARY)).fire(replace(transcript, turns=(turn,)))
    assert bool(firings) is is_found


def test_words_that_the_recogniser_doubted_may_sound_further_away():
    said = "这不四我们的四琴"
    asked = rule("这不是我们的事情", said_by="agent", sound=0.94)
    for probability, is_found in ((0.9, False), (0.2, True)):
        transcript = call(("a", said))
        turn = replace(transcript.turns[0], words=(Word(said, 0.0, 5.0, probability),))
        firings = RuleSet((asked,), Compiler(VOCABULARY)).fire(replace(transcript, turns=(turn,)))
        assert bool(firings) is is_found
