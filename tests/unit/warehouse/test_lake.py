import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from warehouse import row_files
from warehouse.errors import WarehouseError
from warehouse.lake import Lake, RunRef
from warehouse.row_files import Reused, iter_transcripts, read_rows, written_beside
from warehouse.rows import RunContext, call_rows

FIRST = date(2026, 11, 20)
SECOND = FIRST + timedelta(days=1)


def shard(lake, folder: Path, call, run: RunContext) -> dict[str, Path]:
    paths = {
        table: folder / f"{table}.parquet" for table in ("call", "turn", "recognition_audit", "run_failure")
    }
    for table, path in paths.items():
        lake.write_rows(table, call_rows(call, run)[table], path)
    return paths


def test_a_run_counts_only_from_its_row_on(lake, nights, call):
    run = nights.write(FIRST, "r1", [call("a")])
    assert lake.nights() == ()
    assert lake.newest_run(FIRST) is None
    assert lake.next_attempt(FIRST) == 1
    nights.commit(run, 1)
    assert lake.nights() == (FIRST,)
    assert lake.newest_run(FIRST) == run
    assert lake.next_attempt(FIRST) == 2


def test_a_run_without_all_its_files_cannot_be_committed(lake, nights, call):
    run = nights.write(FIRST, "r1", [call("a")])
    lake.table_path("tier", FIRST, "r1").unlink()
    with pytest.raises(WarehouseError, match="tier"):
        nights.commit(run, 1)
    assert lake.newest_run(FIRST) is None


def test_the_highest_attempt_counts_whatever_the_run_ids_say(lake, nights, call):
    nights.night(FIRST, "z", [call("a")])
    nights.night(FIRST, "a", [call("a")])
    newest = nights.night(FIRST, "m", [call("a"), call("b")])
    assert lake.newest_run(FIRST) == newest
    assert [run.run_id for run in lake.committed_runs(FIRST)] == ["z", "a", "m"]
    assert lake.newest_runs() == (newest,)


def test_folders_that_are_not_nights_are_left_alone(lake, nights, call):
    nights.night(FIRST, "r1", [call("a")])
    (lake.root / "run" / "night=someday").mkdir()
    (lake.root / "run" / "night=2026-11-30").mkdir()
    assert lake.nights() == (FIRST,)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row | {"colour": 1}, "colour"),
        (lambda row: {key: value for key, value in row.items() if key != "queue"}, "queue"),
        (lambda row: row | {"call_id": None}, "NOT NULL"),
        (lambda row: row | {"duration_s": "long"}, "type"),
    ],
)
def test_rows_that_do_not_fit_are_refused_and_leave_nothing(lake, call, tmp_path, change, said):
    row = call_rows(call("a"), RunContext("r", FIRST, "k"))["call"][0]
    with pytest.raises(WarehouseError, match=said):
        lake.write_rows("call", [change(row)], tmp_path / "out" / "call.parquet")
    assert not (tmp_path / "out").exists()


def test_an_error_while_writing_leaves_neither_file_nor_leftover(tmp_path):
    def interrupted():
        with written_beside(tmp_path / "x.parquet") as beside:
            beside.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_told_clearly(lake, tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    with pytest.raises(WarehouseError, match="写不进去"):
        lake.write_rows("clip", [], folder / "clip.parquet")


def test_a_folder_that_cannot_be_is_told_clearly(lake):
    with pytest.raises(WarehouseError, match="写不进去"):
        lake.write_rows("clip", [], Path("/dev/null/clip.parquet"))


def test_a_full_disk_is_told_clearly_and_leaves_nothing(tmp_path):
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from warehouse.errors import WarehouseError\n"
        "from warehouse.lake import Lake, RunRef; from datetime import date\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))\n"
        "lake = Lake(Path(sys.argv[1]))\n"
        "for write in (lambda: lake.write_rows('clip', [], lake.root / 'a' / 'clip.parquet'),\n"
        "              lambda: lake.merge_shards('turn', [], RunRef(date(2026, 1, 1), 'r'))):\n"
        "    try: write()\n"
        "    except WarehouseError as err: print(str(err))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=True, capture_output=True, text=True
    )  # fmt: skip
    assert len(done.stdout.strip().splitlines()) == 2, done
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_kill_while_writing_never_leaves_a_file_under_the_final_name(tmp_path):
    target = tmp_path / "x.parquet"
    script = (
        "import os, signal, sys; from pathlib import Path; from warehouse.row_files import written_beside\n"
        "with written_beside(Path(sys.argv[1])) as beside:\n"
        "    beside.write_bytes(b'half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(target)], check=False)
    assert done.returncode == -9
    assert not target.exists()
    assert [path.suffix for path in tmp_path.iterdir()] == [".tmp"]


def test_shards_merge_sorted_whatever_their_order_with_the_runs_id(lake, call, tmp_path):
    run = RunContext("unfinished", FIRST, "k")
    shards = [shard(lake, tmp_path / name, call(name), run) for name in ("c", "a", "b")]
    for run_id, order in (("r1", shards), ("r2", shards[::-1])):
        target = RunRef(FIRST, run_id)
        path = lake.merge_shards("turn", [paths["turn"] for paths in order], target)
        rows = read_rows(path)
        assert [(row["call_id"], row["turn_index"]) for row in rows] == [
            (name, index) for name in "abc" for index in (0, 1)
        ]
        assert {row["run_id"] for row in rows} == {run_id}
        assert list(path.parent.glob("*.tmp")) == []


def test_a_merge_of_nothing_is_an_empty_file(lake):
    for table in ("turn", "run_failure"):
        path = lake.merge_shards(table, [], RunRef(FIRST, "r1"))
        assert read_rows(path) == []


def test_rows_taken_over_follow_the_new_manifest_and_leave_the_others_behind(lake, nights, call, tmp_path):
    old = nights.night(FIRST, "r1", [call("a"), call("b"), call("gone")])
    fresh = shard(lake, tmp_path, call("c"), RunContext("r2", FIRST, "k"))
    new_rows = [
        row | {"call_date": FIRST - timedelta(days=4)} if row["call_id"] == "a" else row
        for row in lake.read_rows("call", old, call_ids=["a", "b"])
    ]
    calls = tmp_path / "calls.parquet"
    lake.write_rows("call", new_rows, calls)
    taken = Reused(lake.table_path("turn", FIRST, "r1"), frozenset({"a", "b"}), calls)
    path = lake.merge_shards("turn", [fresh["turn"]], RunRef(FIRST, "r2"), taken)
    found = {(row["call_id"], row["call_date"], row["run_id"]) for row in read_rows(path)}
    assert found == {
        ("a", FIRST - timedelta(days=4), "r2"),
        ("b", FIRST - timedelta(days=1), "r2"),
        ("c", FIRST - timedelta(days=1), "r2"),
    }


def test_nothing_can_be_taken_over_for_a_table_of_the_run(lake, nights, call):
    nights.night(FIRST, "r1", [call("a")])
    taken = Reused(lake.table_path("run_failure", FIRST, "r1"), frozenset({"a"}))
    with pytest.raises(WarehouseError, match="run_failure"):
        lake.merge_shards("run_failure", [], RunRef(FIRST, "r2"), taken)


def test_transcripts_come_call_by_call_with_the_silent_ones_last(lake, nights, call):
    silent = call("a")
    silent = type(silent)(silent.recording, type(silent.transcript)("a", FIRST, 60.0, ()), silent.audits)
    run = nights.night(FIRST, "r1", [silent, call("b"), call("c")])
    found = list(lake.iter_transcripts(run))
    assert [(transcript.call_id, len(transcript.turns)) for transcript in found] == [
        ("b", 2),
        ("c", 2),
        ("a", 0),
    ]
    assert found[0] == call("b").transcript
    assert [transcript.call_id for transcript in lake.iter_transcripts(run, ["a", "c"])] == ["c", "a"]
    assert list(lake.iter_transcripts(run, [])) == []


def test_transcripts_are_whole_when_a_batch_ends_inside_a_call(lake, nights, call, monkeypatch):
    run = nights.night(FIRST, "r1", [call(f"{index:02}") for index in range(20)])
    monkeypatch.setattr(row_files, "_BATCH_ROWS", 3)
    assert all(len(transcript.turns) == 2 for transcript in lake.iter_transcripts(run))


def test_torn_turns_are_an_error_not_half_a_call(lake, call, tmp_path):
    rows = call_rows(call("a"), RunContext("r", FIRST, "k"))
    other = call_rows(call("b"), RunContext("r", FIRST, "k"))
    lake.write_rows("call", rows["call"] + other["call"], tmp_path / "call.parquet")
    lake.write_rows("turn", [rows["turn"][0], other["turn"][0], rows["turn"][1]], tmp_path / "turn.parquet")
    with pytest.raises(WarehouseError, match="torn"):
        list(iter_transcripts(tmp_path / "call.parquet", tmp_path / "turn.parquet"))


def test_digests_of_earlier_nights_are_known_and_of_uncommitted_runs_not(lake, nights, call):
    nights.night(FIRST, "r1", [call("a", digest="one"), call("b", digest="two")])
    nights.night(FIRST, "r2", [call("a", digest="one")])
    nights.night(SECOND, "r3", [call("c", SECOND, "three")])
    nights.write(SECOND, "r4", [call("d", SECOND, "four")])
    assert lake.known_digests(FIRST) == {}
    assert lake.known_digests(SECOND) == {"one": "a"}
    assert lake.known_digests(SECOND + timedelta(days=1)) == {"one": "a", "three": "c"}


def test_calls_are_reusable_with_the_same_recognition_only(lake, nights, call):
    assert lake.reusable_calls(FIRST, "base-zh-1") == {}
    nights.night(FIRST, "r1", [call("a", digest="one")])
    assert lake.reusable_calls(FIRST, "base-zh-1") == {"a": "one"}
    assert lake.reusable_calls(FIRST, "large") == {}


def test_pruning_keeps_the_newest_runs_and_clears_what_kills_left(lake, nights, call):
    for run_id in ("r1", "r2", "r3"):
        nights.night(FIRST, run_id, [call("a")])
    nights.write(FIRST, "r4", [call("a")])
    other = nights.night(SECOND, "r1", [call("b", SECOND)])
    leftover = lake.table_path("turn", FIRST, "r4").with_name("r4.parquet.1-ab.tmp")
    leftover.write_bytes(b"half")
    assert lake.prune(FIRST) == ("r1", "r4")
    assert [run.run_id for run in lake.committed_runs(FIRST)] == ["r2", "r3"]
    assert not leftover.exists()
    assert {path.stem for path in lake.root.glob(f"*/night={FIRST}/*")} == {"r2", "r3"}
    assert lake.newest_run(SECOND) == other
    with pytest.raises(ValueError, match="keep"):
        lake.prune(FIRST, keep=0)


def test_a_missing_or_damaged_file_is_told_with_its_name(lake, tmp_path):
    with pytest.raises(WarehouseError, match=r"call/night=2026-11-20/none\.parquet"):
        lake.read_rows("call", RunRef(FIRST, "none"))
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    with pytest.raises(WarehouseError, match=r"bad\.parquet"):
        read_rows(tmp_path / "bad.parquet")


def test_reading_some_columns_of_some_calls(lake, nights, call):
    run = nights.night(FIRST, "r1", [call("a"), call("b")])
    assert lake.read_rows("turn", run, ["turn_index"], ["b"]) == [{"turn_index": 0}, {"turn_index": 1}]
    assert isinstance(lake, Lake)
