"""What is chosen as one: a case, or both sides of a pair.

In: the offers of a library, facts of their calls. Out: units, and what they look like to the selection. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from warehouse.candidates import CallFacts, Offer
from warehouse.case import Library, Why
from warehouse.errors import LibraryInvalid
from warehouse.pairing import Pair, Side, assign, possible_pairs
from warehouse.selection import Candidate

# A pair's reason names the cause that both sides share.
SHARED_SLOT = "{shared}"
Facts = Mapping[str, CallFacts]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is chosen as one: a case, or both sides of a pair; `cause` is what a pair shares."""

    key: str
    score: float
    offers: tuple[Offer, ...]
    cause: str | None = None


def units_of(offers: Sequence[Offer], library: Library) -> list[Unit]:
    """Return each case, or both sides of a pair that select.sql made itself, as one.

    Raises:
        LibraryInvalid: a pair_key has not one good and one bad side.
    """
    groups: dict[str, list[Offer]] = {}
    for offer in offers:
        groups.setdefault(offer.pair_key or f"call {offer.call_id}", []).append(offer)
    for group in groups.values():
        sides = sorted(str(offer.side) for offer in group)
        if group[0].pair_key is not None and sides != ["bad", "good"]:
            raise LibraryInvalid(
                f"cases/{library.library_id}/select.sql: 每个 pair_key 需要恰好一行 good 和一行 bad"
            )
    return [Unit(key, max(each.score for each in group), tuple(group)) for key, group in groups.items()]


def paired_units(offers: Sequence[Offer], facts: Facts, library: Library, night: date) -> list[Unit]:
    """Return the best pairs over all good and bad sides."""
    sides = {
        side: {offer.call_id: offer for offer in offers if offer.side == side} for side in ("good", "bad")
    }
    good, bad = (
        [_side(offer, facts[call_id], night) for call_id, offer in sides[side].items()]
        for side in ("good", "bad")
    )
    made = assign(possible_pairs(good, bad, library.pair_points))
    return [_pair_unit(pair, sides["good"][pair.good], sides["bad"][pair.bad]) for pair in made]


def _side(offer: Offer, facts: CallFacts, night: date) -> Side:
    causes: dict[str, float] = {}
    for cause in facts.causes:
        if cause.sub_cause is not None:
            causes.setdefault(cause.sub_cause, cause.confidence)
    return Side(
        key=offer.call_id,
        score=offer.score,
        causes=causes,
        line=facts.line_of_business,
        customer_types=facts.customer_types,
        agent=facts.agent_id,
        night=facts.night.isoformat(),
        is_new=facts.night == night,
    )


def _pair_unit(pair: Pair, good: Offer, bad: Offer) -> Unit:
    key = f"{pair.good}|{pair.bad}"
    alike = tuple(Why("why", name, None, points) for name, points in pair.alike)
    offers = tuple(
        replace(
            own,
            pair_key=key,
            score=pair.score,
            reason=own.reason.replace(SHARED_SLOT, f"{{cause:{pair.cause}}}"),
            why=(*own.why, Why("why", "other_side", None, round(other.score, 4)), *alike),
        )
        for own, other in ((bad, good), (good, bad))
    )
    return Unit(key, pair.score, offers, pair.cause)


def candidate_of(unit: Unit, facts: Facts) -> Candidate:
    """Return the unit with its traits: what a repeat of it would be."""
    calls = [facts[offer.call_id] for offer in unit.offers]
    main = [call.causes[0] for call in calls if call.causes]
    sub_causes = {cause.sub_cause for cause in main} if unit.cause is None else {unit.cause}
    matters = {offer.matter for offer in unit.offers}
    again = {
        f"{call.agent_id} {unit.cause or offer.matter or _main_cause(call)}"
        for call, offer in zip(calls, unit.offers, strict=True)
        if call.agent_id is not None
    }
    values: dict[str, set[str | None] | set[str]] = {
        "cause": {cause.top_cause for cause in main},
        "sub_cause": sub_causes,
        "matter": matters,
        "team": {call.team for call in calls},
        "agent": {call.agent_id for call in calls},
        "again": again,
    }
    traits = {name: frozenset(each for each in found if each is not None) for name, found in values.items()}
    return Candidate(unit.key, unit.score, traits)


def _main_cause(call: CallFacts) -> str:
    return (call.causes[0].sub_cause or call.causes[0].top_cause) if call.causes else ""
