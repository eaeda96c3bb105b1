"""Signals of small dialogues whose numbers can be worked out by hand."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging.options import TaggerOptions
from tagging.signals.spans import common_s, gaps_s, total_s, union
from tagging.signals.tagger import SignalTagger, build
from transcribe.call import SpeakerRole, TimeSpan, Transcript, Turn, Word

AGENT, CUSTOMER = SpeakerRole.AGENT, SpeakerRole.CUSTOMER


@pytest.fixture(scope="module")
def tagger() -> SignalTagger:
    return build(TaggerOptions(override_dir=None, models_dir=Path()))


def transcript(*turns: tuple[SpeakerRole, float, float, str]) -> Transcript:
    made = tuple(
        Turn(index, 0 if role is AGENT else 1, role, 1.0, start_s, end_s, text, loudness_dbfs=-20.0)
        for index, (role, start_s, end_s, text) in enumerate(turns)
    )
    return Transcript("t", date(2026, 11, 20), 60.0, made)


def values(tagger: SignalTagger, call: Transcript) -> dict[tuple[str, SpeakerRole | None], float]:
    return {(signal.name, signal.role): signal.value for signal in tagger.tag(call)}


def test_numbers_of_a_dialogue(tagger: SignalTagger):
    call = transcript(
        (AGENT, 0.0, 4.0, "您好请问有什么可以帮您"),
        (CUSTOMER, 5.0, 9.0, "我想查一下账单"),
        (AGENT, 8.0, 10.0, "好的马上帮您查"),
        (CUSTOMER, 16.0, 20.0, "查到了没有啊"),
    )
    assert values(tagger, call) == {
        ("turn_count", None): 4.0,
        ("silence_ratio", None): 0.35,
        ("longest_silence_s", None): 6.0,
        ("talk_s", AGENT): 6.0,
        ("talk_s", CUSTOMER): 8.0,
        ("agent_talk_ratio", None): 0.429,
        ("overlap_s", None): 1.0,
        ("interruption_count", AGENT): 1.0,
        ("interruption_count", CUSTOMER): 0.0,
        ("agent_chars_per_s", AGENT): 3.0,
        ("customer_chars_per_s", CUSTOMER): 1.625,
        ("agent_loudness_dbfs", AGENT): -20.0,
        ("customer_loudness_dbfs", CUSTOMER): -20.0,
        ("repeated_agent_sentence_count", AGENT): 0.0,
    }


@pytest.mark.parametrize(
    ("text", "is_interruption"), [("嗯嗯对", False), ("您先听我说完", True), ("哦是这样啊", True)]
)
def test_backchannel_is_no_interruption(tagger: SignalTagger, text: str, is_interruption: bool):
    call = transcript((CUSTOMER, 0.0, 6.0, "你们这个费用到底是怎么算的"), (AGENT, 3.0, 4.0, text))
    assert values(tagger, call)["interruption_count", AGENT] == float(is_interruption)


def test_turn_that_starts_in_the_last_moment_is_no_interruption(tagger: SignalTagger):
    call = transcript((CUSTOMER, 0.0, 6.0, "你们这个费用怎么算的"), (AGENT, 5.8, 8.0, "这个费用是这样的"))
    assert values(tagger, call)["interruption_count", AGENT] == 0.0


@pytest.mark.parametrize(
    ("sentences", "count"),
    [
        (["这个是系统自动扣的", "我查一下", "这个是系统自动扣的", "这个呢是系统自动扣的"], 2),
        (["请您稍等一下", "请您稍等一下"], 0),
        (["好的", "好的", "好的"], 0),
        (["年费是刷满六次就可以减免的", "利息是从记账日开始算的"], 0),
    ],
)
def test_repeated_sentences(tagger: SignalTagger, sentences: list[str], count: int):
    call = transcript(*((AGENT, at * 4.0, at * 4.0 + 3, text) for at, text in enumerate(sentences)))
    assert values(tagger, call)["repeated_agent_sentence_count", AGENT] == float(count)


def test_pause_inside_a_turn_is_silence(tagger: SignalTagger):
    words = (Word("我", 0.0, 1.0, 0.9), Word("想查", 6.0, 8.0, 0.9))
    turn = Turn(0, 1, CUSTOMER, 1.0, 0.0, 8.0, "我想查", words)
    found = values(tagger, Transcript("t", date(2026, 11, 20), 9.0, (turn,)))
    assert found["longest_silence_s", None] == 5.0
    assert found["talk_s", CUSTOMER] == 3.0


def test_nothing_is_invented_without_turns(tagger: SignalTagger):
    assert values(tagger, transcript()) == {("turn_count", None): 0.0}


def test_centre_overrides_a_threshold(tmp_path: Path, tagger: SignalTagger):
    own = tmp_path / "signals" / "settings.yaml"
    own.parent.mkdir()
    own.write_text("repeated_characters: 20\n", encoding="utf-8")
    other = build(TaggerOptions(override_dir=tmp_path, models_dir=Path()))
    call = transcript((AGENT, 0, 3, "这个是系统自动扣的"), (AGENT, 4, 7, "这个是系统自动扣的"))
    assert values(other, call)["repeated_agent_sentence_count", AGENT] == 0.0
    assert other.digest != tagger.digest


spans = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 30)).map(lambda pair: TimeSpan(pair[0], pair[0] + pair[1])),
    max_size=12,
)


@given(spans, spans)
def test_union_and_overlap_agree_with_counting_seconds(one: list[TimeSpan], other: list[TimeSpan]):
    seconds = [
        {at for span in each for at in range(int(span.start_s), int(span.end_s))} for each in (one, other)
    ]
    assert total_s(union(one)) == len(seconds[0])
    assert common_s(union(one), union(other)) == len(seconds[0] & seconds[1])
    assert all(gap > 0 for gap in gaps_s(union(one)))
