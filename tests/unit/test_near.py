"""What agents almost said, what undoes it, and what the recogniser's word makes of it."""

from datetime import date
from pathlib import Path

import pytest

from tagging.finding import MatchKind
from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from tagging.taboo.confirm import build_second_pass
from tagging.taboo.tagger import build_phrases
from transcribe.call import SpeakerRole, Transcript, Turn, Word

SECOND = build_second_pass(build_phrases(TaggerOptions(override_dir=None, models_dir=Path("none"))), None)
ROLES = {"a": SpeakerRole.AGENT, "c": SpeakerRole.CUSTOMER, "u": SpeakerRole.UNKNOWN}


def call(*lines: tuple[str, str], probability: float = 0.6) -> Transcript:
    """Five characters a second, a word each, turns ten seconds apart, on channel 1."""
    turns: list[Turn] = []
    for index, (role, text) in enumerate(lines):
        at_s = 10.0 * index
        words = tuple(
            Word(char, at_s + n / 5, at_s + (n + 1) / 5, probability) for n, char in enumerate(text)
        )
        end_s = at_s + len(text) / 5
        turns.append(Turn(index, 1, ROLES[role], 1.0, at_s, end_s, text, words, to_pinyin(text)))
    return Transcript("k", date(2026, 11, 20), 10.0 * len(lines), tuple(turns))


def near(transcript: Transcript):
    return SECOND.near_matches(transcript, SECOND.hits_of(transcript))


@pytest.mark.parametrize(
    ("phrase_id", "text"),
    [
        ("company_rule", "那个公司的规矩就是这样的大家都一样"),
        ("not_our_business", "你要记得别人,这不是我们的生命。"),
        ("absolutely_impossible", "我们系统里面继续不可能大声追上去。"),
        ("get_what_you_pay_for", "一分钱一收获码,您本身就是最低的。"),
    ],
)
def test_almost_said(phrase_id: str, text: str) -> None:
    transcript = call(("a", text))
    assert SECOND.hits_of(transcript) == ()
    (match,) = [each for each in near(transcript) if each.phrase_id == phrase_id]
    assert match.written in text
    for rewriting in match.instead:
        assert match.written != rewriting.text
        assert 0 <= rewriting.char_start < rewriting.char_end <= len(text)
    assert match.channel == 1
    assert 0 <= match.span.start_s < match.span.end_s
    assert [each for each in near(call(("c", text), ("u", text))) if each.phrase_id == phrase_id] == []


@pytest.mark.parametrize(
    "text",
    [
        "您好,很高兴为您服务,请问有什么可以帮您?",
        "我没有说公司的规矩就是这样的。",  # denied
        "您刚才说公司的规矩就是这样的。",  # quoted
        "如果公司的规矩就是这样的,我再问问。",  # supposed
        "公司的规定就是这样的。",  # a hit already
    ],
)
def test_nothing_to_listen_to(text: str) -> None:
    assert [each for each in near(call(("a", text))) if each.phrase_id == "company_rule"] == []


def test_what_was_heard_surely_is_not_heard_again() -> None:
    garbled = ("a", "公司的规矩就是这样的")
    assert near(call(garbled)) != ()
    assert near(call(garbled, probability=0.99)) == ()


def test_the_customers_words_repeated_are_not_listened_to() -> None:
    said = ("c", "公司的规定就是这样的吗")
    assert near(call(said, ("a", "公司的规矩就是这样的"))) == ()


def test_a_mask_is_neither_in_the_text_nor_in_the_sound() -> None:
    text = "好的***先生,公司的规矩就是这样的,卡号****对吧"
    (match,) = [each for each in near(call(("a", text))) if each.phrase_id == "company_rule"]
    assert match.written == "先生,公司的规矩就是这样的,卡号"
    assert not any("*" in each.text for each in match.instead)
    assert match.span.start_s >= text.index("先") / 5 - 1e-9
    assert match.span.end_s <= text.index("****") / 5 + 1e-9
    split = "公司的*规矩就是这样的"
    assert all("*" not in each.written for each in near(call(("a", split))))


def test_the_recogniser_decides() -> None:
    transcript = call(("a", "你不识字吗,那个公司的规矩就是这样的大家都一样"))
    before = SECOND.hits_of(transcript)
    (match,) = [each for each in near(transcript) if each.phrase_id == "company_rule"]
    refused = {match: [-30.0] * len(match.instead)}
    assert SECOND.confirmed(transcript, before, refused) == before
    assert SECOND.confirmed(transcript, before, {}) == before
    first, hit = SECOND.confirmed(transcript, before, {match: [-0.16, *[-30.0] * (len(match.instead) - 1)]})
    assert (first,) == before
    assert first.log_likelihood_ratio is None
    assert (hit.phrase_id, hit.match, hit.log_likelihood_ratio) == (
        "company_rule",
        MatchKind.LIKELIHOOD,
        -0.16,
    )
    text = transcript.turns[0].text
    assert hit.matched_text == text[hit.char_start : hit.char_end] == "公司的规矩就是这样的"
    assert 0 < hit.confidence < 0.7


def test_the_digest_follows_the_settings(tmp_path: Path) -> None:
    (tmp_path / "taboo").mkdir()
    (tmp_path / "taboo" / "settings.yaml").write_text(
        "accept:\n  min_log_likelihood_ratio: -1.0\n  confidence: 0.6\n", encoding="utf-8"
    )
    tagger = build_phrases(TaggerOptions(override_dir=None, models_dir=Path("none")))
    assert build_second_pass(tagger, None).digest == SECOND.digest
    assert build_second_pass(tagger, tmp_path).digest != SECOND.digest
