"""What people said: out as a sheet, back as rows, kept for good."""

import csv
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from warehouse.connect import fetch_rows, open_reading
from warehouse.errors import LabelsInvalid, WarehouseError
from warehouse.label_row import Choices
from warehouse.label_sheet import Delivery, filled_rows, label_rows, sheets_of
from warehouse.label_store import LabelStore, counted
from warehouse.label_targets import CASE, CAUSE, TABOO, targets_of
from warehouse.load import build_warehouse
from warehouse.sheets import read_filled, write_csv, write_sheets

NIGHT = date(2026, 11, 20)
CHOICES = Choices(
    {
        CAUSE: {"费用": ("fees", None), "费用/年费": ("fees", "annual_fee"), "流程": ("process", None)},
        TABOO: {"这种问题我们见得多了": ("seen_plenty",)},
        CASE: {"问题案例": ("problem",)},
    }
)
DELIVERY = Delivery("l.xlsx", "d1", "w1", datetime(2026, 11, 22, 8, 0))


@pytest.fixture
def targets(lake, nights, call):
    return targets_of(lake, nights.night(NIGHT, "r1", [call("a"), call("b")]))


def filled(path: Path, answers):
    """The exported file with what a person writes: {system's finding: (verdict, correct, note)}."""
    book = load_workbook(path)
    for page in book.worksheets:
        names = [cell.value for cell in page[1]]
        for row in page.iter_rows(min_row=2):
            by = dict(zip(names, row, strict=False))
            answer = answers.get(by["系统结论"].value) if "系统结论" in by else None
            for name, value in zip(("对不对", "正确结论", "备注"), answer or (), strict=False):
                by[name].value = value
    book.save(path)
    return filled_rows(path.name, read_filled(path))


def back(targets, rows, delivery=DELIVERY):
    return label_rows(rows, {each.target_id: each for each in targets}, CHOICES, delivery)


def test_a_workbook_goes_out_with_lists_and_comes_back(targets, tmp_path):
    path = tmp_path / "l.xlsx"
    write_sheets(path, sheets_of(targets, CHOICES))
    book = load_workbook(path)
    assert book.sheetnames == ["投诉原因", "禁语", "案例", "选项"]
    assert len(book["投诉原因"].data_validations.dataValidation) == 2
    assert book["选项"].sheet_state == "hidden"
    rows = filled(path, {"费用/年费": ("错", "流程", "看错了"), "这种问题我们见得多了": ("对", None, None)})
    made = back(targets, rows)
    assert [(r["call_id"], r["verdict"], r["corrected_top_cause"], r["note"]) for r in made[CAUSE]] == [
        ("a", "wrong", "process", "看错了"),
        ("b", "wrong", "process", "看错了"),
    ]
    assert {(r["phrase_id"], r["verdict"], r["labelled_by"]) for r in made[TABOO]} == {
        ("seen_plenty", "right", "w1")
    }
    assert made[CAUSE][0]["text"] == "我姓孙,电话***********,年费太高了!"


def test_a_csv_comes_back_too(targets, tmp_path):
    path = tmp_path / "l.csv"
    write_csv(path, sheets_of(targets, CHOICES))
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    lines[0]["对不对"] = "拿不准"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, lines[0].keys())
        writer.writeheader()
        writer.writerows(lines)
    made = back(targets, filled_rows(path.name, read_filled(path)))
    assert [row["verdict"] for rows in made.values() for row in rows] == ["unsure"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("对不对", "大概", "请填 对、错、拿不准 之一"),
        ("对不对", "", "请填 对、错、拿不准 之一"),
        ("正确结论", "天气", "请从下拉列表里选"),
        ("编号", "c-nothing", "没有这条结论"),
        ("通话", "b2", "没有这条结论"),
        ("夜", "前天", "不是日期"),
    ],
)
def test_a_bad_cell_is_named_with_its_place(targets, tmp_path, column, value, said):
    path = tmp_path / "l.xlsx"
    write_sheets(path, sheets_of(targets, CHOICES))
    rows = filled(path, {"这种问题我们见得多了": ("错", "不是禁语", None)})
    cells = dict(rows[0].cells) | {column: value}
    book = load_workbook(path)
    page = book["禁语"]
    names = [cell.value for cell in page[1]]
    page.cell(row=rows[0].number, column=names.index(column) + 1).value = value
    book.save(path)
    with pytest.raises(LabelsInvalid) as caught:
        back(targets, filled_rows(path.name, read_filled(path)))
    place = ("l.xlsx", "禁语", f"第 {rows[0].number} 行", column, repr(cells[column]))
    for part in (*place, said, "一条也没有导入"):
        assert part in str(caught.value)


def test_the_same_finding_twice_or_right_with_a_correction_is_refused(targets, tmp_path):
    path = tmp_path / "l.xlsx"
    write_sheets(path, sheets_of(targets, CHOICES))
    rows = filled(path, {"费用/年费": ("对", "流程", None)})
    with pytest.raises(LabelsInvalid, match="就不用填正确结论"):
        back(targets, rows)
    rows = filled(path, {"费用/年费": ("对", "", None)})
    with pytest.raises(LabelsInvalid, match="重复"):
        back(targets, [*rows, replace(rows[0], number=99)])


@pytest.mark.parametrize(("name", "text"), [("x.xlsx", "no book"), ("x.txt", "a"), ("gone.csv", None)])
def test_a_file_that_cannot_be_read_is_told(tmp_path, name, text):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(WarehouseError, match="请"):
        read_filled(tmp_path / name)


def test_importing_twice_adds_nothing_and_a_later_verdict_wins(lake, targets, tmp_path):
    path = tmp_path / "l.xlsx"
    write_sheets(path, sheets_of(targets, CHOICES))
    store = LabelStore(lake.root)
    wrong = filled(path, {"费用/年费": ("错", "流程", None)})
    assert store.add(back(targets, wrong)).added_count == 2
    assert store.add(back(targets, wrong)).added_count == 0
    later = DELIVERY.labelled_at + timedelta(days=1)
    saved_anew = replace(DELIVERY, digest="d2", labelled_at=later)
    assert store.add(back(targets, wrong, saved_anew)).added_count == 0, "saved again, nothing changed"
    right = filled(path, {"费用/年费": ("对", "", None)})
    assert store.add(back(targets, right, replace(DELIVERY, digest="d3", labelled_at=later))).added_count == 2
    assert store.add(back(targets, wrong)).added_count == 0, "the old file again overturns nothing"
    assert {row["verdict"] for row in counted(store.rows(CAUSE))} == {"right"}
    assert len(store.rows(CAUSE)) == 4
    other = replace(DELIVERY, labelled_by="w2")
    assert store.add(back(targets, wrong, other)).added_count == 2

    build_warehouse(lake, None, tmp_path / "w.build")
    with open_reading(tmp_path / "w.build") as con:
        rows = fetch_rows(con, "SELECT verdict, is_latest FROM verdict ORDER BY ALL")
        precision = fetch_rows(con, "FROM rule_precision")
    said = [(row["verdict"], row["is_latest"]) for row in rows]
    assert said == [("right", True)] * 2 + [("wrong", False)] * 2 + [("wrong", True)] * 2
    assert [(row["rule_id"], row["disputed_count"]) for row in precision] == [("annual_fee", 2)]


def test_two_writers_lose_nothing(lake, targets):
    """Each sees the store as it was before the other wrote, as two reviewers at once do."""
    one, other = LabelStore(lake.root), LabelStore(lake.root)
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    def say(number):
        rows = [row for row in targets if row.table == TABOO]
        delivery = replace(DELIVERY, digest=f"d{number}", labelled_by=f"w{number}")
        made = {
            TABOO: [
                {
                    **rows[0].row, "target_id": rows[0].target_id, "corrected_phrase_id": None,
                    "verdict": "right", "note": None, "labelled_by": delivery.labelled_by,
                    "labelled_at": delivery.labelled_at, "origin": "review", "source_file": None,
                    "source_digest": None, "label_id": f"l{number}", "stage": None,
                }
            ]
        }  # fmt: skip
        (one if number % 2 else other).add(made)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(say, range(24)))
    assert len(one.rows(TABOO)) == 24
    assert len(one.files(TABOO)) == 24
