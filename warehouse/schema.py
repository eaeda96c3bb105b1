"""What the warehouse consists of, discovered from its folders of SQL.

In: `tables/<table>/table.sql` + `checks.sql`, `marts/<mart>/view.sql` + `checks.sql`, `sql/*.sql`.
Out: frozen specs in a stable order. Edge (reads the package's own files, once).

A table.sql opens with two lines: `-- rows: call | run | history | case | label | tombstone | warehouse` tells
who owns its rows, `-- order: a, b` the columns its files are sorted by; `-- stage: heard` says that only a
nightly run writes it. A view.sql may open with `-- needs: other_mart`. A checks.sql may open with
`-- shared: a, b`: the checks of `shared_checks/<name>.sql`, with `__table__` filled in, are its own.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from warehouse.errors import WarehouseError

_HERE = Path(__file__).resolve().parent
_DIRECTIVE = re.compile(r"^-- (?P<key>rows|order|needs|stage|shared): (?P<value>.+)$", re.MULTILINE)


class RowOwner(StrEnum):
    """What a table's rows hang on, and so how nights replace each other.

    `call`: rows of one call, dropped when a later night delivers the call again. `run`: rows of the night
    itself. `history`: rows of a run that stay when a newer run of the night counts. `case`: rows chosen from
    the whole warehouse, reloaded in full. `label`: what people said, kept beside the runs, reloaded in full.
    `tombstone`: what was deleted for good, kept and reloaded likewise. `warehouse`: bookkeeping, not in the
    lake.
    """

    CALL = "call"
    RUN = "run"
    HISTORY = "history"
    CASE = "case"
    LABEL = "label"
    TOMBSTONE = "tombstone"
    WAREHOUSE = "warehouse"


class Stage(StrEnum):
    """Which runs write a table: `heard` a nightly run alone, `found` a retag run too."""

    HEARD = "heard"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: its DDL with comments, its checks, whose rows it holds, how it is sorted, who writes it."""

    name: str
    ddl: str
    checks: str
    owner: RowOwner
    order: tuple[str, ...]
    stage: Stage


@dataclass(frozen=True, slots=True)
class MartSpec:
    """One mart: its view with comments, its checks and the marts it reads."""

    name: str
    ddl: str
    checks: str
    needs: tuple[str, ...]


@lru_cache(maxsize=1)
def tables() -> tuple[TableSpec, ...]:
    """All tables, by name.

    Raises:
        WarehouseError: when a folder lacks table.sql, checks.sql or a directive.
    """
    return tuple(_table_spec(folder) for folder in _folders(_HERE / "tables"))


def table_spec(name: str) -> TableSpec:
    """The table called `name`.

    Raises:
        WarehouseError: when there is none.
    """
    for spec in tables():
        if spec.name == name:
            return spec
    known = ", ".join(spec.name for spec in tables())
    raise WarehouseError(f"table {name}: unknown, add a folder warehouse/tables/{name} (known: {known})")


def lake_tables() -> tuple[TableSpec, ...]:
    """The tables of which a run has a file in the lake."""
    beside = (RowOwner.WAREHOUSE, RowOwner.LABEL, RowOwner.TOMBSTONE)
    return tuple(spec for spec in tables() if spec.owner not in beside)


def label_tables() -> tuple[TableSpec, ...]:
    """The tables of what people said, kept in the lake beside the runs."""
    return tuple(spec for spec in tables() if spec.owner is RowOwner.LABEL)


@lru_cache(maxsize=1)
def marts() -> tuple[MartSpec, ...]:
    """All marts, each after those it needs.

    Raises:
        WarehouseError: when a folder lacks view.sql or checks.sql, or needs go in a circle.
    """
    waiting = [_mart_spec(folder) for folder in _folders(_HERE / "marts")]
    ordered: list[MartSpec] = []
    while waiting:
        done = {mart.name for mart in ordered}
        ready = [mart for mart in waiting if done.issuperset(mart.needs)]
        if not ready:
            names = ", ".join(mart.name for mart in waiting)
            raise WarehouseError(f"marts {names}: '-- needs:' names an unknown mart or goes in a circle")
        ordered += ready
        waiting = [mart for mart in waiting if mart not in ready]
    return tuple(ordered)


@lru_cache(maxsize=1)
def schema_digest() -> str:
    """sha256 (hex) of all table and view definitions: another digest means a full rebuild."""
    digest = hashlib.sha256()
    for spec in (*tables(), *marts()):
        digest.update(spec.name.encode() + b"\0" + spec.ddl.encode() + b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=64)
def statement(name: str) -> str:
    """The SQL of `warehouse/sql/<name>.sql`."""
    return (_HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith(("_", ".")))


def _read(path: Path) -> str:
    if not path.is_file():
        raise WarehouseError(f"{path}: missing; every table and mart folder needs it")
    return path.read_text(encoding="utf-8")


def read_checks(folder: Path) -> str:
    """The checks of a table's or mart's folder, those that it shares with others filled in at the end.

    Raises:
        WarehouseError: it has no checks.sql, or shares a check that is not there.
    """
    text = _read(folder / "checks.sql")
    shared = [_shared_check(folder, name) for name in _names(_directives(text).get("shared"))]
    return "\n".join([text, *shared])


def _shared_check(folder: Path, name: str) -> str:
    path = _HERE / "shared_checks" / f"{name}.sql"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.sql")))
        raise WarehouseError(f"{folder / 'checks.sql'}: '-- shared: {name}' is unknown (known: {known})")
    return path.read_text(encoding="utf-8").replace("__table__", folder.name)


def _directives(text: str) -> dict[str, str]:
    return {match["key"]: match["value"].strip() for match in _DIRECTIVE.finditer(text)}


def _names(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",")) if value else ()


def _table_spec(folder: Path) -> TableSpec:
    ddl = _read(folder / "table.sql")
    found = _directives(ddl)
    if found.get("rows") not in set(RowOwner) or "order" not in found:
        raise WarehouseError(
            f"{folder / 'table.sql'}: needs '-- rows: {'|'.join(RowOwner)}' and '-- order: ...'"
        )
    return TableSpec(
        name=folder.name,
        ddl=ddl,
        checks=read_checks(folder),
        owner=RowOwner(found["rows"]),
        order=_names(found["order"]),
        stage=Stage(found.get("stage", Stage.FOUND)),
    )


def _mart_spec(folder: Path) -> MartSpec:
    ddl = _read(folder / "view.sql")
    return MartSpec(
        name=folder.name,
        ddl=ddl,
        checks=read_checks(folder),
        needs=_names(_directives(ddl).get("needs")),
    )
