"""The handling score: parts that add up, abstaining, critical errors, the samples in their order."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from tagging.behaviour.tagger import build as build_behaviour
from tagging.errors import LexiconInvalid
from tagging.finding import CriticalError, Evidence, HandlingScore, ScorePart
from tagging.handling import tagger as handling
from tagging.handling.facts import Facts
from tagging.handling.schema import HandlingSettings
from tagging.handling.score import score_call
from tagging.lexicon import load_settings
from tagging.options import TaggerOptions
from tagging.taggers import tag_transcript

SETTINGS = load_settings(Path(handling.__file__).parent, None, HandlingSettings)
TIMED = {"interruption", "long_silence", "repeated_script", "endless_apology", "repeat_words"}
GROUNDS = sorted({g for a in SETTINGS.abilities.values() for part in a.parts for g in part.of})
CHAT = [
    ("A", "您好，工号六零二幺为您服务，请问有什么可以帮您？"),
    ("C", "我想问一下套餐怎么改。"),
    ("A", "请问您现在用的是哪个套餐呢？"),
    ("C", "三十九的那个。"),
    ("A", "我帮您改好了，感谢您的来电，再见。"),
]


def said(turn_index):
    return Evidence(turn_index, 0, 1, 0.0, 0.1, "r", "好")


def score_of(transcript, taggers):
    items = tag_transcript(transcript, taggers).items
    (score,) = [each for each in items if isinstance(each, HandlingScore)]
    return score, [each for each in items if isinstance(each, ScorePart)]


@given(
    st.dictionaries(st.sampled_from(GROUNDS), st.lists(st.integers(0, 9), min_size=1, max_size=4)),
    st.booleans(),
    st.dictionaries(st.just("agent_chars_per_s"), st.floats(0, 12)),
)
def test_the_parts_explain_every_ability_in_full(found, is_dissatisfied, signals):
    evidence = {ground: tuple(map(said, turns)) for ground, turns in found.items()}
    score, parts = score_call(Facts(evidence, signals, is_dissatisfied), SETTINGS)
    values = []
    for ability in SETTINGS.abilities:
        own = [part for part in parts if part.ability == ability]
        assert [part.part for part in own].count("base") == 1
        assert len({part.part for part in own}) == len(own)
        value = getattr(score, ability)
        assert value == pytest.approx(min(100, max(0, sum(part.points for part in own))))
        values.append(value)
    assert min(values) <= score.total <= max(values)


def test_good_handling_never_costs_and_a_fault_never_pays():
    nothing, _ = score_call(Facts({}, {}, is_dissatisfied=True), SETTINGS)
    for ground in GROUNDS:
        with_it, _ = score_call(Facts({ground: (said(0),)}, {}, is_dissatisfied=True), SETTINGS)
        adds = {part.plus is not None for a in SETTINGS.abilities.values() for part in a.parts
                if ground in part.of and not part.lacking}  # fmt: skip
        assert len(adds) <= 1, ground
        assert (with_it.total >= nothing.total) is (adds != {False}), ground


def test_the_times_that_count_are_limited():
    _, parts = score_call(Facts({"behaviour:interruption": tuple(map(said, range(9)))}, {}, True), SETTINGS)
    (part,) = [each for each in parts if (each.ability, each.part) == ("listening", "interruption")]
    assert (part.time_count, part.points, len(part.evidence)) == (2, -2 * SETTINGS.levels["clear"], 9)


def test_every_behaviour_named_in_the_weights_exists():
    known = {entry.behaviour for entry in build_behaviour(TaggerOptions(None, Path("none")))._lexicon.entries}
    named = {g.removeprefix("behaviour:") for g in GROUNDS if g.startswith("behaviour:")}
    assert named <= known | TIMED


def test_a_simple_call_gets_a_score(dialogue, taggers):
    score, parts = score_of(dialogue(CHAT), taggers)
    assert score.abstained is None
    assert score.total >= SETTINGS.base
    assert any(part.part == "greeting" and part.evidence[0].turn_index == 0 for part in parts)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "few_agent_turns"),
        (CHAT[:2], "few_agent_turns"),
        ([("A", "喂"), ("C", "你好"), ("A", "请讲"), ("C", "没事了"), ("A", "好的")], "few_agent_characters"),
        ([line for line in CHAT if line[0] == "A"], "few_customer_turns"),
        ([("U", text) for _, text in CHAT], "roles_unknown"),
    ],
)
def test_what_cannot_be_judged_is_not_scored(dialogue, taggers, lines, reason):
    score, parts = score_of(dialogue(lines), taggers)
    assert (score.total, score.listening, score.abstained, parts) == (None, None, reason, [])


def test_the_score_ranks_the_samples_as_their_authors_do(sample_calls, taggers):
    pairs = [
        (truth["quality_score"], score_of(transcript, taggers)[0].total)
        for truth, transcript in sample_calls.values()
        if truth["quality_score"] is not None
    ]
    assert len(pairs) >= 14
    assert spearmanr(*zip(*pairs, strict=True)).statistic >= 0.8


def test_a_good_call_beats_its_badly_handled_twin(sample_calls, taggers):
    twins = [
        (call_id, truth["comparison"]["with"])
        for call_id, (truth, _) in sample_calls.items()
        if truth["comparison"] and truth["comparison"]["side"] == "good"
    ]
    assert twins
    for good, bad in twins:
        scores = [score_of(sample_calls[call_id][1], taggers)[0].total for call_id in (good, bad)]
        assert scores[0] > scores[1] + 20


def errors_of(transcript, taggers):
    items = tag_transcript(transcript, taggers).items
    return [(each.turn_index, each.error, each.kind) for each in items if isinstance(each, CriticalError)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [("C", "帮我看看我欠多少钱"), ("A", "您的欠款一共是三千二百元")],
            [(1, "account_told_unchecked", "money_at_risk")],
        ),
        ([("A", "请您报一下身份证号"), ("C", "好"), ("A", "您的欠款一共是三千二百元")], []),
        (
            [("C", "我的卡丢了，快帮我冻结"), ("A", "现在下班了，您明天上班以后再来挂失吧")],
            [(1, "block_refused", "money_at_risk")],
        ),
        ([("C", "我想问问积分"), ("A", "您明天上班以后再来办理吧")], []),
        (
            [("A", "不好意思，忘了跟您说办理截止日是昨天")],
            [(0, "reminder_forgotten", "customer_delayed")],
        ),
        ([("C", "你们的人忘了跟我说截止日是昨天")], []),
    ],
)
def test_critical_errors(dialogue, taggers, lines, expected):
    assert errors_of(dialogue(lines), taggers) == expected


def test_no_critical_error_is_invented_on_the_samples(sample_calls, taggers):
    found = {call_id: errors_of(call, taggers) for call_id, (_, call) in sample_calls.items()}
    assert {call_id: errors for call_id, errors in found.items() if errors} == {}


def test_a_sign_that_no_entry_has_is_refused(tmp_path):
    own = tmp_path / "handling"
    own.mkdir()
    (own / "ours.yaml").write_text("entries:\n  - {id: relieved, enabled: false}\n", encoding="utf-8")
    with pytest.raises(LexiconInvalid, match=r"resolving.relieved.*gives_up"):
        handling.build(TaggerOptions(tmp_path, Path("none")))
