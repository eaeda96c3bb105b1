"""How rules do on stored nights: coverage, overlap and conflict, as snorkel reports on labelling functions.

In: the published warehouse and nights. Out: one record per rule that fired. Edge.

Only stored findings count: a rule that gave way to another (of overlapping phrases the forbidden one stays)
left no trace, and a cause shows the rules that it was decided by.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from warehouse.connect import Connection, fetch_rows
from warehouse.schema import statement


@dataclass(frozen=True, slots=True)
class RuleUse:
    """One rule's use. Turns count once per rule.

    `alone_count`: turns on which no other rule of its tagger fired; `overlaps`: the rules that fired most
    often on its turns, with how often; `conflict_count`: turns on which it contradicts another finding;
    `judged_count` and `wrong_count`: its findings of any night that people judged, and called wrong.
    """

    tagger: str
    rule_id: str
    call_count: int
    turn_count: int
    alone_count: int
    last_night: date
    overlaps: tuple[tuple[str, int], ...]
    conflict_count: int
    judged_count: int = 0
    wrong_count: int = 0


@dataclass(frozen=True, slots=True)
class StoredUse:
    """Rules that fired, by tagger and id, among so many calls of so many nights."""

    rules: tuple[RuleUse, ...]
    call_count: int
    night_count: int


def rule_use(con: Connection, first: date, last: date) -> StoredUse:
    """Return the use of all rules over nights [first, last]."""
    nights: Mapping[str, object] = {"first": first, "last": last}
    con.execute(statement("make_rule_hit"), nights)
    overlaps: defaultdict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for row in fetch_rows(con, statement("rule_overlap")):
        overlaps[row["tagger"], row["rule_id"]].append((row["other_id"], row["turn_count"]))
    conflicts = {
        (row["tagger"], row["rule_id"]): row["turn_count"]
        for row in fetch_rows(con, statement("rule_conflict"))
    }
    judged = {
        (row["tagger"], row["rule_id"]): (row["judged_count"], row["wrong_count"])
        for row in fetch_rows(con, statement("rule_judged"))
    }
    counts = fetch_rows(con, statement("count_night_calls"), nights)[0]
    rules = tuple(
        RuleUse(
            **row,
            overlaps=tuple(overlaps[row["tagger"], row["rule_id"]]),
            conflict_count=conflicts.get((row["tagger"], row["rule_id"]), 0),
            judged_count=judged.get((row["tagger"], row["rule_id"]), (0, 0))[0],
            wrong_count=judged.get((row["tagger"], row["rule_id"]), (0, 0))[1],
        )
        for row in fetch_rows(con, statement("rule_use"))
    )
    return StoredUse(rules, counts["call_count"], counts["night_count"])
