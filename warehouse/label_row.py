"""One person's word on one target as a row of its label table. Pure.

In: a target, an opinion as people write it, who said it when and where it came from. Out: the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from warehouse.label_store import label_id
from warehouse.label_targets import CASE, CAUSE, TABOO, Target
from warehouse.rows import Row

VERDICTS = {"对": "right", "错": "wrong", "拿不准": "unsure"}
NOTHING = {CAUSE: "没有不满", TABOO: "不是禁语", CASE: "不入选"}
# What a chosen correction fills in, per table: the columns in the order of the choice's ids.
CORRECTED = {
    CAUSE: ("corrected_top_cause", "corrected_sub_cause"),
    TABOO: ("corrected_phrase_id",),
    CASE: ("corrected_library_id",),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """Per label table what people may choose as correct: {what they read: the ids it means}."""

    by_table: Mapping[str, Mapping[str, tuple[str | None, ...]]]

    def name_of(self, table: str, ids: tuple[str | None, ...]) -> str:
        """What people read for ids; the ids themselves when the lexicon has dropped them."""
        if ids and ids[0] == "none":
            return NOTHING[table]
        for name, meant in self.by_table[table].items():
            if meant == ids:
                return name
        return "/".join(each for each in ids if each)

    def names(self, table: str) -> tuple[str, ...]:
        """Everything that may be chosen as correct, nothing at all first."""
        return (NOTHING[table], *self.by_table[table])


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person says: right, wrong or unsure; `correct` is one of `Choices.names`, "" when not said."""

    verdict: str
    correct: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Who said it, when (UTC), and where it came from.

    Attributes:
        labelled_by: as the centre names people.
        labelled_at: UTC, without a zone.
        origin: `import` or `review`.
        delivery: what goes into the row's id: the file's digest, or the form's one-time id.
        file: name of the imported file, None for a click.
        digest: sha256 of the imported file, None for a click.
        stage: None or `review`, `appeal`, `final`.
    """

    labelled_by: str
    labelled_at: datetime
    origin: str
    delivery: str
    file: str | None = None
    digest: str | None = None
    stage: str | None = None


def label_row(target: Target, opinion: Opinion, choices: Choices, source: Source) -> Row:
    """Return the row of `target.table`; a `correct` that is no choice is as if it were not said."""
    names = CORRECTED[target.table]
    nothing = "none" if opinion.correct == NOTHING[target.table] else None
    ids = choices.by_table[target.table].get(opinion.correct, (nothing, *(None,) * (len(names) - 1)))
    made: Row = {
        **target.row,
        "target_id": target.target_id,
        **dict(zip(names, ids, strict=True)),
        "verdict": opinion.verdict,
        "note": opinion.note or None,
        "labelled_by": source.labelled_by,
        "labelled_at": source.labelled_at,
        "origin": source.origin,
        "source_file": source.file,
        "source_digest": source.digest,
        "stage": source.stage,
    }
    return made | {"label_id": label_id(target.table, made, source.delivery)}


def found_ids(table: str, row: Row) -> tuple[str | None, ...]:
    """Return the ids of what was found, in the order of `Choices`; ("none", None) where nothing was."""
    if table == CAUSE:
        return (row["top_cause"] or "none", row["sub_cause"])
    return (row["phrase_id" if table == TABOO else "library_id"],)
