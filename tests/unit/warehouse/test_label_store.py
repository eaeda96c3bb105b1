"""The store of verdicts under many clicks: files are merged, an index follows, nothing is lost or twice."""

import os
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.label_index import LabelIndex
from warehouse.label_row import Choices, Opinion, Source, label_row
from warehouse.label_store import LabelStore, counted
from warehouse.label_targets import CASE, Target

CHOICES = Choices({CASE: {"问题案例": ("problem",)}})
AT = datetime(2026, 11, 22, 8)


def row(number=0, verdict="right", who="w1", stage="review", form="", minutes=0):
    about = {
        "call_id": f"call{number}", "night": date(2026, 11, 20), "run_id": "r", "case_id": f"k{number}",
        "library_id": "problem",
    }  # fmt: skip
    source = Source(who, AT + timedelta(minutes=minutes), "review", form or f"form{number}", stage=stage)
    return label_row(Target(CASE, f"k-{number}", about), Opinion(verdict), CHOICES, source)


def ids(store):
    return {each["label_id"] for each in store.rows(CASE)}


def test_files_are_merged_and_an_index_follows(tmp_path: Path):
    store, index = LabelStore(tmp_path), LabelIndex(LabelStore(tmp_path), [CASE])
    clicks = [row(number) for number in range(30)]
    for each in clicks:
        assert index.add({CASE: [each]}).added_count == 1
    assert store.compact(CASE, 30) == 0, "few enough"
    assert store.compact(CASE, 10) == 30
    assert len(store.files(CASE)) == 1
    assert ids(store) == {each["label_id"] for each in clicks}
    index.refresh()
    assert len(index.by_target()) == 30
    assert index.add({CASE: clicks[:3]}).known_count == 3
    assert index.add({CASE: [row(99)]}).added_count == 1
    assert store.compact(CASE, 1) == 2
    assert len(ids(store)) == 31


def test_old_files_without_a_stage_are_merged_too(tmp_path: Path):
    import pyarrow.parquet as pq  # noqa: PLC0415

    store = LabelStore(tmp_path)
    path = store.write(CASE, [row(1)])
    pq.write_table(pq.read_table(path).drop_columns(["stage"]), path)
    store.write(CASE, [row(2)])
    assert store.compact(CASE, 1) == 2
    assert {each["stage"] for each in store.rows(CASE)} == {None, "review"}


def test_rows_in_both_a_merged_and_a_small_file_count_once(tmp_path: Path):
    """As after a kill between writing the merged file and removing the small ones."""
    store, index = LabelStore(tmp_path), LabelIndex(LabelStore(tmp_path), [CASE])
    store.write(CASE, [row(1)])
    store.write(CASE, [row(1), row(2)])
    index.refresh()
    assert len(store.rows(CASE)) == 2
    assert [len(said) for said in index.by_target().values()] == [1, 1]
    for path in store.files(CASE):
        if len(store.files(CASE)) == 2:
            path.unlink()
            index.refresh()
            assert set(index.by_target()) == {each["target_id"] for each in store.rows(CASE)}


def test_a_file_that_goes_takes_what_it_said_along(tmp_path: Path):
    store, index = LabelStore(tmp_path), LabelIndex(LabelStore(tmp_path), [CASE])
    path = store.write(CASE, [row(1)])
    store.write(CASE, [row(2)])
    index.refresh()
    path.unlink()
    assert index.refresh()
    assert not index.refresh()
    assert list(index.by_target()) == ["k-2"]
    assert index.of("k-1") == ()


def test_the_index_forgets_what_the_store_forgot(tmp_path: Path):
    """A file in which some calls were forgotten keeps its name."""
    store, index = LabelStore(tmp_path), LabelIndex(LabelStore(tmp_path), [CASE])
    store.write(CASE, [row(1), row(2), row(3)])
    index.refresh()
    assert store.forget(["call2"]) == 1
    assert len(store.files(CASE)) == 1
    assert index.refresh()
    assert set(index.by_target()) == {"k-1", "k-3"}


KILLED = """
import os, signal, sys
from pathlib import Path
from warehouse.label_store import LabelStore
calls = 0
def unlink(path, **kwargs):
    global calls
    calls += 1
    if calls > int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    os.unlink(path)
Path.unlink = unlink
LabelStore(Path(sys.argv[1])).compact("case_verdict", 3)
"""


@pytest.mark.parametrize("after", [0, 3])
def test_killed_while_merging_loses_nothing(tmp_path: Path, after: int):
    store = LabelStore(tmp_path)
    for number in range(8):
        store.write(CASE, [row(number)])
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(after)],
        check=False, cwd=root, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert len(store.rows(CASE)) == 8
    store.compact(CASE, 1)
    assert len(store.rows(CASE)) == 8
    assert len(store.files(CASE)) == 1


WORDS = st.tuples(
    st.integers(0, 2), st.sampled_from(["right", "wrong"]), st.sampled_from(["a", "b"]),
    st.sampled_from(["review", "appeal", "final"]),
)  # fmt: skip


@given(words=st.lists(WORDS, max_size=12), merge=st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_index_knows_what_the_store_holds(tmp_path_factory, words, merge):
    store = LabelStore(tmp_path_factory.mktemp("labels"))
    index = LabelIndex(store, [CASE])
    for minutes, (number, verdict, who, stage) in enumerate(words):
        given_row = {CASE: [row(number, verdict, who, stage, f"f{minutes}", minutes)]}
        (index if minutes % 2 else store).add(given_row)
        index.refresh()
    if merge:
        store.compact(CASE, 2)
        index.refresh()
    said = {each.label_id for of_target in index.by_target().values() for each in of_target}
    assert said == ids(store)
    counts = counted(store.rows(CASE))
    for target_id, of_target in index.by_target().items():
        mine = [each for each in counts if each["target_id"] == target_id]
        finals = [each for each in of_target if each.stage == "final"]
        if finals:
            assert [each["label_id"] for each in mine] == [finals[-1].label_id]
        assert all(each["stage"] != "appeal" for each in mine)
