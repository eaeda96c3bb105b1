"""What the folder of a library may say, and the labels that fill its reasons."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from warehouse.connect import Connection, open_memory
from warehouse.errors import LibraryInvalid
from warehouse.labels import load_labels
from warehouse.libraries import CASES_DIR, load_libraries, select_cases
from warehouse.schema import marts, tables

NIGHT = date(2026, 11, 20)
ONE_CALL = """
INSERT INTO call (
    call_id, night, call_date, run_id, recording_digest, recognition_key, duration_s, size_bytes, file_count,
    channel_roles
) VALUES ('call', ?, ?, 'run', 'digest', 'key', 60, 1, 1, ['agent', 'customer'])
"""


@pytest.fixture
def con() -> Iterator[Connection]:
    """A warehouse with one call and nothing found in it."""
    with open_memory() as con:
        for table in (*tables(), *marts()):
            con.execute(table.ddl)
        con.execute(ONE_CALL, [NIGHT, NIGHT])
        yield con


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(("quota:", "quotas:"), "未知的键 quotas, 是不是想写 quota", id="unknown key"),
        pytest.param(("title: 优秀案例", ""), "缺少 title", id="missing"),
        pytest.param(("quota: 12", "quota: many"), "quota = 'many'", id="wrong type"),
        pytest.param(("quota: 12", "quota: 0"), "quota = 0", id="out of range"),
        pytest.param(
            ("is_agent_named: true", "is_agent_named: 'yes'"), "is_agent_named = 'yes'", id="loose bool"
        ),
        pytest.param(("min_clip_s: 20.0", "min_clip_s: 95.0"), "min_clip_s", id="min above max"),
        pytest.param(("order: 10", "order: 10\norder: 11"), "order 写了两次", id="twice"),
        pytest.param(("title: 优秀案例", "title: [优秀"), "不是合法的 YAML", id="no yaml"),
    ],
)
def test_a_damaged_library_names_file_key_and_value(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    shutil.copytree(CASES_DIR / "excellent", tmp_path / "excellent")
    file = tmp_path / "excellent" / "library.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(LibraryInvalid, match=message) as refused:
        load_libraries(tmp_path)
    assert str(file) in str(refused.value)


def test_missing_files_and_odd_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryInvalid, match="不存在"):
        load_libraries(tmp_path / "nowhere")
    shutil.copytree(CASES_DIR / "excellent", tmp_path / "excellent")
    (tmp_path / "excellent" / "select.sql").unlink()
    with pytest.raises(LibraryInvalid, match="缺少这个文件"):
        load_libraries(tmp_path)
    shutil.rmtree(tmp_path / "excellent")
    shutil.copytree(CASES_DIR / "excellent", tmp_path / "Excellent Cases")
    with pytest.raises(LibraryInvalid, match="只能用小写字母"):
        load_libraries(tmp_path)


def test_a_library_is_a_folder(con: Connection, tmp_path: Path) -> None:
    shutil.copytree(CASES_DIR, tmp_path / "cases")
    folder = tmp_path / "cases" / "warm_words"
    shutil.copytree(CASES_DIR / "excellent", folder)
    (folder / "select.sql").write_text(
        "SELECT call_id, 1.0 AS score, '很暖' AS reason, 0.0 AS focus_start_s, 9.0 AS focus_end_s,"
        " NULL AS pair_key, NULL AS side FROM call WHERE night = $night LIMIT $quota",
        encoding="utf-8",
    )
    libraries = load_libraries(tmp_path / "cases")
    assert len(libraries) == len(load_libraries(CASES_DIR)) + 1
    assert [(c.library_id, c.reason) for c in select_cases(con, libraries, NIGHT)] == [("warm_words", "很暖")]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        pytest.param("SELEC 1", "查询无法执行", id="syntax"),
        pytest.param("SELECT 'call' AS call_id", "返回的列与案例不符", id="columns"),
        pytest.param(("'call'", "1.0", "NULL", "0.0", "1.0", "NULL", "NULL"), "reason 为空", id="no reason"),
        pytest.param(
            ("'call'", "1.0", "'r'", "5.0", "1.0", "NULL", "NULL"), "focus_start_s <= focus_end_s", id="focus"
        ),
        pytest.param(("'call'", "1.0", "'r'", "0.0", "1.0", "'p'", "'left'"), "side 只能是", id="side"),
        pytest.param(
            ("'call'", "1.0", "'r'", "0.0", "1.0", "'p'", "'good'"), "恰好一行 good", id="half a pair"
        ),
        pytest.param(
            ("'ghost'", "1.0", "'r'", "0.0", "1.0", "NULL", "NULL"), "不在表 call", id="unknown call"
        ),
    ],
)
def test_a_select_that_returns_nonsense_is_refused(
    con: Connection, tmp_path: Path, sql: str | tuple[str, ...], message: str
) -> None:
    names = ("call_id", "score", "reason", "focus_start_s", "focus_end_s", "pair_key", "side")
    text = (
        sql
        if isinstance(sql, str)
        else "SELECT " + ", ".join(f"{v} AS {n}" for v, n in zip(sql, names, strict=True))
    )
    shutil.copytree(CASES_DIR / "excellent", tmp_path / "odd")
    (tmp_path / "odd" / "select.sql").write_text(text, encoding="utf-8")
    with pytest.raises(LibraryInvalid, match=message):
        select_cases(con, load_libraries(tmp_path), NIGHT)


def test_labels_fill_slots_and_leave_the_rest() -> None:
    labels = load_labels({"cause": {"parking": "停车费"}})
    assert (
        labels.fill("{cause:parking}、{cause:annual_fee}、{cause:unheard_of}、{x}")
        == "停车费、年费、unheard_of、{x}"
    )
    assert labels.of("tier", None) == ""


def test_the_shipped_libraries_come_in_their_order() -> None:
    libraries = load_libraries(CASES_DIR)
    assert [entry.library_id for entry in libraries] == [
        "excellent",
        "problem",
        "comparison",
        "escalated_difficult",
        "service_touched_customer",
        "customer_touched_agent",
    ]
    assert all(20 <= entry.min_clip_s < entry.max_clip_s <= 90 for entry in libraries)
