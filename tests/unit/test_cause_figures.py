"""Figures against labelled texts, and two models compared on rows that neither has learnt from."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging.causes.compare import Comparison, compare_models, hold_back, score_on
from tagging.causes.corpus import Corpus, CorpusRow
from tagging.causes.figures import FoundRow, KnownRow, cause_figures, known_labels
from tagging.causes.model_file import load_shipped
from tagging.causes.score import ScoredRow, score
from tagging.causes.train import train

TOPS = ("fees", "skill", "process")


def known(row_id, domain, *causes, **more):
    return KnownRow(row_id, domain, frozenset(causes), **more)


def found(*causes, escalation="none"):
    return FoundRow(frozenset(causes), escalation)


def test_figures_are_given_over_all_and_per_domain():
    figures = cause_figures(
        [known("1", "phone", "fees"), known("2", "phone"), known("3", "review", "skill", "process")],
        [found("fees"), found("fees"), found("skill")],
        TOPS,
    )
    assert [domain for domain, _ in figures.scores] == ["all", "phone", "review"]
    assert figures.of("phone").macro_f1 == pytest.approx(2 / 3)
    assert figures.of("review").macro_f1 == pytest.approx(0.5)
    assert figures.of().macro_f1 == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert figures.of().complaint_accuracy == pytest.approx(2 / 3)
    with pytest.raises(KeyError):
        figures.of("mail")


def test_optional_causes_count_neither_way():
    rows = [known("1", "a", "fees", optional=frozenset({"skill"})), known("2", "a", "skill")]
    for answer in (found("fees"), found("fees", "skill")):
        assert cause_figures(rows, [answer, found("skill")], TOPS).of().macro_f1 == 1.0


@pytest.mark.parametrize(
    ("true", "optional", "answer", "expected"),
    [
        ("none", (), "none", (0, 0, 0)),
        ("none", (), "supervisor", (0, 1, 0)),
        ("supervisor", (), "supervisor", (1, 0, 0)),
        ("supervisor", (), "none", (0, 0, 1)),
        ("supervisor", (), "regulator_or_media", (0, 1, 1)),
        ("none", ("supervisor",), "supervisor", (0, 0, 0)),
        ("supervisor", ("none",), "none", (0, 0, 0)),
    ],
)
def test_escalation_is_counted_row_by_row(true, optional, answer, expected):
    row = known("7", "a", escalation=true, escalation_optional=frozenset(optional))
    counted = cause_figures([row], [found(escalation=answer)], TOPS).escalation
    assert (counted.hits, len(counted.false_ids), len(counted.missed_ids)) == expected


def test_as_many_answers_as_rows_are_wanted():
    with pytest.raises(ValueError, match="zip"):
        cause_figures([known("1", "a")], [], TOPS)


def test_written_labels_become_top_causes():
    assert known_labels(["fees/annual_fee", "fees", "skill"]) == {"fees", "skill"}
    assert known_labels(["none"]) == frozenset()


@given(st.sets(st.text("abcdef", min_size=1, max_size=6), max_size=40), st.floats(0, 1))
def test_groups_are_held_back_whole_and_always_the_same(groups, share):
    rows = [CorpusRow(group, "bank", (), f"{group}{n}") for group in sorted(groups) for n in range(2)]
    learnt, held = hold_back(rows, share)
    assert sorted(learnt + held, key=lambda row: row.text) == sorted(rows, key=lambda row: row.text)
    assert not {row.group for row in learnt} & {row.group for row in held}
    alone = [row for row in rows if row.group == rows[0].group] if rows else []
    assert hold_back(alone, share)[1] == tuple(row for row in held if row.group == (rows or [row])[0].group)


def test_about_the_share_is_held_back():
    rows = [CorpusRow(f"g{n}", "bank", (), "好") for n in range(1000)]
    assert 150 < len(hold_back(rows, 0.2)[1]) < 250


def test_worse_is_told_from_better():
    good = score([ScoredRow(frozenset({"fees"}), frozenset({"fees"}))], TOPS)
    bad = score([ScoredRow(frozenset({"fees"}), frozenset())], TOPS)
    assert Comparison(good, bad).is_worse()
    assert not Comparison(good, bad).is_worse(tolerance=1.0)
    assert not Comparison(bad, good).is_worse()
    assert not Comparison(good, good).is_worse()
    assert Comparison(good, bad).rows == 1


@pytest.fixture(scope="module")
def parts():
    """Shipped rules, a corpus without the telecom half, and settings that train in seconds."""
    shipped = load_shipped()
    groups = {row.group for row in shipped.corpus.rows if row.domain in {"bank", "mixed"}}
    corpus = Corpus(tuple(row for row in shipped.corpus.rows if row.group in groups))
    update = {"folds": 2, "noise_copies": 0, "min_rows_per_label": 10}
    model = shipped.settings.model.model_copy(update=update)
    return corpus, shipped.settings.model_copy(update={"model": model}), shipped.reader


def test_a_model_taught_nonsense_is_worse(parts):
    corpus, settings, reader = parts
    learnt, held = hold_back(corpus.rows, 0.3)
    swapped = tuple(replace(row, labels=() if row.labels else ("fees",)) for row in learnt)
    good = train(Corpus(learnt), settings, reader).model
    nonsense = train(Corpus(swapped), settings, reader).model
    both = compare_models(good, nonsense, held, reader, settings)
    assert both.is_worse()
    assert both.old == score_on(good, held, reader, settings)
    assert both.rows == len(held) > 50
    assert both.old.complaint_accuracy > 0.7
    assert compare_models(nonsense, good, held, reader, settings).is_worse() is False
    assert score_on(good, (), reader, settings).rows == 0
