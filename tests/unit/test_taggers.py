"""The one list of taggers: built once, run over a call, known by one digest."""

from datetime import date

import pytest

from tagging.finding import Evidence, Findings, Signal, TabooHit, TierTag
from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from tagging.taggers import TAGGERS, build_taggers, rules_of, tag_transcript, taggers_digest
from transcribe.call import SpeakerRole, Transcript, Turn

TAGGER_NAMES = ["taboo", "behaviour", "signals", "customer"]


@pytest.fixture(scope="module")
def shipped(models_dir):
    return build_taggers(TaggerOptions(override_dir=None, models_dir=models_dir))


def transcript():
    lines = [(SpeakerRole.CUSTOMER, "凭什么扣我的钱"), (SpeakerRole.AGENT, "公司的规定就是这样的")]
    turns = tuple(
        Turn(index, index, role, 1.0, index * 5.0, index * 5.0 + 4, text, pinyin=to_pinyin(text))
        for index, (role, text) in enumerate(lines)
    )
    return Transcript("call-1", date(2026, 11, 20), 10.0, turns)


def test_names_are_listed_once_and_belong_to_their_taggers(shipped):
    names = [name for name, _ in TAGGERS]
    assert [tagger.name for tagger in shipped] == names
    assert len(names) == len(set(names))
    assert set(TAGGER_NAMES) <= set(names)


def test_findings_come_in_the_order_of_taggers_and_twice_the_same(shipped):
    first = tag_transcript(transcript(), shipped)
    assert isinstance(first, Findings)
    assert first == tag_transcript(transcript(), shipped)
    kinds = [type(item) for item in first.items]
    assert kinds.index(TabooHit) < kinds.index(Signal) < kinds.index(TierTag)


def test_the_digest_moves_with_a_lexicon(tmp_path, models_dir, shipped):
    own = tmp_path / "lexicons"
    (own / "taboo").mkdir(parents=True)
    (own / "taboo" / "ours.yaml").write_text(
        "entries:\n  - {id: company_rule, severity: low}\n", encoding="utf-8"
    )
    again = build_taggers(TaggerOptions(override_dir=None, models_dir=models_dir))
    changed = build_taggers(TaggerOptions(override_dir=own, models_dir=models_dir))
    assert taggers_digest(shipped) == taggers_digest(again) != taggers_digest(changed)


def test_a_call_without_turns_has_a_tier_and_nothing_said(shipped):
    empty = Transcript("call-2", date(2026, 11, 20), 0.0, ())
    assert not [item for item in tag_transcript(empty, shipped).items if isinstance(item, TabooHit)]


def test_every_rule_that_a_finding_names_has_a_record(shipped):
    lines = [
        (SpeakerRole.CUSTOMER, "凭什么扣我的钱，我要投诉到工信部，叫你们领导来"),
        (SpeakerRole.AGENT, "公司的规定就是这样的"),
        (SpeakerRole.AGENT, "说够了没有，你到底想怎么样，有完没完"),
    ]
    turns = tuple(
        Turn(index, index % 2, role, 1.0, index * 5.0, index * 5.0 + 4, text, pinyin=to_pinyin(text))
        for index, (role, text) in enumerate(lines)
    )
    found = tag_transcript(Transcript("call-3", date(2026, 11, 20), 15.0, turns), shipped).items
    known = {record.rule_id for record in rules_of(shipped)}
    hits = {item.phrase_id for item in found if isinstance(item, TabooHit)}
    assert hits
    assert "paraphrase_threat" in known
    evidence = [getattr(item, "evidence", ()) for item in found]
    single = [each for each in evidence if isinstance(each, Evidence)]
    several = [each for each in evidence if isinstance(each, tuple)]
    named = hits | {each.rule_id for each in (*single, *(one for each in several for one in each))}
    assert named - known == set()
