from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from warehouse.case import Case
from warehouse.case_rows import case_rows
from warehouse.connect import fetch_rows, open_reading, open_writing
from warehouse.errors import WarehouseError
from warehouse.lake import RunRef
from warehouse.load import add_rows, build_warehouse, stale_nights
from warehouse.publish import publish
from warehouse.rows import RunContext
from warehouse.schema import tables

FIRST = date(2026, 11, 20)
SECOND = FIRST + timedelta(days=1)
THIRD = FIRST + timedelta(days=2)


def content(path: Path):
    """Every table's rows, sorted: what two builds must agree on."""
    with open_reading(path) as con:
        return {spec.name: sorted(map(repr, fetch_rows(con, f"FROM {spec.name}"))) for spec in tables()}


def ids(path: Path, sql: str):
    with open_reading(path) as con:
        return sorted(tuple(row.values()) for row in fetch_rows(con, sql))


def both_ways(lake, tmp_path, published):
    """The incremental build's content, after making sure that a full one has the same."""
    report = build_warehouse(lake, published, tmp_path / "part.build")
    assert not report.is_full
    assert build_warehouse(lake, None, tmp_path / "full.build").is_full
    part, full = content(tmp_path / "part.build"), content(tmp_path / "full.build")
    assert part == full
    publish(tmp_path / "part.build", published)
    return report, part


def test_incremental_equals_full_through_second_night_rerun_and_vanished_night(lake, nights, call, tmp_path):
    published = tmp_path / "warehouse.duckdb"
    nights.night(FIRST, "r1", [call("a", FIRST), call("b", FIRST)])
    assert build_warehouse(lake, published, tmp_path / "first.build").is_full
    publish(tmp_path / "first.build", published)

    nights.night(SECOND, "r2", [call("c", SECOND)])
    report, rows = both_ways(lake, tmp_path, published)
    assert report.nights == (SECOND,)
    assert len(rows["call"]) == 3
    assert len(rows["turn"]) == 6

    nights.night(FIRST, "r3", [call("a", FIRST)])  # a rerun of the first night without b
    report, rows = both_ways(lake, tmp_path, published)
    assert report.nights == (FIRST,)
    assert len(rows["call"]) == 2
    assert {"'r3'" in row or "'r2'" in row for row in rows["tier"]} == {True}

    report, _ = both_ways(lake, tmp_path, published)  # nothing new
    assert report.nights == ()

    for path in (lake.root).glob(f"*/night={SECOND}/*"):
        path.unlink()
    report, rows = both_ways(lake, tmp_path, published)  # a night taken out of the lake
    assert report.nights == (SECOND,)
    assert len(rows["call"]) == 1


def test_a_call_delivered_again_counts_in_its_latest_night_and_comes_back(lake, nights, call, tmp_path):
    published = tmp_path / "warehouse.duckdb"
    nights.night(FIRST, "r1", [call("a", FIRST, "old"), call("b", FIRST)])
    build_warehouse(lake, None, tmp_path / "x.build")
    publish(tmp_path / "x.build", published)

    nights.night(SECOND, "r2", [call("a", SECOND, "corrected")])
    report, _ = both_ways(lake, tmp_path, published)
    assert report.nights == (FIRST, SECOND)
    assert ids(published, "SELECT call_id, recording_digest FROM call") == [
        ("a", "corrected"),
        ("b", "digest-b"),
    ]
    assert ids(published, "SELECT night, count(*) FROM turn GROUP BY ALL") == [(FIRST, 2), (SECOND, 2)]

    nights.night(SECOND, "r3", [call("c", SECOND)])  # the correction is withdrawn
    both_ways(lake, tmp_path, published)
    assert ids(published, "SELECT call_id, recording_digest FROM call") == [
        ("a", "old"), ("b", "digest-b"), ("c", "digest-c"),
    ]  # fmt: skip


def test_a_pending_run_counts_before_it_is_committed_and_no_longer_when_it_never_is(
    lake, nights, call, tmp_path
):
    nights.night(FIRST, "r1", [call("a", FIRST)])
    run = nights.write(FIRST, "r2", [call("a", FIRST), call("b", FIRST)])
    build = tmp_path / "w.build"
    build_warehouse(lake, None, build, pending=[run])
    assert ids(build, "SELECT call_id, run_id FROM call") == [("a", "r2"), ("b", "r2")]
    assert ids(build, "SELECT run_id FROM run") == []

    case = Case("k1", "problem", "b", 1, 2.0, "禁语", 1.0, 4.0)
    cases = case_rows([case], RunContext("r2", FIRST, "key"))
    lake.write_rows("library_case", cases, lake.table_path("library_case", FIRST, "r2"))
    add_rows(build, "library_case", cases)
    add_rows(build, "run", [nights.row(run, 2)])
    with_pending = content(build)

    build_warehouse(lake, None, build)  # killed before the commit: the next build knows nothing of r2
    assert ids(build, "SELECT call_id, run_id FROM call") == [("a", "r1")]
    nights.commit(run, 2)
    build_warehouse(lake, None, build)  # killed after it: the next build has it all
    assert content(build) == with_pending


def test_cases_of_a_call_delivered_again_later_are_dropped(lake, nights, call, tmp_path):
    published = tmp_path / "warehouse.duckdb"
    run = nights.write(SECOND, "r2", [call("b", SECOND)])
    chosen = [
        Case("k1", "problem", "a", 1, 2.0, "禁语", 1.0, 4.0),
        Case("k2", "problem", "b", 2, 1.0, "禁语", 1.0, 4.0),
    ]
    lake.write_rows(
        "library_case",
        case_rows(chosen, RunContext("r2", SECOND, "k")),
        lake.table_path("library_case", SECOND, "r2"),
    )
    nights.night(FIRST, "r1", [call("a", FIRST)])
    nights.commit(run, 1)
    build_warehouse(lake, None, tmp_path / "x.build")
    publish(tmp_path / "x.build", published)
    assert ids(published, "SELECT case_id FROM library_case") == [("k1",), ("k2",)]

    nights.night(THIRD, "r3", [call("a", THIRD, "corrected")])
    both_ways(lake, tmp_path, published)
    assert ids(published, "SELECT case_id FROM library_case") == [("k2",)]


def test_stale_nights_tell_what_a_kill_before_publishing_left(lake, nights, call, tmp_path):
    published = tmp_path / "warehouse.duckdb"
    nights.night(FIRST, "r1", [call("a", FIRST)])
    assert stale_nights(lake, published) == (FIRST,)
    build_warehouse(lake, published, tmp_path / "x.build")
    publish(tmp_path / "x.build", published)
    assert stale_nights(lake, published) == ()
    nights.night(SECOND, "r2", [])
    assert stale_nights(lake, published) == (SECOND,)


def test_an_empty_lake_builds_empty_tables_and_views(lake, tmp_path):
    report = build_warehouse(lake, tmp_path / "none.duckdb", tmp_path / "x.build")
    assert report.nights == ()
    assert set(map(len, content(tmp_path / "x.build").values())) == {0}


@pytest.mark.parametrize("leftover", [b"", b"half a file", b"\0" * 20_000])
def test_what_a_killed_build_left_is_overwritten(lake, nights, call, tmp_path, leftover):
    nights.night(FIRST, "r1", [call("a", FIRST)])
    build = tmp_path / "x.build"
    build.write_bytes(leftover)
    build_warehouse(lake, None, build)
    assert ids(build, "SELECT call_id FROM call") == [("a",)]


def test_a_damaged_or_foreign_published_file_means_a_full_build(lake, nights, call, tmp_path):
    nights.night(FIRST, "r1", [call("a", FIRST)])
    published = tmp_path / "warehouse.duckdb"
    published.write_bytes(b"not a database")
    assert build_warehouse(lake, published, tmp_path / "x.build").is_full


def test_a_published_file_of_other_definitions_means_a_full_build(lake, nights, call, tmp_path):
    published = tmp_path / "warehouse.duckdb"
    nights.night(FIRST, "r1", [call("a", FIRST)])
    build_warehouse(lake, None, tmp_path / "x.build")
    with open_writing(tmp_path / "x.build") as con:
        con.execute("UPDATE loaded_run SET schema_digest = 'older'")
    publish(tmp_path / "x.build", published)
    assert build_warehouse(lake, published, tmp_path / "x.build").is_full


def test_a_file_from_before_a_column_was_added_loads_with_null(lake, nights, call, tmp_path):
    run = nights.night(FIRST, "r1", [call("a", FIRST)])
    path = lake.table_path("call", run.night, run.run_id)
    pq.write_table(pq.read_table(path).drop_columns(["queue"]), path)
    build_warehouse(lake, None, tmp_path / "x.build")
    assert ids(tmp_path / "x.build", "SELECT call_id, queue FROM call") == [("a", None)]


def test_a_damaged_lake_file_stops_the_build_with_a_clear_error(lake, nights, call, tmp_path):
    run = nights.night(FIRST, "r1", [call("a", FIRST)])
    lake.table_path("turn", run.night, run.run_id).write_bytes(b"PAR1 but no")
    with pytest.raises(WarehouseError, match=r"x\.build"):
        build_warehouse(lake, None, tmp_path / "x.build")


def test_add_rows_refuses_rows_that_do_not_fit(lake, tmp_path):
    build_warehouse(lake, None, tmp_path / "x.build")
    with pytest.raises(WarehouseError, match="clip"):
        add_rows(tmp_path / "x.build", "clip", [{"clip_id": "c"}])


def test_run_refs_sort_by_night():
    assert sorted([RunRef(SECOND, "a"), RunRef(FIRST, "b")])[0].night == FIRST
