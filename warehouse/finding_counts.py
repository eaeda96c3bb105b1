"""How often a run found what: the rows by which runs of a night are compared.

In: a run whose findings lie in the lake. Out: rows of `finding_count`. Edge: reads the run's files.
"""

from dataclasses import dataclass
from datetime import datetime

from warehouse.connect import DatabaseError, explained, fetch_rows, open_memory
from warehouse.lake import Lake, RunRef
from warehouse.rows import Row
from warehouse.schema import statement

_COUNTED = ("cause_tag", "taboo_hit", "behaviour", "escalation", "customer_type", "tier")


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What findings were made with, and when (UTC, without zone)."""

    kind: str
    tagged_at: datetime
    lexicon_digest: str
    classifier_digest: str | None


def finding_counts(lake: Lake, run: RunRef, made: MadeWith) -> list[Row]:
    """Return the rows of a run whose findings are all in the lake.

    Raises:
        WarehouseError: when one of its files is missing or damaged.
    """
    calls = len(lake.read_rows("call", run, ["call_id"]))
    with open_memory() as memory:
        try:
            found = fetch_rows(
                memory,
                statement("count_findings"),
                {table: str(lake.path_of(table, run)) for table in _COUNTED},
            )
        except DatabaseError as err:
            raise explained(err, lake.root) from err
    about: Row = {
        "night": run.night,
        "run_id": run.run_id,
        "kind": made.kind,
        "tagged_at": made.tagged_at,
        "lexicon_digest": made.lexicon_digest,
        "classifier_digest": made.classifier_digest,
        "night_call_count": calls,
    }
    return [about | row for row in found]
