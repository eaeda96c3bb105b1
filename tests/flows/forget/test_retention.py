"""What is older than [retention] says goes, whole nights at a time; anonymous counts stay."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from flows import forget_due
from flows.config import ConfigInvalid
from flows.forget import forget
from flows.night import only_one, read_drop_folder
from flows.publication import build, check_build
from flows.retention import drop_old_cases, plan_expired
from flows.status import backlog
from transcribe.errors import InboxError
from warehouse.lake import Lake
from warehouse.lake_traces import remove_old_cases, table_files
from warehouse.row_files import read_rows

FIRST, SECOND, UNHEARD = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)
# 32 days after the first night, as the clock in Shanghai says.
NOW = datetime(2026, 12, 19, 17, 0, tzinfo=UTC)


def keeping(world: Any, **days: Any) -> Any:
    kept = world.config.retention.model_copy(update=days)
    return replace(world, config=world.config.model_copy(update={"retention": kept}))


@pytest.fixture(scope="module")
def expired(make_world: Any) -> Any:
    """(world, plan, report): the first night went by age; what others rightly hold is not looked for."""
    world = keeping(make_world("expired"), transcripts_days=32)
    shutil.rmtree(world.data / "lake" / "_work" / "night=2026-11-20")
    for copy in (world.config.inbox_path / "2026-11-19").glob("again*"):
        copy.unlink()
    texts = ("紫檀木梳子", "plain-1", "plain-2", "target-marked")
    world = replace(world, texts=texts, sounds=world.sounds[:3])
    plan = plan_expired(world.config, NOW)
    return world, plan, forget(world.config, plan)


def test_nothing_is_kept_for_less_than_for_ever_unless_asked(built: Any) -> None:
    assert not any(plan_expired(built.config, NOW).counts.values())


@pytest.mark.parametrize(
    ("days", "gone"), [(33, ()), (32, (FIRST,)), (31, (FIRST, SECOND)), (1, (FIRST, SECOND))]
)
def test_age_is_counted_in_the_centres_days(built: Any, days: int, gone: tuple[date, ...]) -> None:
    plan = plan_expired(keeping(built, transcripts_days=days).config, NOW)
    assert plan.request.nights == gone
    assert UNHEARD not in plan.request.recording_nights, "what nobody heard yet is never deleted by age"


def test_a_night_goes_from_every_row_and_every_byte(expired: Any, search: Any) -> None:
    world, plan, report = expired
    assert (plan.counts["整夜的通话"], plan.counts["通话"]) == (1, 3)
    assert search.in_rows(world) == set()
    assert search.in_bytes(world) == set()
    assert [each for each in report.warnings if "失败" in each] == []
    assert [path.name for path in world.config.inbox_path.iterdir()] == ["2026-11-19", "2026-11-20"]
    assert not (world.data / "morning" / "2026-11-18.xlsx").exists()


def test_its_anonymous_counts_stay(expired: Any) -> None:
    world = expired[0]
    with duckdb.connect(str(world.config.warehouse_path), read_only=True) as con:
        told = con.execute(
            "SELECT DISTINCT finding, call_count FROM finding_count WHERE night = '2026-11-18'"
        )
        assert ("fees/annual_fee", 3) in told.fetchall()
        told = con.execute("SELECT scope, kind, call_count, call_hash FROM tombstone")
        assert told.fetchall() == [("night", "retention", 3, None)]
        assert con.execute("SELECT count(*) FROM call").fetchall() == [(1,)]
        assert con.execute("SELECT call_count FROM run WHERE night = '2026-11-18'").fetchall() == [(3,), (3,)]


def test_what_is_left_can_be_built_and_checked_again(expired: Any) -> None:
    world = expired[0]
    check_build(world.config, [], build(world.config, []))
    assert Lake(world.config.lake_path).nights() == (FIRST, SECOND)


def test_a_night_that_went_is_never_heard_again(expired: Any) -> None:
    world = expired[0]
    with pytest.raises(ConfigInvalid, match="保留期限"):
        read_drop_folder(world.config, FIRST, NOW)


def test_other_nights_cases_of_its_calls_go_too(expired: Any) -> None:
    """The pair of the second night named a call of the first."""
    path = next((expired[0].data / "lake" / "library_case" / "night=2026-11-19").glob("*.parquet"))
    assert [(row["case_id"], row["pair_key"]) for row in read_rows(path)] == [("c3", None)]


def test_nothing_is_left_to_do_afterwards(expired: Any) -> None:
    assert not any(plan_expired(expired[0].config, NOW).counts.values())


def test_recordings_alone_go_and_everything_heard_stays(world: Any, search: Any) -> None:
    world = keeping(world, recordings_days=32)
    before = {line for line in search.decoded(world.data) if "tombstone" not in line[0]}
    forget(world.config, plan_expired(world.config, NOW))
    assert not (world.config.inbox_path / "2026-11-18").exists()
    assert {line for line in search.decoded(world.data) if "tombstone" not in line[0]} == before
    assert not (world.data / "lake" / "_recordings" / "2026-11-18.json").exists()
    assert len(list((world.data / "pages" / "clips").rglob("*.ogg"))) == 3, "clips that were cut stay"
    with pytest.raises(InboxError, match="没有这个文件夹"):
        read_drop_folder(world.config, FIRST, NOW)
    assert backlog(world.config) == [UNHEARD]
    assert not any(plan_expired(world.config, NOW).counts.values())


def test_a_night_does_it_before_it_starts_unless_told_otherwise(world: Any) -> None:
    told: list[str] = []
    left_to_cron = keeping(world, recordings_days=32, with_nightly=False)
    forget_due.delete_first(left_to_cron.config, NOW, told.append)
    assert told == []
    by_night = keeping(world, recordings_days=32)
    with only_one(world.config):
        forget_due.delete_first(by_night.config, NOW, told.append)
    assert "另一个夜间任务正在运行" in told.pop(), "told, and no night is stopped by it"
    forget_due.delete_first(by_night.config, NOW, told.append)
    assert len(told) == 1
    assert "录音文件" in told[0]
    assert not (world.config.inbox_path / "2026-11-18").exists()


def test_cases_leave_when_their_library_keeps_them_no_longer(world: Any) -> None:
    """Cases and their clips' rows of the first night alone, in every run; calls and other nights stay."""
    lake = Lake(world.config.lake_path)
    assert drop_old_cases(world.config) == 0, "a day is nothing"
    assert remove_old_cases(lake, {"problem": FIRST, "comparison": FIRST}) == 3, "three runs list the case"
    left = [row["case_id"] for path in table_files(lake, "library_case") for row in read_rows(path)]
    clips = [row["case_id"] for path in table_files(lake, "clip") for row in read_rows(path)]
    assert sorted(left) == sorted(clips) == ["c2", "c3"]
    check_build(world.config, [], build(world.config, []))
