"""Verdicts as people write them: targets to sheets, and filled-in sheets to rows of the label tables. Pure.

In: targets and what may be chosen. Out: `Sheet`s; back: rows, or everything that is wrong with the cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from warehouse.errors import LabelsInvalid
from warehouse.label_row import VERDICTS, Choices, Opinion, Source, found_ids, label_row
from warehouse.label_targets import CASE, CAUSE, TABOO, Target
from warehouse.rows import Row
from warehouse.sheets import FilledSheet, Sheet

KEY, NIGHT, CALL, VERDICT, RIGHT, NOTE = "编号", "夜", "通话", "对不对", "正确结论", "备注"
COLUMNS = (KEY, NIGHT, CALL, "句", "秒", "系统结论", "原话", "规则", "方式", "把握", VERDICT, RIGHT, NOTE)
NEEDED = (KEY, NIGHT, CALL, VERDICT)
TITLES = {CAUSE: "投诉原因", TABOO: "禁语", CASE: "案例"}
_SHOWN_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where labels came from: file name and digest, who filled them in, when they arrived (UTC)."""

    file: str
    digest: str
    labelled_by: str
    labelled_at: datetime


@dataclass(frozen=True, slots=True)
class Filled:
    """One row that somebody judged: its place in the file, and its cells as texts."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    @property
    def night(self) -> date:
        return date.fromisoformat(self.cells[NIGHT][:10])


def sheets_of(targets: Sequence[Target], choices: Choices) -> list[Sheet]:
    """Return one sheet per kind of target, empty columns to fill in at the end."""
    return [
        Sheet(
            title=title,
            columns=COLUMNS,
            rows=tuple(_line(each, choices) for each in targets if each.table == table),
            choices={VERDICT: tuple(VERDICTS), RIGHT: choices.names(table)},
        )
        for table, title in TITLES.items()
    ]


def filled_rows(file: str, sheets: Sequence[FilledSheet]) -> list[Filled]:
    """Return the rows that have a verdict, a correction or a note.

    Raises:
        LabelsInvalid: a needed column is missing, or a row's key or night cannot be read.
    """
    problems: list[str] = []
    found: list[Filled] = []
    for sheet in sheets:
        missing = [name for name in NEEDED if name not in sheet.columns]
        if missing:
            names = "、".join(missing)
            problems.append(f"{file} 表「{sheet.title}」：缺少列 {names}；请用导出的文件填写，不要删列")
            continue
        for number, cells in sheet.rows:
            row = Filled(sheet.title, number, cells)
            if any(cells.get(name) for name in (VERDICT, RIGHT, NOTE)):
                problems += _identity_problems(file, row)
                found.append(row)
    _refuse(problems)
    return found


def label_rows(
    rows: Sequence[Filled], targets: Mapping[str, Target], choices: Choices, delivery: Delivery
) -> dict[str, list[Row]]:
    """Return the rows of every label table.

    Args:
        rows: what was filled in.
        targets: what the keys mean.
        choices: what may be chosen as correct.
        delivery: where the rows came from.

    Raises:
        LabelsInvalid: naming file, sheet, row, column, value and what to do for every bad cell.
    """
    problems: list[str] = []
    made: dict[str, list[Row]] = {table: [] for table in TITLES}
    seen: dict[str, Filled] = {}
    for row in rows:
        wrong = [*_cell_problems(delivery.file, row, targets, choices), *_twice(delivery.file, row, seen)]
        problems += wrong
        if not wrong:
            target = targets[row.cells[KEY]]
            made[target.table].append(_label_row(row, target, choices, delivery))
    _refuse(problems)
    return made


def _line(target: Target, choices: Choices) -> tuple[object, ...]:
    row = target.row
    return (
        target.target_id,
        str(row["night"]),
        row["call_id"],
        row.get("turn_index"),
        None if target.start_s is None else round(target.start_s, 1),
        choices.name_of(target.table, found_ids(target.table, row)),
        row.get("text", ""),
        row.get("rule_id"),
        target.match,
        None if target.confidence is None else round(target.confidence, 2),
        None,
        None,
        None,
    )


def _label_row(row: Filled, target: Target, choices: Choices, delivery: Delivery) -> Row:
    cells = row.cells
    opinion = Opinion(VERDICTS[cells[VERDICT]], cells.get(RIGHT, ""), cells.get(NOTE, ""))
    source = Source(
        delivery.labelled_by, delivery.labelled_at, "import", delivery.digest, delivery.file, delivery.digest
    )
    return label_row(target, opinion, choices, source)


def _identity_problems(file: str, row: Filled) -> list[str]:
    try:
        date.fromisoformat(row.cells.get(NIGHT, "")[:10])
    except ValueError:
        return [_problem(file, row, NIGHT, "不是日期；请照导出的文件，写成 2026-11-20")]
    empty = [name for name in (KEY, CALL) if not row.cells.get(name)]
    return [_problem(file, row, name, "不能为空；请照导出的文件") for name in empty]


def _cell_problems(file: str, row: Filled, targets: Mapping[str, Target], choices: Choices) -> list[str]:
    target = targets.get(row.cells[KEY])
    if target is None or target.row["call_id"] != row.cells[CALL]:
        where = KEY if target is None else CALL
        what = "这一夜的这通电话没有这条结论；请不要改编号、夜和通话，或重新导出"
        return [_problem(file, row, where, what)]
    problems: list[str] = []
    if row.cells.get(VERDICT, "") not in VERDICTS:
        problems.append(_problem(file, row, VERDICT, f"请填 {'、'.join(VERDICTS)} 之一"))
    right = row.cells.get(RIGHT, "")
    known = choices.names(target.table)
    if right and right not in known:
        problems.append(_problem(file, row, RIGHT, "不在可选的范围里；请从下拉列表里选"))
    elif right and row.cells.get(VERDICT) == "对":
        problems.append(_problem(file, row, RIGHT, "「对不对」填了对，就不用填正确结论；请留空，或改填错"))
    return problems


def _twice(file: str, row: Filled, seen: dict[str, Filled]) -> list[str]:
    first = seen.setdefault(row.cells[KEY], row)
    if first is row:
        return []
    return [_problem(file, row, KEY, f"与表「{first.sheet}」第 {first.number} 行重复；同一条结论只留一行")]


def _problem(file: str, row: Filled, column: str, what: str) -> str:
    value = row.cells.get(column, "")
    return f"{file} 表「{row.sheet}」第 {row.number} 行「{column}」列 {value!r}：{what}"


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        shown = "\n".join(problems[:_SHOWN_ERRORS])
        more = f"\n……还有 {len(problems) - _SHOWN_ERRORS} 处" if len(problems) > _SHOWN_ERRORS else ""
        raise LabelsInvalid(f"有 {len(problems)} 处填得不对，一条也没有导入：\n{shown}{more}")
