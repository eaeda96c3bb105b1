"""Training with labels: what is held back, what is kept, what is refused. A small corpus, real training."""

from dataclasses import replace
from pathlib import Path

import pytest

from flows.train import HELD_SHARE, MIN_HELD_ROWS, train_with
from tagging.causes.compare import hold_back
from tagging.causes.corpus import Corpus, CorpusRow
from tagging.causes.labelled_model import choose_model
from tagging.causes.model_file import Shipped, load_shipped

# Words of a made-up product that the corpus has never heard of.
UNKNOWN = [f"你们那个云帆盒子第{number}回又转圈圈了" for number in range(48)]
FINE = [f"云帆盒子的说明书第{number}页在哪里看" for number in range(48)]


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    """A tenth of the corpus, learnt quickly."""
    full = load_shipped()
    groups = sorted({row.group for row in full.corpus.rows})[::6]
    rows = tuple(row for row in full.corpus.rows if row.group in set(groups))
    model = full.settings.model.model_copy(update={"folds": 2, "noise_copies": 0, "min_rows_per_label": 10})
    settings = full.settings.model_copy(update={"model": model})
    return replace(full, corpus=Corpus(rows), settings=settings, digest="0" * 64)


def labels(complaint: tuple[str, ...], fine: tuple[str, ...]) -> list[CorpusRow]:
    return [
        *(CorpusRow(f"label:c{n}", "mixed", complaint, text) for n, text in enumerate(UNKNOWN)),
        *(CorpusRow(f"label:f{n}", "mixed", fine, text) for n, text in enumerate(FINE)),
    ]


def test_labels_teach_a_new_product_and_the_model_stays_in_force(shipped, tmp_path: Path):
    before = choose_model(tmp_path, shipped)
    done = train_with(shipped, labels(("product/device",), ()), tmp_path)
    assert not done.is_refused
    after = choose_model(tmp_path, shipped)
    assert after.path == done.path != before.path
    assert after.label_count > 50
    for part in ("| product |", "宏平均 F1", "结论变了的", "云帆盒子"):
        assert part in done.report

    # People change their minds: what was learnt is now wrong, and what is learnt from a few contradicts it.
    learnt = [row for row in labels(("fees",), ("fees",)) if "label:c" in row.group]
    held_back = labels(("product/device",), ())
    mixed = [row for row in learnt if not _is_held(row)] + [row for row in held_back if _is_held(row)]
    refused = train_with(shipped, mixed, tmp_path)
    assert refused.is_refused
    assert choose_model(tmp_path, shipped) == after, "the model in force stays"


def _is_held(row: CorpusRow) -> bool:
    return bool(hold_back([row], HELD_SHARE)[1])


def test_few_labels_are_not_used_and_said_so(shipped, tmp_path: Path):
    done = train_with(shipped, labels(("product/device",), ())[:3], tmp_path)
    assert not done.is_refused
    assert f"至少要 {MIN_HELD_ROWS} 条" in done.report
    assert choose_model(tmp_path, shipped).digest == shipped.digest
