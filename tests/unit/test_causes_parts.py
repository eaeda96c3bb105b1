"""The parts of the cause tagger: corpus, noise, units, merging, scores, calibration, model files."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging.causes.call_weights import CallWeights, call_features, call_probability, fit_call_weights
from tagging.causes.classifier import CauseClassifier, fit_calibration
from tagging.causes.corpus import Corpus, load_corpus
from tagging.causes.merge import best_units, decide, with_rules
from tagging.causes.model_file import PACKAGE_DIR, load_model, model_path, save_model
from tagging.causes.schema import CauseSettings
from tagging.causes.score import ScoredRow, score
from tagging.causes.train import Trained
from tagging.causes.units import cut
from tagging.errors import ClassifierInvalid, LexiconInvalid
from tagging.lexicon import load_settings
from tagging.noise import homophones_of, mishear
from tagging.pinyin import to_pinyin

SETTINGS = load_settings(PACKAGE_DIR, None, CauseSettings)
GROUP = "- id: {id}\n  domain: bank\n  labels: [{labels}]\n  texts: |\n    {text}\n"


def corpus_in(folder, *groups):
    (folder / "a.yaml").write_text("".join(groups), encoding="utf-8")
    return load_corpus(folder)


def test_the_shipped_corpus_is_large_and_covers_all():
    corpus = load_corpus()
    assert len(corpus.rows) >= 4800
    assert len({row.group for row in corpus.rows}) >= 500
    assert {top for row in corpus.rows for top in row.top_causes} == {top.id for top in SETTINGS.top_causes}
    assert corpus.digest == load_corpus().digest


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (["- id: a\n  domian: bank\n  labels: [none]\n  texts: 好\n"], "domian"),
        ([GROUP.format(id="a", labels="none, fees", text="好")], "none"),
        ([GROUP.format(id="a", labels="none", text="好")] * 2, "组 a 重复"),
        (
            [
                GROUP.format(id="a", labels="none", text="扣钱"),
                GROUP.format(id="b", labels="fees", text="扣钱"),
            ],
            "标签不同",
        ),
        (["entries: []\n"], "应为列表"),
        (["- 好\n"], "键: 值"),
        ([GROUP.format(id="a", labels="none", text="{A}好") + "  slots: {A: []}\n"], "没有取值"),
    ],
)
def test_a_broken_corpus_says_where_and_what(tmp_path, groups, message):
    with pytest.raises(LexiconInvalid, match=message) as caught:
        corpus_in(tmp_path, *groups)
    assert "a.yaml" in str(caught.value)


def test_rows_are_normalised_and_none_is_no_label(tmp_path):
    rows = corpus_in(tmp_path, GROUP.format(id="a", labels="none", text="你好，Ａ")).rows
    assert [(row.text, row.labels, row.top_causes) for row in rows] == [("你好,A", (), frozenset())]


def test_slots_are_filled_and_drawn_the_same_everywhere(tmp_path):
    group = (
        GROUP.format(id="a", labels="fees", text="{A}扣{B}") + "  slots: {A: [你, 我, 他], B: [一, 二, 三]}\n"
    )
    everything = corpus_in(tmp_path, group)
    assert len(everything.rows) == 9
    few = corpus_in(tmp_path, group + "  at_most: 4\n")
    assert len(few.rows) == 4
    assert few == corpus_in(tmp_path, group + "  at_most: 4\n")
    assert {row.text for row in few.rows} <= {row.text for row in everything.rows}


def test_misheard_text_sounds_the_same_and_has_no_punctuation():
    table = homophones_of(["是事试", "费废", "我"])
    assert table["是"] == "事试"
    assert "我" not in table
    heard = mishear("是,费。", table, 1.0, random.Random(3))  # noqa: S311
    assert set(to_pinyin(heard)) <= {"shi", "fei"}
    assert mishear("是,我", table, 0.0, random.Random(0)) == "是我"  # noqa: S311


@given(st.text(alphabet="我扣钱,。!不", max_size=300), st.integers(10, 60))
def test_cut_covers_the_text_in_order(text, most):
    spans = cut(text, most)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(0 < end - start <= most for start, end in spans)


def test_cut_prefers_ends_of_sentences():
    text = "我昨天来过的你们说没事,今天又说不行。到底能不能办"
    assert [text[start:end] for start, end in cut(text, 20)] == [text[:19], text[19:]]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_call_is_a_probability_that_grows_with_its_best_unit(values):
    units, weights = np.array(values), np.ones(len(values))
    probability = call_probability(units, weights, CallWeights())
    assert 0 <= probability <= 1
    more = units.copy()
    more[int(units.argmax())] = 1.0
    assert call_probability(more, weights, CallWeights()) >= probability - 1e-9


def test_the_same_unit_counts_less_in_a_longer_call():
    short = call_probability(np.array([0.8]), np.ones(1), CallWeights())
    long = call_probability(np.array([0.8] + [0.0] * 29), np.ones(30), CallWeights())
    assert long < short
    assert call_probability(np.zeros(0), np.zeros(0), CallWeights()) == 0.0


def test_call_weights_learn_that_long_calls_have_more_chances_for_a_false_alarm():
    draw = np.random.default_rng(0)
    rows, truths = [], []
    for at in range(400):
        units = draw.beta(1, 6, size=draw.integers(1, 30))
        truths.append(at % 2 == 0)
        if truths[-1]:
            units[0] = draw.uniform(0.6, 0.9)
        rows.append(call_features(units, np.ones(len(units))))
    fitted = fit_call_weights(np.array(rows), np.array(truths))
    assert fitted.length < 0
    assert all(each >= 0 for each in fitted.best)
    assert fit_call_weights(np.array(rows), np.ones(400, dtype=bool)) == CallWeights()


def test_rules_raise_and_never_lower():
    assert with_rules(0.4, [], SETTINGS.decision) == pytest.approx(0.4)
    assert 0.4 < with_rules(0.4, [0.3, 0.9], SETTINGS.decision) <= 1


def test_the_best_unit_is_evidence_even_when_weak():
    assert best_units(np.array([0.1, 0.2, 0.05]), np.ones(3), 3) == [1]
    assert best_units(np.array([0.5, 0.9, 0.05]), np.ones(3), 3) == [1, 0]
    assert best_units(np.zeros(0), np.zeros(0), 3) == []


@pytest.mark.parametrize(
    ("fees", "skill", "complaint", "expected"),
    [
        (0.7, 0.1, 0.9, {"fees"}),
        (0.7, 0.6, 0.9, {"fees", "skill"}),
        (0.4, 0.1, 0.9, {"fees"}),  # surely a complaint: the nearest cause
        (0.05, 0.01, 0.9, {"other"}),  # surely a complaint, near to none
        (0.4, 0.1, 0.5, set()),
        (0.7, 0.6, 0.1, set()),  # hardly a complaint: praise that speaks of money
    ],
)
def test_decide(fees, skill, complaint, expected):
    thresholds = {"fees": 0.5, "skill": 0.5, "complaint": 0.8}
    assert (
        decide({"fees": fees, "skill": skill, "complaint": complaint}, thresholds, SETTINGS.decision)
        == expected
    )


def test_score_counts_optional_causes_neither_way():
    rows = [
        ScoredRow(frozenset({"fees"}), frozenset({"fees"})),
        ScoredRow(frozenset({"fees"}), frozenset({"skill"}), optional=frozenset({"skill"})),
        ScoredRow(frozenset(), frozenset({"fees"})),
        ScoredRow(frozenset(), frozenset({"skill"}), optional=frozenset({"skill"})),
        ScoredRow(frozenset(), frozenset()),
    ]
    scores = score(rows, ["fees", "skill"])
    fees, skill = scores.labels
    assert (fees.hits, fees.false_alarms, fees.misses) == (1, 1, 1)
    assert (fees.precision, fees.recall, fees.f1) == (0.5, 0.5, 0.5)
    assert (skill.hits, skill.false_alarms, skill.misses) == (0, 0, 0)
    assert scores.macro_f1 == 0.5
    assert scores.complaint_accuracy == 0.8


def test_calibration_moves_probabilities_to_the_truth():
    timid = np.array([0.05, 0.1, 0.1, 0.3, 0.35, 0.4])
    is_true = np.array([False, False, False, True, True, True])
    calibrated = fit_calibration(timid, is_true).apply(timid)
    assert (calibrated[is_true] > 0.5).all()
    assert (calibrated[~is_true] < 0.5).all()
    assert fit_calibration(timid, np.zeros(6, dtype=bool)).apply(timid) == pytest.approx(timid)


class TestModelFile:
    @pytest.fixture
    def trained(self):
        empty = score([], [])
        return Trained(CauseClassifier(SETTINGS.model), empty, empty, 0.0, "报告")

    def test_what_is_saved_is_loaded_and_nothing_is_left_beside(self, tmp_path, trained):
        path = save_model(trained, tmp_path / "models", "d" * 64)
        assert path == model_path(tmp_path / "models", "d" * 64)
        assert isinstance(load_model(path, "d" * 64), CauseClassifier)
        assert sorted(each.suffix for each in path.parent.iterdir()) == [".joblib", ".md"]

    def test_another_digest_is_refused(self, tmp_path, trained):
        path = save_model(trained, tmp_path, "d" * 64)
        with pytest.raises(ClassifierInvalid, match="重新训练"):
            load_model(path, "e" * 64)

    @pytest.mark.parametrize("content", [b"", b"no pickle", b"\x80\x05N."])
    def test_a_damaged_file_is_refused(self, tmp_path, content):
        path = tmp_path / "causes-x.joblib"
        path.write_bytes(content)
        with pytest.raises(ClassifierInvalid, match="请删除它"):
            load_model(path, "d" * 64)

    def test_a_missing_file_and_an_unwritable_place_say_what_to_do(self, tmp_path, trained):
        with pytest.raises(ClassifierInvalid, match="没有这个分类器"):
            load_model(tmp_path / "none.joblib", "d" * 64)
        (tmp_path / "file").write_text("")
        with pytest.raises(ClassifierInvalid, match="无法写入"):
            save_model(trained, tmp_path / "file" / "models", "d" * 64)


def test_an_empty_corpus_has_a_digest_of_its_own():
    assert Corpus(()).digest != load_corpus().digest
