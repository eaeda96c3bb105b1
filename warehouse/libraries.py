"""Which calls of a night go into which case library.

In: the libraries' folders and a connection to the warehouse being built. Out: `Library` and `Case` shapes.
Edge: reads files (through `library_file`) and the warehouse. A library is a folder: one more changes no code.

Its select.sql offers candidates. Retired ones are left out, near-duplicates folded, sides paired where the
library asks for pairs, and of what remains the best are taken that are not the same again and again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.candidates import (
    CASES_DIR,
    CallFacts,
    Offer,
    read_facts,
    read_offers,
    read_retired,
    read_texts,
)
from warehouse.case import Case, Library, Why
from warehouse.case_units import Facts, Unit, candidate_of, paired_units, units_of
from warehouse.connect import Connection
from warehouse.folding import Story, fold
from warehouse.labels import Labels, load_labels
from warehouse.library_file import load_libraries
from warehouse.selection import Chosen, choose

__all__ = ["CASES_DIR", "load_libraries", "select_cases"]

LOOKBACK_NIGHTS = 30


def select_cases(
    con: Connection,
    libraries: tuple[Library, ...],
    night: date,
    labels: Labels | None = None,
    lookback_nights: int = LOOKBACK_NIGHTS,
) -> tuple[Case, ...]:
    """Return the cases of `night`, in the order of `libraries`, best first within each.

    `lookback_nights` is how many nights, `night` the last of them, a pair's other side may come from.

    Ids are the same whenever library, call, recording and pair are the same.

    Raises:
        LibraryInvalid: a select.sql does not run, or returns other columns or values than a case has.
    """
    labels = labels or load_labels()
    retired = read_retired(con)
    cases: list[Case] = []
    for library in libraries:
        offers = read_offers(con, library, night, lookback_nights)
        offers = _without_retired(offers, library.library_id, retired)
        if not offers:
            continue
        facts = read_facts(con, offers, library)
        kept, folded = _folded(con, offers, facts, library)
        units = (
            paired_units(kept, facts, library, night)
            if library.selection == "pairs"
            else units_of(kept, library)
        )
        chosen = choose([candidate_of(unit, facts) for unit in units], library.quota, library.diversity)
        by_key = {unit.key: unit for unit in units}
        for rank, each in enumerate(chosen, start=1):
            unit = by_key[each.candidate.key]
            cases.extend(_cases(unit, rank, each, _Shelf(library, facts, folded, labels)))
    return tuple(cases)


def _without_retired(
    offers: list[Offer], library_id: str, retired: frozenset[tuple[str, str]]
) -> list[Offer]:
    """Return the offers whose call, and whose pair's other call, nobody took out of the library."""
    out = [offer for offer in offers if (offer.call_id, library_id) in retired]
    calls = {offer.call_id for offer in out}
    pairs = {offer.pair_key for offer in out} - {None}
    return [offer for offer in offers if offer.call_id not in calls and offer.pair_key not in pairs]


def _folded(
    con: Connection, offers: Sequence[Offer], facts: Facts, library: Library
) -> tuple[list[Offer], dict[str, int]]:
    """Return who stays, side by side, and how many each stands for by call_id; given pairs are left alone."""
    texts = read_texts(con, offers, facts, library.padding_s)
    kept = [offer for offer in offers if offer.pair_key is not None]
    counts: dict[str, int] = {}
    for side in dict.fromkeys(offer.side for offer in offers if offer.pair_key is None):
        loose = [offer for offer in offers if offer.pair_key is None and offer.side == side]
        own = {offer.call_id: offer for offer in reversed(loose)}  # a call offered twice: the first counts
        stories = [_story(offer, facts[call_id], texts.get(call_id, "")) for call_id, offer in own.items()]
        for each in fold(stories, library.folding):
            kept.append(own[each.key])
            if each.others:
                counts[each.key] = len(each.others)
    return kept, counts


def _story(offer: Offer, facts: CallFacts, text: str) -> Story:
    return Story(
        key=offer.call_id,
        score=offer.score,
        recording=facts.recording_digest,
        customer=facts.customer_key,
        causes=frozenset(cause.sub_cause or cause.top_cause for cause in facts.causes),
        day=facts.call_date,
        text=text,
    )


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A library while its cases are written down."""

    library: Library
    facts: Facts
    folded: Mapping[str, int]
    labels: Labels


def _cases(unit: Unit, rank: int, chosen: Chosen, shelf: _Shelf) -> list[Case]:
    return [_case(offer, rank, chosen, shelf) for offer in unit.offers]


def _case(offer: Offer, rank: int, chosen: Chosen, shelf: _Shelf) -> Case:
    library_id, labels = shelf.library.library_id, shelf.labels
    digest = shelf.facts[offer.call_id].recording_digest
    count = shelf.folded.get(offer.call_id, 0)
    reason = labels.fill(offer.reason)
    folded = (Why("folded", "cases", count),) if count else ()
    repeats = tuple(Why("repeat", each.trait, each.count, round(each.points, 4)) for each in chosen.repeats)
    return Case(
        case_id=_short_id(library_id, offer.call_id, digest, str(offer.pair_key)),
        library_id=library_id,
        call_id=offer.call_id,
        rank=rank,
        score=round(offer.score, 4),
        reason=f"{reason}；{labels.of('folded', 'cases')} {count} 通" if count else reason,
        focus_start_s=offer.focus_start_s,
        focus_end_s=offer.focus_end_s,
        pair_key=None if offer.pair_key is None else _short_id(library_id, offer.pair_key),
        side=offer.side,
        why=(*offer.why, *repeats, *folded),
        folded_count=count,
    )


def _short_id(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
