"""Forbidden phrases on our own golden sentences, which neither lexicon nor classifier has learnt from."""

from pathlib import Path

import pytest
import yaml

from tagging.errors import ClassifierInvalid, LexiconInvalid
from tagging.finding import MatchKind
from tagging.model_store import ModelPlace, load_model, save_model
from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from tagging.taboo.figures import ALL, TabooExample, TabooFigure, taboo_figures
from tagging.taboo.paraphrase.corpus import CorpusRow, load_corpus
from tagging.taboo.paraphrase.features import PART_COUNT
from tagging.taboo.paraphrase.model_file import load_finder
from tagging.taboo.paraphrase.schema import OK
from tagging.taboo.paraphrase.train import counts
from tagging.taboo.paraphrase.units import units_of
from tagging.taboo.tagger import TabooTagger, build
from transcribe.call import SpeakerRole, Transcript, Turn

GOLDEN = Path(__file__).parents[1] / "golden" / "taboo"
EXAMPLES = tuple(
    TabooExample(row["text"], row.get("family"), row["role"])
    for file in sorted(GOLDEN.glob("*.yaml"))
    for row in yaml.safe_load(file.read_text(encoding="utf-8"))
)


@pytest.fixture(scope="module")
def tagger(models_dir) -> TabooTagger:
    return build(TaggerOptions(override_dir=None, models_dir=models_dir))


def call(*lines: tuple[str, str, float]) -> Transcript:
    turns = tuple(
        Turn(n, 0, SpeakerRole(role), sure, n * 5.0, n * 5.0 + 4, text, pinyin=to_pinyin(text))
        for n, (role, text, sure) in enumerate(lines)
    )
    return Transcript("k", EXAMPLES[0].day, len(lines) * 5.0, turns)


def test_golden_sentences_are_many_and_not_learnt_from():
    learnt = {row.text for row in load_corpus().rows}
    assert len(EXAMPLES) >= 150
    assert len({example.family for example in EXAMPLES}) >= 12
    assert not learnt & {example.text for example in EXAMPLES}


def test_golden_sentences_reach_their_bars(tagger):
    clean, misheard = (
        next(row for row in taboo_figures(EXAMPLES, tagger, (rate,)) if row.family == ALL)
        for rate in (0.0, 0.1)
    )
    assert clean.precision >= 0.9
    assert clean.recall >= 0.7
    assert misheard.precision >= 0.85
    assert misheard.recall >= 0.6


PARAPHRASE = "你一个大人了连这点账都算不明白，你脑子是不是进水了"


def test_only_agents_are_judged(tagger):
    assert tagger.tag(call(("agent", PARAPHRASE, 1.0)))
    for role, sure in (("customer", 1.0), ("unknown", 1.0), ("agent", 0.2), ("ivr", 1.0)):
        assert tagger.tag(call((role, PARAPHRASE, sure))) == ()


def test_a_paraphrase_names_its_family_and_its_clause(tagger):
    bad = "再不还我就上你公司去堵你，让你全公司的人都知道你欠钱"
    text = f"您好，您这个月的账单是三百二十块。{bad}。您看几点方便。"
    hits = tagger.tag(call(("agent", text, 1.0)))
    assert {hit.family for hit in hits} == {"threat"}
    assert all(text[hit.char_start : hit.char_end] == hit.matched_text for hit in hits)
    assert all(hit.char_start >= 12 for hit in hits)


def test_what_a_phrase_finds_the_classifier_does_not_find_again(tagger):
    hits = tagger.tag(call(("agent", "公司的规定就是这样的", 1.0)))
    assert [(hit.phrase_id, hit.match) for hit in hits] == [("company_rule", MatchKind.EXACT)]
    assert hits[0].family == "cold_refusal"


@pytest.mark.parametrize("text", ["", "嗯", "啊啊啊", "***", "。。。", "好", "**** ***"])
def test_too_little_said_is_never_a_hit(tagger, text):
    assert tagger.tag(call(("agent", text, 1.0))) == ()


def test_the_centre_may_not_leave_a_family_without_a_name(tmp_path):
    own = tmp_path / "lexicons" / "paraphrase"
    own.mkdir(parents=True)
    (own / "settings.yaml").write_text("entries: []\n", encoding="utf-8")
    with pytest.raises(LexiconInvalid, match="entries"):
        load_finder(tmp_path, tmp_path / "lexicons")


def test_a_foreign_model_file_is_refused(tmp_path):
    place = ModelPlace(tmp_path, "taboo", 1, "ab" * 32)
    with pytest.raises(ClassifierInvalid, match="没有这个分类器"):
        load_model(place, TabooFigure)
    save_model(place, {"no": "model"}, "报告")
    with pytest.raises(ClassifierInvalid, match="不是 taboo 分类器"):
        load_model(place, TabooFigure)
    place.path.write_bytes(b"broken")
    with pytest.raises(ClassifierInvalid, match="已损坏"):
        load_model(place, TabooFigure)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("。", []),
        ("好的,您稍等一下", [(0, 8)]),
        ("您的账单是三百块。我帮您查一下", [(0, 15), (0, 9), (9, 15)]),
        ("字" * 50, [(0, 50), (0, 36), (18, 50)]),
    ],
)
def test_units_of_a_turn(text, spans):
    assert units_of(text, unit_chars=36, whole_chars=72, min_chars=4) == spans


def test_the_corpus_is_large_and_has_as_many_acceptable_sentences():
    rows = load_corpus().rows
    assert sum(row.label != OK for row in rows) >= 1_200
    assert sum(row.label == OK for row in rows) >= 1_100
    assert all(isinstance(row, CorpusRow) for row in rows)


def test_figures_count_what_they_say():
    figure = TabooFigure(0.0, ALL, examples=4, found=3, named=2, wrong=1)
    assert (figure.precision, figure.recall) == (0.75, 0.75)
    assert TabooFigure(0.0, ALL, 0, 0, 0, 0).precision is None
    assert counts([], "forbidden", {}, lambda _: True) == (0, 0, 0)
    assert PART_COUNT == 5
