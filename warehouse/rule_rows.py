"""The rules that could find something in a run, as rows of `rule`. Pure."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from tagging.rule_record import RuleRecord
from warehouse.rows import Row


def rule_rows(rules: Iterable[RuleRecord], night: date, run_id: str) -> list[Row]:
    """Rows of `rule`: what could find something in a run."""
    return [asdict(rule) | {"night": night, "run_id": run_id} for rule in rules]
