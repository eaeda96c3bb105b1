"""What people may judge: a run's causes, phrases and cases, and calls in which nothing was found.

In: a run of the lake. Out: `Target`s, each with the columns of its label table that say what was judged.
Edge: reads the run's files. A target's id tells the finding, not the run, so that a finding made again by a
later run keeps its verdicts.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from warehouse.lake import Lake, RunRef
from warehouse.rows import Row

CAUSE, TABOO, CASE = "cause_label", "taboo_verdict", "case_verdict"
# A whole call is judged by what its customer said first; a classifier reads no more of it anyway.
MAX_TEXT_CHARS = 200
_SAID_BY_CUSTOMER = ("customer", "unknown")
_TEXT_COLUMNS = ["call_id", "turn_index", "role", "text"]
_Texts = dict[str, dict[int, tuple[str, str]]]
# The first letter of a target's id, and the columns that tell it from others of its call.
_IDENTITY = {
    CAUSE: ("c", ("top_cause", "sub_cause", "source")),
    TABOO: ("t", ("turn_index", "char_start", "char_end", "phrase_id")),
    CASE: ("k", ("case_id",)),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to judge: `row` holds the columns of `table` that say what; `start_s`, `confidence` and
    `match` help to find and weigh it, None where they do not apply."""

    table: str
    target_id: str
    row: Row
    start_s: float | None = None
    confidence: float | None = None
    match: str | None = None


def targets_of(lake: Lake, run: RunRef, call_ids: Sequence[str] | None = None) -> list[Target]:
    """Return everything of a run that people may judge, by call; of all calls or of `call_ids`.

    Raises:
        WarehouseError: a file of the run is missing or damaged.
    """
    versions = _versions(lake, run)
    causes = lake.read_rows("cause_tag", run, None, call_ids)
    hits = lake.read_rows("taboo_hit", run, None, call_ids)
    cases = lake.read_rows("library_case", run, None, call_ids)
    calls = [row["call_id"] for row in lake.read_rows("call", run, ["call_id"], call_ids)]
    silent = sorted(set(calls) - {row["call_id"] for row in causes})
    texts = _texts(lake, run, sorted({row["call_id"] for row in causes} | set(silent)))
    found = [
        *(_of_cause(row, texts, versions) for row in causes),
        *(target for call_id in silent if (target := _of_silence(call_id, run, texts))),
        *(_of_hit(row, versions) for row in hits),
        *(_of_case(row) for row in cases),
    ]
    return sorted(found, key=lambda each: (each.table, str(each.row["call_id"]), each.target_id))


def target_id_of(table: str, row: Row) -> str:
    """Return the id of what `row` holds of a label table's columns: the same in every run that finds it."""
    kind, identity = _IDENTITY[table]
    if table == CAUSE and row["top_cause"] is None:
        return _digest(kind, row["call_id"], "none")
    return _digest(kind, row["call_id"], *(row[name] for name in identity))


def _digest(kind: str, *parts: object) -> str:
    return f"{kind}-{hashlib.sha256(chr(31).join(map(str, (kind, *parts))).encode()).hexdigest()[:14]}"


def _of_cause(row: Row, texts: _Texts, versions: dict[tuple[str, str], str]) -> Target:
    evidence = row["evidence"]
    first = evidence[0] if evidence else {}
    turns = dict.fromkeys(each["turn_index"] for each in evidence)
    said = texts.get(row["call_id"], {})
    text = "\n".join(said[turn][1] for turn in turns if turn in said)
    return Target(
        CAUSE,
        target_id_of(CAUSE, row),
        _where(row)
        | {name: row[name] for name in _IDENTITY[CAUSE][1]}
        | {name: first.get(name) for name in ("turn_index", "char_start", "char_end")}
        | {"text": text[:MAX_TEXT_CHARS]}
        | _rule("causes", first.get("rule_id"), versions),
        first.get("start_s"),
        row["confidence"],
        first.get("match"),
    )


def _of_silence(call_id: str, run: RunRef, texts: _Texts) -> Target | None:
    """A call in which no cause was found; None when its customer said nothing."""
    said = (text for role, text in texts.get(call_id, {}).values() if role in _SAID_BY_CUSTOMER)
    text = "\n".join(said)[:MAX_TEXT_CHARS]
    if not text:
        return None
    row: Row = {"call_id": call_id, "night": run.night, "run_id": run.run_id}
    nothing = ("top_cause", "sub_cause", "source", "turn_index", "char_start", "char_end")
    about = dict.fromkeys((*nothing, "rule_id", "rule_version"))
    return Target(CAUSE, target_id_of(CAUSE, row | about), row | about | {"text": text})


def _of_hit(row: Row, versions: dict[tuple[str, str], str]) -> Target:
    return Target(
        TABOO,
        target_id_of(TABOO, row),
        _where(row)
        | {name: row[name] for name in (*_IDENTITY[TABOO][1], "match")}
        | {"text": row["matched_text"]}
        | _rule("taboo", row["phrase_id"], versions),
        row["start_s"],
        row["confidence"],
        row["match"],
    )


def _of_case(row: Row) -> Target:
    about = {name: row[name] for name in ("case_id", "library_id")}
    return Target(CASE, target_id_of(CASE, row), _where(row) | about, row["focus_start_s"])


def _where(row: Row) -> Row:
    return {name: row[name] for name in ("call_id", "night", "run_id")}


def _rule(tagger: str, rule_id: str | None, versions: dict[tuple[str, str], str]) -> Row:
    return {"rule_id": rule_id, "rule_version": versions.get((tagger, rule_id or ""))}


def _versions(lake: Lake, run: RunRef) -> dict[tuple[str, str], str]:
    if not lake.path_of("rule", run).is_file():  # a run of before rules had versions
        return {}
    rows = lake.read_rows("rule", run, ["tagger", "rule_id", "version"])
    return {(row["tagger"], row["rule_id"]): row["version"] for row in rows}


def _texts(lake: Lake, run: RunRef, call_ids: Sequence[str]) -> _Texts:
    """{call_id: {turn_index: (role, masked text)}}."""
    rows = lake.read_rows("turn", run, _TEXT_COLUMNS, call_ids) if call_ids else []
    return {call_id: _by_turn(turns) for call_id, turns in groupby(rows, key=_call_id)}


def _by_turn(rows: Iterator[dict[str, Any]]) -> dict[int, tuple[str, str]]:
    return {row["turn_index"]: (row["role"], row["text"]) for row in rows}


def _call_id(row: Row) -> str:
    return str(row["call_id"])
