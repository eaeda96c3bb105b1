"""Causes of dissatisfaction: rules, classifier and both together, on small calls of our own."""

from dataclasses import replace
from datetime import date

import pytest

from tagging.causes.corpus import Corpus, load_corpus
from tagging.causes.model_file import PACKAGE_DIR, load_shipped
from tagging.causes.schema import CauseSettings
from tagging.causes.tagger import CauseTagger
from tagging.causes.taxonomy import build_taxonomy
from tagging.causes.train import Trained, train
from tagging.errors import ClassifierInvalid, LexiconInvalid
from tagging.finding import CauseSource, MatchKind
from tagging.lexicon import load_settings
from tagging.pinyin import to_pinyin
from transcribe.call import SpeakerRole, Transcript, Turn

ROLES = {"a": SpeakerRole.AGENT, "c": SpeakerRole.CUSTOMER, "u": SpeakerRole.UNKNOWN, "i": SpeakerRole.IVR}


def call(*lines: tuple[str, str]) -> Transcript:
    turns = tuple(
        Turn(index, 0, ROLES[role], 1.0, index * 5.0, index * 5.0 + 4, text, pinyin=to_pinyin(text))
        for index, (role, text) in enumerate(lines)
    )
    return Transcript("call-1", date(2026, 11, 20), len(lines) * 5.0, turns)


@pytest.fixture(scope="module")
def shipped():
    return load_shipped()


@pytest.fixture(scope="module")
def quick(shipped) -> CauseSettings:
    """The shipped settings, two folds and no noise: trains in a few seconds."""
    model = shipped.settings.model.model_copy(update={"folds": 2, "noise_copies": 0, "min_document_count": 2})
    return shipped.settings.model_copy(update={"model": model})


@pytest.fixture(scope="module")
def trained(shipped, quick) -> Trained:
    return train(shipped.corpus, quick, shipped.reader)


@pytest.fixture(scope="module")
def tagger(shipped, quick, trained) -> CauseTagger:
    return CauseTagger(shipped.reader.lexicon, quick, trained.model, "f" * 64)


def stated(tagger: CauseTagger, transcript: Transcript) -> set[str]:
    tags = tagger.tag(transcript)
    return {tag.top_cause for tag in tags if tag.source is CauseSource.CUSTOMER_STATED}


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("我刚充的一百块钱怎么就没了你们凭什么扣我的钱", "fees"),
        ("三个客服三种说法到底听谁的", "skill"),
        ("你们营业员态度太差了爱理不理的", "attitude"),
        ("报修三天了一直没人上门", "process"),
        ("更新之后一打开就闪退根本用不了", "product"),
    ],
)
def test_a_plain_complaint_has_its_cause_with_evidence(tagger, said, cause):
    tags = [tag for tag in tagger.tag(call(("a", "您好请讲"), ("c", said))) if tag.top_cause == cause]
    assert tags
    for tag in tags:
        assert tag.source is CauseSource.CUSTOMER_STATED
        assert 0 < tag.confidence <= 1
        for each in tag.evidence:
            assert each.turn_index == 1
            assert said[each.char_start : each.char_end] == each.text


@pytest.mark.parametrize(
    "lines",
    [
        [("c", "你好帮我查一下我还有多少话费"), ("a", "您的余额是二十三元"), ("c", "好的谢谢")],
        [("c", "请问这个套餐一个月多少钱"), ("a", "三十八元"), ("c", "那给我办一个吧")],
        [("c", "帮我把那个彩铃取消了吧"), ("a", "已经帮您取消了"), ("c", "好的再见")],
        [("c", "刚才那个客服特别有耐心我要表扬她"), ("a", "感谢您的认可")],
        [("u", "您好很高兴为您服务"), ("u", "我想查一下积分"), ("u", "您的积分是四千分"), ("u", "谢谢")],
        [("c", "非常好用，转账很快，五星好评")],
    ],
)
def test_enquiries_orders_and_praise_are_no_complaint(tagger, lines):
    assert tagger.tag(call(*lines)) == ()


def test_a_catch_all_rule_gives_way_to_a_telling_one(tagger):
    tags = tagger.tag(call(("c", "你们凭什么扣我钱"), ("a", "请稍等"), ("c", "我从来没开过这个彩铃")))
    assert [tag.sub_cause for tag in tags if tag.top_cause == "fees"] == ["value_added_service"]


def test_several_causes_of_one_call_are_all_found(tagger):
    lines = call(
        ("c", "你们乱扣我钱我要退费"),
        ("a", "请您稍等"),
        ("c", "上次说给我回电话到现在也没人打"),
        ("a", "给您记录一下"),
    )
    assert {"fees", "process"} <= stated(tagger, lines)


def test_what_the_agent_does_is_observed_and_needs_the_agents_turn(tagger):
    lines = call(("c", "那我怎么办"), ("a", "我都跟你说多少遍了"), ("c", "好吧"))
    observed = [tag for tag in tagger.tag(lines) if tag.source is CauseSource.OBSERVED_ON_CALL]
    assert [(tag.top_cause, tag.sub_cause) for tag in observed] == [("attitude", "impatient")]
    assert {each.turn_index for tag in observed for each in tag.evidence} == {1}
    swapped = replace(lines, turns=tuple(replace(turn, role=SpeakerRole.CUSTOMER) for turn in lines.turns))
    assert all(tag.source is CauseSource.CUSTOMER_STATED for tag in tagger.tag(swapped))


def test_agents_and_machines_state_no_cause(tagger):
    assert stated(tagger, call(("a", "你们凭什么乱扣我的钱"), ("i", "宽带断了没人修"))) == set()


def test_a_complaint_without_an_apology_is_observed_once_the_agent_spoke(tagger):
    def observed(*lines):
        found = tagger.tag(call(*lines))
        return {tag.sub_cause for tag in found if tag.source is CauseSource.OBSERVED_ON_CALL}

    complaint = ("c", "我要投诉你们，服务太差了")
    assert "no_apology" in observed(complaint, ("a", "您说"), ("c", "就这事"))
    assert "no_apology" not in observed(complaint, ("a", "实在抱歉，我来帮您处理"))
    assert "no_apology" not in observed(("c", "这个套餐多少钱"), ("a", "三十八元"))
    assert observed(complaint) == set()


def test_the_classifier_names_itself_and_its_unit(tagger):
    # No rule has these words.
    said = "交了两百一天就欠费,你信吗"
    tags = [tag for tag in tagger.tag(call(("c", said))) if tag.top_cause == "fees"]
    assert [each.rule_id for each in tags[0].evidence] == ["classifier:ffffffff"]
    assert tags[0].evidence[0].match is MatchKind.CLASSIFIER
    assert tags[0].evidence[0].text == said


def test_an_empty_call_has_no_cause(tagger):
    assert tagger.tag(call()) == ()
    assert tagger.tag(call(("c", "嗯"))) == ()


def test_tagging_twice_gives_the_same(tagger):
    lines = call(("c", "你们凭什么扣我钱"), ("a", "您稍等"), ("c", "还有这个网络老断"))
    assert tagger.tag(lines) == tagger.tag(lines)


def test_the_report_speaks_of_held_out_groups(trained):
    assert "按组交叉验证" in trained.report
    assert trained.sentences.macro_f1 > 0.6
    assert trained.sentences.complaint_accuracy > 0.8
    assert trained.sub_accuracy > 0.5


def test_all_but_the_catch_all_have_a_classifier(trained):
    assert set(trained.model.top_causes) == {"fees", "skill", "attitude", "process", "product"}


def test_human_labels_are_learnt_from(shipped, quick):
    groups = {row.group for row in shipped.corpus.rows if row.domain == "bank"}
    part = Corpus(tuple(row for row in shipped.corpus.rows if row.group in groups))
    new = tuple(
        replace(row, group=f"label-{n}", text=f"蓝精灵{n}号有意见") for n, row in enumerate(part.rows[:30])
    )
    few = quick.model_copy(update={"model": quick.model.model_copy(update={"min_rows_per_label": 10})})
    without = train(part, few, shipped.reader).model
    taught = train(part, few, shipped.reader, labels=new).model
    asked = [shipped.reader.read_whole("蓝精灵九十九号有意见")]
    column = taught.columns.index("fees")
    assert taught.predict(asked)[0][0, column] > without.predict(asked)[0][0, without.columns.index("fees")]


def test_too_small_a_corpus_is_refused(shipped):
    one = Corpus(tuple(row for row in shipped.corpus.rows if row.group == "overdue-1"))
    with pytest.raises(ClassifierInvalid, match="请补充语料"):
        train(one, shipped.settings, shipped.reader)


def test_every_sub_cause_has_a_title_and_corpus_rows(tagger):
    labels = {label for row in load_corpus().rows for label in row.labels}
    expected = {"fees": 8, "skill": 9, "attitude": 8, "process": 12, "product": 6, "other": 0}
    assert {top: len(tagger.taxonomy.sub_causes(top)) for top in tagger.taxonomy.top_causes} == expected
    for cause in tagger.taxonomy.causes:
        assert cause.title
        assert cause.definition
        if cause.sub_cause:
            assert f"{cause.top_cause}/{cause.sub_cause}" in labels
    assert labels - {"other"} <= {f"{c.top_cause}/{c.sub_cause}" for c in tagger.taxonomy.causes}
    assert tagger.taxonomy.title("fees", "annual_fee") == "年费"


def test_an_unknown_top_cause_and_a_nameless_sub_cause_are_refused(shipped):
    tops = load_settings(PACKAGE_DIR, None, CauseSettings).top_causes
    entry = shipped.reader.lexicon.by_id["annual_fee"]
    with pytest.raises(LexiconInvalid, match="top_cause weather 不存在"):
        build_taxonomy(tops, [entry.model_copy(update={"top_cause": "weather"})])
    with pytest.raises(LexiconInvalid, match="没有名称"):
        build_taxonomy(tops, [entry.model_copy(update={"sub_cause": "new_one", "title": None})])
