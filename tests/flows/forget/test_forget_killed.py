"""Killed after every step in turn, and in the middle of steps, the next command goes on and ends the same."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.forget import forget
from flows.forget_due import delete_due
from flows.forget_plan import Asked, plan_request
from flows.forget_request import pending
from flows.night import only_one
from warehouse.errors import WarehouseError
from warehouse.tombstones import TombstoneStore

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
CUSTOMER = "cst-5d1e-marked"
STEPS = (
    "note", "tombstone", "录音文件", "片段", "未完成的夜间任务", "人工意见", "晨会包", "数据湖里的行",
    "finish", "warehouse", "pages", "sheets", "history",
)  # fmt: skip
ROOT = Path(__file__).resolve().parents[3]
# Ends the process, with nothing cleaned up, when the given call that changes files is reached.
KILLED = """
import json, os, shutil, sys
from pathlib import Path
from flows.config import Config
from flows.forget import forget
from flows.night import only_one
left = [int(sys.argv[2])]
def counting(function):
    def call(*args, **kwargs):
        left[0] -= 1
        if not left[0]:
            os._exit(9)
        return function(*args, **kwargs)
    return call
os.replace, os.unlink = counting(os.replace), counting(os.unlink)
shutil.rmtree = counting(shutil.rmtree)
config = Config.model_validate_json(Path(sys.argv[1]).read_text("utf-8"), strict=False)
with only_one(config):
    forget(config, None)
"""


class Killed(Exception):
    pass


def plan_of(world: Any) -> Any:
    return plan_request(world.config, Asked(customer_ids=(CUSTOMER,)), NOW)


def state(world: Any, search: Any) -> tuple[list[str], list[Any]]:
    """Every file's name, and every decoded row, without what each request has of its own."""
    requests = {path.stem for path in TombstoneStore(world.config.lake_path).files()}
    names = [str(path.relative_to(world.data)) for path in world.data.rglob("*") if path.is_file()]
    names = [name for name in names if Path(name).stem not in requests and name != "prefect/in_use"]
    rows = [each for each in search.decoded(world.data) if "tombstone" not in each[0]]
    return sorted(names), sorted(rows)


@pytest.fixture(scope="module")
def left_alone(make_world: Any, search: Any) -> Any:
    world = make_world("alone")
    done: list[str] = []
    with only_one(world.config):
        forget(world.config, plan_of(world), done.append)
    assert done == [*STEPS, "close"]
    return state(world, search)


def test_killed_after_every_step_in_turn(make_world: Any, left_alone: Any, search: Any) -> None:
    """One request, killed thirteen times: after its first step, then after its second, and so on."""
    world = make_world("killed")
    plan = plan_of(world)
    for last in STEPS:

        def stop(step: str, last: str = last) -> None:
            if step == last:
                raise Killed(step)

        with pytest.raises(Killed), only_one(world.config):
            forget(world.config, plan, stop)
        plan = None
        assert len(pending(world.config)) == 1, "the request must not be lost"
    assert len(list(delete_due(world.config, NOW))) == 1, "the next night goes on by itself"
    assert pending(world.config) == []
    assert state(world, search) == left_alone
    assert search.in_bytes(world) == set()
    rows = TombstoneStore(world.config.lake_path).rows()
    assert len({row["tombstone_id"] for row in rows}) == len(rows) == 3
    assert all(row["done_at"] for row in rows)


def test_ended_without_warning_in_the_middle_of_steps(
    make_world: Any, left_alone: Any, search: Any, tmp_path: Path
) -> None:
    """The process is gone between two changes of files, twice, the second time further on."""
    world = make_world("ended")
    with pytest.raises(Killed), only_one(world.config):
        forget(world.config, plan_of(world), _stop_at_once)
    config = tmp_path / "config.json"
    config.write_text(world.config.model_dump_json(), encoding="utf-8")
    for at in (5, 45):
        command = [sys.executable, "-c", KILLED, str(config), str(at)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=120)
        assert ended.returncode == 9, ended.stderr.decode()
    list(delete_due(world.config, NOW))
    assert state(world, search) == left_alone
    assert search.in_bytes(world) == set()


def _stop_at_once(step: str) -> None:
    raise Killed(step)


def test_what_cannot_be_deleted_keeps_the_request(world: Any, search: Any) -> None:
    """A manifest that somebody breaks meanwhile: told, nothing lost, done when it is mended."""
    plan = plan_of(world)
    manifest = world.config.inbox_path / "2026-11-20" / "manifest.csv"
    content = manifest.read_bytes()
    manifest.write_bytes(content + b'"half')
    with pytest.raises(Exception, match=r"manifest\.csv"), only_one(world.config):
        forget(world.config, plan)
    assert len(pending(world.config)) == 1
    manifest.write_bytes(content)
    list(delete_due(world.config, NOW))
    assert search.in_bytes(world) == set()


def test_two_requests_that_were_killed_are_done_together(make_world: Any, search: Any) -> None:
    world = make_world("two")
    for call_id in ("marked-7f3a9c", "marked-later-51b2"):
        plan = plan_request(world.config, Asked((call_id,)), NOW)
        with pytest.raises(Killed), only_one(world.config):
            forget(world.config, plan, _stop_at_once)
    built: list[str] = []
    with only_one(world.config):
        report = forget(world.config, None, built.append)
    assert report.request_count == 2
    assert built.count("warehouse") == 1, "the warehouse is built once"
    assert {hit for hit in search.in_bytes(world) if "manifest" not in hit} == set()


def test_nobody_forgets_while_a_night_runs(world: Any) -> None:
    with pytest.raises(Killed), only_one(world.config):
        forget(world.config, plan_of(world), _stop_at_once)
    with only_one(world.config), pytest.raises(WarehouseError, match="另一个夜间任务正在运行"):
        list(delete_due(world.config, NOW))
    assert len(pending(world.config)) == 1


def test_the_note_is_no_secret_kept_for_ever(world: Any) -> None:
    """It is readable JSON while it waits, so that an operator can see what is pending."""
    with pytest.raises(Killed), only_one(world.config):
        forget(world.config, plan_of(world), _stop_at_once)
    (note,) = (world.data / "lake" / "_work" / "forget").glob("*.json")
    assert CUSTOMER in json.loads(note.read_text("utf-8"))["customer_ids"]
