"""What was found in a given call, as the row that other systems read. Pure.

In: a `GivenCall` and its `Findings`. Out: a mapping ready for JSON: causes, tier, escalation, forbidden and
sensitive wordings, behaviours, customer type and score; with `details` also what each finding rests on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from tagging.finding import (
    Behaviour,
    CauseTag,
    CustomerType,
    Escalation,
    Finding,
    Findings,
    HandlingScore,
    TabooHit,
    Tier,
    TierTag,
)
from tagging.given_rows import GivenCall

FindingT = TypeVar("FindingT")

FORBIDDEN = "forbidden"
# A row has room for one: the more serious comes first.
_ESCALATIONS = ("regulator_or_media", "supervisor")


def tagged_row(call: GivenCall, findings: Findings, *, with_details: bool = False) -> dict[str, Any]:
    """Return the row: lists in order of turns, `turn` counting from 0 in the row as it was given."""
    items = findings.items
    causes = [item for item in items if isinstance(item, CauseTag)]
    hits = sorted(_of(items, TabooHit), key=lambda hit: (hit.turn_index, hit.char_start, hit.phrase_id))
    row: dict[str, Any] = {
        "id": call.row_id,
        "causes": _unique(cause.top_cause for cause in causes),
        "subcauses": _unique(cause.sub_cause for cause in causes if cause.sub_cause),
        "tier": next((item.tier.value for item in _of(items, TierTag)), Tier.NONE.value),
        "escalation": escalation_of(items),
        "taboo": [_hit(call, hit) for hit in hits if hit.kind == FORBIDDEN],
        "sensitive": [_hit(call, hit) for hit in hits if hit.kind != FORBIDDEN],
        "behaviours": [
            {"turn": call.order[item.turn_index], "behaviour": item.behaviour}
            for item in _of(items, Behaviour)
        ],
        "customer_type": next((item.customer_type for item in _of(items, CustomerType)), None),
        "score": next((item.total for item in _of(items, HandlingScore)), None),
    }
    if with_details:
        row["details"] = [_detail(call, item) for item in items]
    return row


def escalation_of(items: Sequence[Finding]) -> str:
    """Return the most serious kind of escalation among the findings, or `none`."""
    kinds = {item.kind for item in _of(items, Escalation)}
    return next((kind for kind in _ESCALATIONS if kind in kinds), "none")


def _of(items: Sequence[Finding], kind: type[FindingT]) -> list[FindingT]:
    return [item for item in items if isinstance(item, kind)]


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _hit(call: GivenCall, hit: TabooHit) -> dict[str, Any]:
    return {
        "turn": call.order[hit.turn_index],
        "phrase": hit.phrase,
        "severity": hit.severity,
        "confidence": hit.confidence,
    }


def _detail(call: GivenCall, item: Finding) -> dict[str, Any]:
    """Return all that a finding says of itself, its turns counted as in the row."""
    return {"finding": _snake(type(item).__name__), **_given_turns(asdict(item), call.order)}


def _given_turns(value: Mapping[str, Any], order: Sequence[int]) -> dict[str, Any]:
    def shown(key: str, inner: Any) -> Any:
        if key == "turn_index":
            return order[inner]
        if isinstance(inner, Mapping):
            return _given_turns(inner, order)
        if isinstance(inner, list | tuple):
            return [_given_turns(each, order) if isinstance(each, Mapping) else each for each in inner]
        return inner

    return {"turn" if key == "turn_index" else key: shown(key, inner) for key, inner in value.items()}


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")
