"""A run that reads the transcripts of another: what counts, what is loaded, what is kept."""

from datetime import date, timedelta
from pathlib import Path

from tagging.finding import Findings, Tier, TierTag
from warehouse.checks import run_checks
from warehouse.connect import fetch_rows, open_reading
from warehouse.lake import RunRef
from warehouse.load import build_warehouse, stale_nights
from warehouse.publish import publish
from warehouse.schema import tables

FIRST = date(2026, 11, 20)
SECOND = FIRST + timedelta(days=1)


def calm(call_id: str) -> Findings:
    """Today's lexicon finds nothing."""
    return Findings(call_id, (TierTag(Tier.NONE, 0.9, ()),))


def content(path: Path):
    with open_reading(path) as con:
        return {spec.name: sorted(map(repr, fetch_rows(con, f"FROM {spec.name}"))) for spec in tables()}


def ids(path: Path, sql: str):
    with open_reading(path) as con:
        return sorted(tuple(row.values()) for row in fetch_rows(con, sql))


def both_ways(lake, tmp_path, published):
    """The incremental build published, after making sure that a full one has the same rows."""
    build_warehouse(lake, published, tmp_path / "part.build")
    build_warehouse(lake, None, tmp_path / "full.build")
    assert content(tmp_path / "part.build") == content(tmp_path / "full.build")
    publish(tmp_path / "part.build", published)


def test_turns_of_the_nightly_run_and_findings_of_the_newest(lake, nights, call, tmp_path):
    published = tmp_path / "warehouse.duckdb"
    nights.night(FIRST, "r1", [call("a", FIRST), call("b", FIRST)])
    nights.night(SECOND, "r2", [call("c", SECOND)])
    both_ways(lake, tmp_path, published)
    assert len(ids(published, "SELECT call_id FROM taboo_hit")) == 3

    again = nights.retag(RunRef(FIRST, "r1"), "r3", calm)
    assert lake.newest_run(FIRST) == again == RunRef(FIRST, "r3", "r1")
    assert stale_nights(lake, published) == (FIRST,)
    both_ways(lake, tmp_path, published)
    assert ids(published, "SELECT call_id FROM taboo_hit") == [("c",)]
    assert ids(published, "SELECT call_id, run_id, tier FROM tier") == [
        ("a", "r3", "none"), ("b", "r3", "none"), ("c", "r2", "explicit"),
    ]  # fmt: skip
    assert ids(published, "SELECT DISTINCT night, run_id FROM turn") == [(FIRST, "r1"), (SECOND, "r2")]
    assert ids(published, "SELECT run_id, kind FROM run") == [
        ("r1", "nightly"), ("r2", "nightly"), ("r3", "retag"),
    ]  # fmt: skip
    assert ids(published, "SELECT run_id, transcript_run_id FROM loaded_run") == [("r2", "r2"), ("r3", "r1")]
    with open_reading(published) as con:
        assert [result.check for result in run_checks(con) if result.stops_publishing] == []


def test_tagging_again_twice_and_a_later_nightly_run(lake, nights, call, findings, tmp_path):
    published = tmp_path / "warehouse.duckdb"
    first = nights.night(FIRST, "r1", [call("a", FIRST)])
    second = nights.retag(first, "r2", calm)
    third = nights.retag(second, "r3", findings)
    assert third.transcripts == "r1", "a retag run reads turns, never another retag run"
    both_ways(lake, tmp_path, published)
    assert ids(published, "SELECT run_id FROM taboo_hit") == [("r3",)]
    assert [row["call_id"] for row in lake.read_rows("turn", third, ["call_id"])] == ["a", "a"]
    assert len(lake.read_rows("taboo_hit", first)) == 1, "old findings stay"

    nights.night(FIRST, "r4", [call("a", FIRST)])
    both_ways(lake, tmp_path, published)
    assert ids(published, "SELECT run_id, transcript_run_id FROM loaded_run") == [("r4", "r4")]


def test_a_retag_run_is_kept_as_long_as_the_run_it_reads(lake, nights, call):
    first = nights.night(FIRST, "r1", [call("a", FIRST)])
    nights.retag(first, "r2", calm)
    nights.retag(first, "r3", calm)
    assert lake.prune(FIRST, keep=1) == ()
    nights.night(FIRST, "r4", [call("a", FIRST)])
    assert lake.prune(FIRST, keep=2) == ()
    assert lake.prune(FIRST, keep=1) == ("r1", "r2", "r3")
    assert [path.stem for path in lake.root.rglob("*.parquet") if path.stem != "r4"] == []


def test_how_often_runs_found_things_stays_with_the_warehouse(lake, nights, call, tmp_path):
    published = tmp_path / "warehouse.duckdb"
    first = nights.night(FIRST, "r1", [call("a", FIRST)])
    both_ways(lake, tmp_path, published)
    nights.retag(first, "r2", calm)
    both_ways(lake, tmp_path, published)
    assert ids(published, "SELECT DISTINCT run_id FROM finding_count") == [("r1",), ("r2",)]
    lake.prune(FIRST, keep=1)
    nights.night(FIRST, "r3", [call("a", FIRST)])
    lake.prune(FIRST, keep=1)
    both_ways(lake, tmp_path, published)
    assert ids(published, "SELECT DISTINCT run_id FROM finding_count") == [("r3",)]
