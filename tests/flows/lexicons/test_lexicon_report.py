"""`huiting lexicon report` over a small warehouse: coverage, overlap, conflict, what never hit."""

import csv

import openpyxl
import pytest

from flows.lexicon_report import RuleReport, write_report
from warehouse.errors import WarehouseError


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["词库"], row["规则"]): row for row in csv.DictReader(file)}


def test_coverage_conflict_and_what_never_hit(stored, tmp_path):
    code, output = stored.lexicon("report", "--out", tmp_path / "rules.csv")
    assert code == 0, output
    assert "2 夜，4 通电话" in output
    rows = rows_of(tmp_path / "rules.csv")
    rude = rows["taboo", "not_our_business"]
    assert (rude["命中通话"], rude["占通话%"], rude["命中句"]) == ("1", "25.0", "1")
    assert (rude["最近一夜"], rude["独自命中%"]) == ("2026-11-19", "100.0")
    assert rude["人工判错"] == "1/1"
    fee = rows["causes", "annual_fee"]
    assert (fee["冲突句"], fee["独自命中%"], fee["常同时命中"]) == ("1", "0.0", "signal 1")
    assert rows["taboo", "child_would_know"]["说明"] == "从未命中"
    assert sum(1 for key in rows if key == ("taboo", "not_our_business")) == 1


def test_only_the_nights_that_are_asked_for_as_a_workbook(stored, tmp_path):
    code, output = stored.lexicon("report", "--to", "2026-11-18", "--out", tmp_path / "rules.xlsx")
    assert code == 0, output
    sheet = openpyxl.load_workbook(tmp_path / "rules.xlsx").active
    rows = {(row[0], row[1]): row for row in sheet.iter_rows(values_only=True)}
    assert rows["taboo", "not_our_business"][-1] == "从未命中"


def test_another_ending_is_told(tmp_path):
    with pytest.raises(WarehouseError, match=r"\.xlsx"):
        write_report(RuleReport((), 0, 0, 0), tmp_path / "rules.doc")
