"""Each rule's use on stored nights beside today's lexicons, so that rules that never hit show. Edge file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tagging.lexicon import LoadedLexicon
from tagging.lexicon_schema import RuleEntry
from warehouse.connect import open_reading
from warehouse.rule_use import RuleUse, StoredUse, rule_use
from warehouse.sheets import Sheet, write_any

COLUMNS = (
    "词库",
    "规则",
    "负责人",
    "命中通话",
    "占通话%",
    "命中句",
    "最近一夜",
    "独自命中%",
    "常同时命中",
    "冲突句",
    "人工判错",
    "说明",
)

# Classifiers and measured faults are no entries: classifier:1a2b3c4d, timing:interruption.
_MEASURED = ":"


@dataclass(frozen=True, slots=True)
class RuleReport:
    """One line per rule, in the order of COLUMNS: what hits most first, what never hit last."""

    rows: tuple[tuple[object, ...], ...]
    call_count: int
    night_count: int
    never_count: int


def report_rules(
    warehouse: Path, lexicons: Mapping[str, LoadedLexicon[RuleEntry]], first: date, last: date
) -> RuleReport:
    """Return the use of all of today's rules, and of stored ones that are no longer there.

    Raises:
        WarehouseError: there is no warehouse yet, or it cannot be read.
    """
    with open_reading(warehouse) as con:
        stored = rule_use(con, first, last)
    known = {(name, entry.id): entry for name, each in lexicons.items() for entry in each.entries}
    used = {(rule.tagger, rule.rule_id): rule for rule in stored.rules}
    hit = sorted(stored.rules, key=lambda rule: (rule.tagger, -rule.call_count, rule.rule_id))
    anywhere = {rule_id for _, rule_id in known}
    rows = [
        _row(rule, known.get((rule.tagger, rule.rule_id)), stored, is_elsewhere=rule.rule_id in anywhere)
        for rule in hit
    ]
    never = [
        (key, entry) for key, entry in sorted(known.items(), key=lambda pair: pair[0]) if key not in used
    ]
    rows += [
        (name, rule_id, entry.owner, 0, 0.0, 0, None, None, "", 0, "", "从未命中")
        for (name, rule_id), entry in never
    ]
    return RuleReport(tuple(rows), stored.call_count, stored.night_count, len(never))


def write_report(report: RuleReport, path: Path) -> None:
    """Write the report as .xlsx or .csv, whole or not at all.

    Raises:
        WarehouseError: another ending, or the file cannot be written.
    """
    write_any(path, [Sheet("词库使用情况", COLUMNS, report.rows)])


def _row(
    rule: RuleUse, entry: RuleEntry | None, stored: StoredUse, *, is_elsewhere: bool
) -> tuple[object, ...]:
    notes: list[str] = []
    if is_elsewhere and entry is None:
        notes.append("别的词库的规则，在这里作依据")
    elif entry is None and _MEASURED not in rule.rule_id:
        notes.append("现在的词库里没有")
    if rule.conflict_count:
        notes.append("与别的结论冲突")
    return (
        rule.tagger,
        rule.rule_id,
        entry.owner if entry else None,
        rule.call_count,
        _percent(rule.call_count, stored.call_count),
        rule.turn_count,
        rule.last_night.isoformat(),
        _percent(rule.alone_count, rule.turn_count),
        "、".join(f"{other} {count}" for other, count in rule.overlaps),
        rule.conflict_count,
        f"{rule.wrong_count}/{rule.judged_count}" if rule.judged_count else "",
        "；".join(notes),
    )


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
