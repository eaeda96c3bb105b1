"""How a call was handled, as numbers with their reasons.

In: rows of handling_score and score_part. Out: `ScoreView`, None where a call has no score. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.labels import Labels
from warehouse.pages.said import Said, label

Row = Mapping[str, Any]
ABILITIES = ("listening", "understanding", "resolving", "expression", "control", "learning", "detail")
BASE = "base"  # the part where every ability starts


@dataclass(frozen=True, slots=True)
class Part:
    """A reason: its title as quality managers say it, its points with sign, how often it counted."""

    title: str
    points: str
    is_good: bool
    time_count: int


@dataclass(frozen=True, slots=True)
class AbilityView:
    """One ability, 0 (bad) to 100 (good), with what added and what took away."""

    name: Said
    value: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ScoreView:
    """The weighted mean of the abilities, 0 to 100, and the abilities, weakest first."""

    total: int
    abilities: tuple[AbilityView, ...]


def score_view(scores: Sequence[Row], parts: Sequence[Row], labels: Labels) -> ScoreView | None:
    """Return the score of one call; None when it abstained or was never scored."""
    row = next((row for row in scores if row["total"] is not None), None)
    if row is None:
        return None
    views = [
        AbilityView(label(labels, "ability", ability), round(row[ability]), _parts(parts, ability))
        for ability in ABILITIES
        if row[ability] is not None
    ]
    return ScoreView(round(row["total"]), tuple(sorted(views, key=lambda view: view.value)))


def _parts(parts: Sequence[Row], ability: str) -> tuple[Part, ...]:
    own = [part for part in parts if part["ability"] == ability and part["part"] != BASE]
    return tuple(
        Part(part["title"], f"{part['points']:+g}", part["points"] > 0, part["time_count"])
        for part in sorted(own, key=lambda part: part["points"])
    )
