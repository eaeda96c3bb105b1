"""Agreement of reviewers as scikit-learn counts it, over any table of verdicts."""

import math
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from warehouse.connect import fetch_rows, open_memory
from warehouse.schema import marts, tables

VERDICTS = ["right", "wrong", "unsure"]
PAIRS = st.lists(st.tuples(st.sampled_from(VERDICTS), st.sampled_from(VERDICTS)), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def con():
    with open_memory() as memory:
        for spec in (*tables(), *marts()):
            memory.execute(spec.ddl)
        yield memory


@given(pairs=PAIRS)
@settings(max_examples=60, deadline=None)
def test_kappa_is_that_of_scikit_learn(con, pairs):
    con.execute("DELETE FROM case_verdict")
    rows = [
        (f"{who}{number}", f"k{number}", "c", date(2026, 11, 20), "r", "case", "problem", said, who,
         datetime(2026, 11, 21), "review")
        for number, pair in enumerate(pairs)
        for who, said in zip(("a", "b"), pair, strict=True)
    ]  # fmt: skip
    con.executemany(
        "INSERT INTO case_verdict (label_id, target_id, call_id, night, run_id, case_id, library_id, verdict,"
        " labelled_by, labelled_at, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    [shown] = fetch_rows(con, "FROM reviewer_agreement")
    one, other = zip(*pairs, strict=True)
    assert shown["both_count"] == len(pairs)
    assert shown["agreed_count"] == sum(a == b for a, b in pairs)
    if len({*one, *other}) == 1:
        assert shown["kappa"] is None
    else:
        expected = float(cohen_kappa_score(one, other))
        assert not math.isnan(expected)
        assert shown["kappa"] == pytest.approx(expected)
