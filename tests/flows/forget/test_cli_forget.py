"""`huiting forget` as an operator types it: asks first, tells counts, never a customer's data."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.config import ConfigInvalid

MARKED, CUSTOMER = "marked-7f3a9c", "cst-5d1e-marked"


@pytest.fixture
def typed(world: Any, tmp_path: Path) -> Any:
    config = tmp_path / "huiting.toml"
    config.write_text(f'data_dir = "{world.data}"\n[inbox]\nsettle_s = 0.0\n', encoding="utf-8")

    def run(*words: str, answer: str | None = None) -> Result:
        return CliRunner().invoke(app, ["forget", *words, "--config", str(config)], input=answer)

    return run


def files(world: Any) -> dict[Path, int]:
    left_out = ("lock", "_work")
    return {p: p.stat().st_mtime_ns for p in world.data.rglob("*") if p.name not in left_out}


def test_a_dry_run_tells_and_changes_nothing(typed: Any, world: Any) -> None:
    before = files(world)
    result = typed("--customer", CUSTOMER, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "要删除的" in result.output
    assert CUSTOMER not in result.output
    assert MARKED not in result.output
    assert files(world) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((MARKED,), "--yes"),
        (("nobody-0",), "没有找到 nobody-0，什么也没有删除"),
        ((MARKED, "nobody-0", "--yes"), "没有找到 nobody-0，什么也没有删除"),
        ((MARKED, "--expired", "--yes"), "只能用一种"),
    ],
)
def test_what_is_not_sure_is_not_done(typed: Any, world: Any, words: tuple[str, ...], message: str) -> None:
    before = files(world)
    result = typed(*words)
    assert isinstance(result.exception, ConfigInvalid)
    assert message in str(result.exception)
    assert files(world) == before


def test_it_is_done_and_told_in_counts(typed: Any, world: Any, search: Any) -> None:
    result = typed("--customer", CUSTOMER, "--yes", "--reason", "客户来函")
    assert result.exit_code == 0, result.output
    assert "已删除" in result.output
    assert "备份" in result.output, "what it cannot reach is told"
    assert "huiting train" in result.output, "verdicts went: the classifier still has learnt from them"
    assert all(text not in result.output for text in world.texts)
    assert search.in_bytes(world) == set()
    again = typed("--customer", CUSTOMER, "--yes")
    assert again.exit_code == 0
    assert "没有要删除的" in again.output
    once_more = typed(MARKED, "--yes")
    assert "1 个编号以前已经删除" in once_more.output


def test_without_an_id_it_goes_on_or_says_that_there_is_nothing(typed: Any) -> None:
    result = typed()
    assert result.exit_code == 0
    assert "没有要删除的" in result.output


def test_nothing_is_too_old_by_default(typed: Any) -> None:
    result = typed("--expired", "--yes")
    assert result.exit_code == 0, result.output
    assert "没有要删除的" in result.output
