"""After a call is forgotten nothing of it is left: in no decoded row, in no byte below the data directory."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows import forget_places as places
from flows.forget import forget
from flows.forget_plan import Asked, plan_request
from flows.night import read_drop_folder
from transcribe.call import FaultReason
from transcribe.forgotten import trace_hash
from warehouse.lake import Lake
from warehouse.row_files import read_rows

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
MARKED, LATER, CUSTOMER = "marked-7f3a9c", "marked-later-51b2", "cst-5d1e-marked"
FIRST, SECOND, UNHEARD = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)


@pytest.fixture(scope="module")
def forgotten(make_world: Any) -> Any:
    """(world, plan, report) after all calls of a customer were forgotten: for tests that only look."""
    world = make_world("forgotten")
    plan = ask(world, customers=(CUSTOMER,), reason="客户来函")
    return world, plan, forget(world.config, plan)


@pytest.fixture(scope="module")
def one_gone(make_world: Any) -> Any:
    """The marked call alone was forgotten: for tests that only look."""
    world = make_world("one")
    plan = ask(world, MARKED, reason="客户来函 17 号")
    assert plan.request.call_ids == {MARKED, "again-from-elsewhere"}
    forget(world.config, plan)
    return world


def ask(world: Any, *call_ids: str, customers: tuple[str, ...] = (), reason: str | None = None) -> Any:
    return plan_request(world.config, Asked(call_ids, customers, reason), NOW)


def test_the_search_finds_everything_before(built: Any, search: Any) -> None:
    """Without this the next test would prove nothing."""
    files = search.in_bytes(built)
    for place in (
        "inbox/2026-11-18/manifest.csv",
        "inbox/2026-11-18/marked-7f3a9c.wav",
        "inbox/2026-11-18/marked-7f3a9c.wav.md5",
        "inbox/2026-11-19/again-from-elsewhere.wav",
        "inbox/2026-11-19/manifest.jsonl",
        "inbox/2026-11-20/manifest.csv",
        "lake/_recordings/2026-11-18.json",
        "lake/_work/night=2026-11-20/plan-0.json",
        "warehouse.duckdb",
        ".warehouse.duckdb.build",
        "pages/index.html",
        "morning/2026-11-18.xlsx",
        "packs/with/pack.json",
        "packs/with.zip",
        "prefect/prefect.db",
        "review.sqlite",
    ):
        assert place in files, place
    assert any(name.startswith("pages/case/") for name in files)
    assert any(name.startswith("pages/clips/") for name in files)
    rows = {where.split("/night=")[0] for where in search.in_rows(built)}
    assert {"lake/call", "lake/turn", "lake/run_failure", "lake/library_case", "lake/taboo_hit"} <= rows
    assert {"lake/clip", "warehouse.turn", "warehouse.cause_label", "warehouse.run_failure"} <= rows


def test_a_customers_calls_are_gone_from_every_row_and_every_byte(forgotten: Any, search: Any) -> None:
    world, plan, report = forgotten
    assert plan.counts["通话"] == 3, "the call, its copy under another name, and the one not heard yet"
    assert search.in_bytes(world) == set()
    assert search.in_rows(world) == set()
    assert report.counts["录音文件"] == 4
    assert report.counts["晨会包"] == 2
    assert [each for each in report.warnings if "失败" in each] == []
    assert not (world.data / "lake" / "_work" / "forget").exists()


def test_other_calls_are_untouched(forgotten: Any, built: Any, search: Any) -> None:
    world = forgotten[0]
    before, after = set(search.decoded(built.data)), set(search.decoded(world.data))
    is_gone = [*world.texts, "c3", "pair1"]
    kept = {line for line in before if not any(needle in line[1] for needle in is_gone)}
    assert kept <= after
    new = {where.split("/night=")[0] for where, _ in after - before}
    changed = {"warehouse.tombstone", "lake/library_case", "warehouse.library_case"}
    assert {where for where in new if not where.startswith("lake/tombstone/")} <= changed


def test_the_other_side_of_a_pair_stays_as_a_case_of_its_own(one_gone: Any) -> None:
    world = one_gone
    cases = read_rows(next((world.data / "lake" / "library_case" / "night=2026-11-19").glob("*.parquet")))
    assert [(row["case_id"], row["pair_key"], row["side"]) for row in cases] == [("c3", None, None)]
    assert len(list((world.data / "pages" / "case").glob("*.html"))) == 1
    assert list((world.data / "pages" / "pair").glob("*.html")) == []
    assert [path.stem for path in (world.data / "pages" / "clips").rglob("*.ogg")] == ["a3" + "0" * 14]


def test_manifests_keep_every_other_byte(forgotten: Any, built: Any) -> None:
    world = forgotten[0]
    inbox, before = world.config.inbox_path, built.config.inbox_path
    lines = (before / "2026-11-18" / "manifest.csv").read_bytes().split(b"\r\n")
    assert (inbox / "2026-11-18" / "manifest.csv").read_bytes() == b"\r\n".join(lines[:3] + lines[5:])
    assert (inbox / "2026-11-20" / "manifest.csv").read_bytes() == (
        "call_id,file,customer_id\nnew,new.wav,cst-0000-plain\n".encode("utf-8-sig")
    )
    first = (before / "2026-11-19" / "manifest.jsonl").read_bytes().split(b"\n")[0]
    assert (inbox / "2026-11-19" / "manifest.jsonl").read_bytes() == first + b"\n"


def test_only_the_one_call_when_only_it_is_asked_for(one_gone: Any) -> None:
    world = one_gone
    heard = read_drop_folder(world.config, UNHEARD, NOW)
    assert [recording.call_id for recording in heard.recordings] == [LATER, "new"]
    assert heard.recordings[0].customer_key == CUSTOMER
    assert not list(world.config.inbox_path.rglob("*marked-7f*"))


def test_tombstones_tell_that_and_not_what(one_gone: Any) -> None:
    world = one_gone
    with duckdb.connect(str(world.config.warehouse_path), read_only=True) as con:
        con.execute("SELECT scope, kind, night, call_count, reason, done_at >= requested_at FROM tombstone")
        rows = con.fetchall()
        con.execute("SELECT call_hash, recording_hash FROM tombstone")
        hashes = {each for row in con.fetchall() for each in row}
    assert sorted(rows) == [
        ("call", "request", night, 1, "客户来函 17 号", True) for night in (FIRST, SECOND)
    ]
    assert trace_hash(MARKED) in hashes
    assert len(hashes) == 3, "two names, one sound"


def test_a_recording_delivered_again_is_refused_and_named_nowhere(world: Any, built: Any) -> None:
    """Under its own id with other sound, and under another name with the same sound."""
    forget(world.config, ask(world, MARKED))
    again, original = world.config.inbox_path / "2026-11-20", built.config.inbox_path / "2026-11-18"
    (again / "other-name.wav").write_bytes((original / f"{MARKED}.wav").read_bytes())
    (again / "new-sound.wav").write_bytes((original / "plain-1.wav").read_bytes()[:-2000])
    with (again / "manifest.csv").open("a", encoding="utf-8") as file:
        file.write(f"{MARKED},new-sound.wav,{CUSTOMER}\n{MARKED},gone.wav,\n")
    heard = read_drop_folder(world.config, UNHEARD, NOW)
    assert [recording.call_id for recording in heard.recordings] == [LATER, "new"]
    refused = [fault for fault in heard.faults if fault.reason is FaultReason.FORGOTTEN]
    assert [(fault.call_id, fault.file) for fault in refused] == [(None, None)] * 3
    assert {fault.message.split(":")[0] for fault in refused} == {
        "清单",
        "清单第 4 行",
        "清单里没有的一个文件",
    }
    assert all("marked" not in fault.message for fault in heard.faults)
    assert len({fault.reason for fault in heard.faults}) == 1

    plan = ask(world, MARKED)
    assert (plan.unknown, plan.gone_before) == ((), ())
    forget(world.config, plan)
    assert sorted(path.name for path in again.iterdir()) == ["manifest.csv", f"{LATER}.wav", "new.wav"]


def test_a_name_that_is_nowhere_is_told_and_one_gone_before_is_known(built: Any, one_gone: Any) -> None:
    assert ask(built, "marked-7f3a9", MARKED).unknown == ("marked-7f3a9",)
    plan = ask(one_gone, MARKED)
    assert (plan.unknown, plan.gone_before) == ((), (MARKED,))
    assert not any(plan.counts.values())


def test_a_customer_stored_by_a_key_is_found_by_the_name_the_centre_uses(world: Any, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("不是真的密钥\n", encoding="utf-8")
    keyed = world.config.inbox.model_copy(
        update={"is_customer_id_pseudonymous": False, "customer_key_file": str(tmp_path / "key")}
    )
    config = world.config.model_copy(update={"inbox": keyed})
    key = read_drop_folder(config, FIRST, NOW).recordings[0].customer_key
    lake = Lake(config.lake_path)
    for path in (lake.root / "call" / "night=2026-11-18").glob("*.parquet"):
        rows = [row | {"customer_key": key if row["call_id"] == MARKED else None} for row in read_rows(path)]
        lake.write_rows("call", rows, path)
    (config.inbox_path / "2026-11-18" / "manifest.csv").unlink()
    plan = plan_request(config, Asked(customer_ids=("cst-0000-plain",)), NOW)
    assert MARKED in plan.request.call_ids, "found by its pseudonym alone"


def test_a_damaged_manifest_stops_before_anything_is_deleted(world: Any) -> None:
    path = world.config.inbox_path / "2026-11-20" / "manifest.csv"
    path.write_text(f'call_id,file\n{MARKED},"half', encoding="utf-8")
    before = sorted(world.data.rglob("*"))
    with pytest.raises(Exception, match=r"manifest\.csv 第 2 行"):
        ask(world, MARKED)
    assert sorted(world.data.rglob("*")) == before


def test_work_of_a_killed_night_stays_but_for_the_calls_shard(world: Any) -> None:
    places.forget_work(world.config, ask(world, LATER).request)
    work = world.data / "lake" / "_work" / "night=2026-11-20"
    assert [path.name for path in (work / "heard").iterdir()] == ["shard-n"]
    assert "shard-n" in (work / "plan-0.json").read_text("utf-8")
    assert "shard-m" not in (work / "plan-0.json").read_text("utf-8")


def test_nothing_happens_without_a_plan(world: Any) -> None:
    before = {path: path.stat().st_mtime_ns for path in world.data.rglob("*")}
    assert forget(world.config, None).request_count == 0
    assert {path: path.stat().st_mtime_ns for path in world.data.rglob("*")} == before


def test_an_id_that_begins_alike_is_left_alone(world: Any) -> None:
    """A fault of another call that mentions the forgotten one keeps all but its name."""
    path = next((world.data / "lake" / "run_failure" / "night=2026-11-19").glob("*.parquet"))
    row = read_rows(path)[0]
    Lake(world.config.lake_path).write_rows(
        "run_failure",
        [
            row,
            row | {"call_id": "x", "message": f"清单第 9 行: a.wav 已属于通话 {MARKED}, 与 {MARKED}0 不同"},
        ],
        path,
    )
    places.forget_rows(world.config, ask(world, MARKED).request)
    assert [(each["call_id"], each["message"]) for each in read_rows(path)] == [
        ("x", f"清单第 9 行: a.wav 已属于通话 {'*' * len(MARKED)}, 与 {MARKED}0 不同")
    ]


def test_replaced_parquet_keeps_its_own_columns(world: Any) -> None:
    """Files of before a column was added must not gain or lose one."""
    plan = ask(world, MARKED)
    path = next((world.data / "lake" / "turn" / "night=2026-11-18").glob("r1.parquet"))
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t AS SELECT * EXCLUDE (loudness_dbfs) FROM '{path}'")  # noqa: S608
        con.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    places.forget_rows(world.config, plan.request)
    rows = read_rows(path)
    assert {row["call_id"] for row in rows} == {"plain-1", "plain-2"}
    assert "loudness_dbfs" not in rows[0]


def test_a_plan_survives_its_note(world: Any) -> None:
    from flows.forget_request import note, pending  # noqa: PLC0415

    request = replace(ask(world, MARKED).request, nights=(FIRST,), recording_nights=(SECOND,))
    note(world.config, request)
    assert pending(world.config) == [request]
