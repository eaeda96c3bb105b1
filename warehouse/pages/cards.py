"""What lists show of a case or of a pair, for templates and as data for the scripts.

In: case views. Out: `Card`, its JSON, a library's data. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from warehouse.pages.said import Said, json_of, said, said_of
from warehouse.pages.views import CaseView


@dataclass(frozen=True, slots=True)
class Card:
    """A case, or a pair as one: `link` is its page from the site's root without .html.

    `texts` are the words that are searched besides what the card shows; `score` is 0 to 100 or None.
    """

    link: str
    library_id: str
    headline: Said
    quote: str
    reason: str
    causes: tuple[Said, ...]
    phrases: tuple[str, ...]
    tier: str
    tier_name: Said
    night: date
    day: date
    line: Said | None
    team: str
    agent: str
    length: str
    has_sound: bool
    rank: int
    score: int | None
    texts: str = ""


def card_of(view: CaseView) -> Card:
    """Return the card of one case."""
    return Card(
        link=f"case/{view.page}",
        library_id=view.library_id,
        headline=view.headline,
        quote=view.quote,
        reason=view.reason,
        causes=view.causes,
        phrases=view.phrases,
        tier=view.tier,
        tier_name=view.tier_name,
        night=view.night,
        day=view.day,
        line=view.line,
        team=view.team,
        agent=view.agent,
        length=view.length,
        has_sound=bool(view.clip),
        rank=view.rank,
        score=view.score.total if view.score else None,
        texts="\n".join("".join(p.text for run in turn.runs for p in run.pieces) for turn in view.turns),
    )


def pair_card(sides: Sequence[CaseView]) -> Card:
    """Return the card of a pair: the first side's, with what is found in either."""
    first, cards = card_of(sides[0]), [card_of(side) for side in sides]
    matter = first.causes[0] if first.causes else said("case.no_cause")
    return replace(
        first,
        link=f"pair/{sides[0].pair_page}",
        headline=said("card.pair", matter=(matter,)),
        causes=tuple(dict.fromkeys(cause for card in cards for cause in card.causes)),
        phrases=tuple(dict.fromkeys(phrase for card in cards for phrase in card.phrases)),
        has_sound=all(card.has_sound for card in cards),
        texts="\n".join(card.texts for card in cards),
    )


def listed(cards: Iterable[Card]) -> list[Card]:
    """Return cards in the order of a library: newest night first, best first within it."""
    return sorted(cards, key=lambda card: (-card.night.toordinal(), card.rank, card.link))


def card_json(card: Card) -> dict[str, Any]:
    """Return a card for the scripts, without `texts`; what is empty is left out."""
    shown: dict[str, Any] = {
        "link": card.link,
        "library": card.library_id,
        "headline": json_of(card.headline),
        "quote": card.quote,
        "reason": card.reason,
        "causes": [json_of(cause) for cause in card.causes],
        "phrases": list(card.phrases),
        "tier": card.tier,
        "tierName": json_of(card.tier_name),
        "night": card.night.isoformat(),
        "day": card.day.isoformat(),
        "line": json_of(card.line) if card.line else None,
        "team": card.team,
        "agent": card.agent,
        "length": card.length,
        "sound": card.has_sound,
        "rank": card.rank,
        "score": card.score,
    }
    return {name: value for name, value in shown.items() if value not in (None, "", [])}


def card_from(data: dict[str, Any], texts: str) -> Card:
    """Return the card that `card_json` was made from."""
    return Card(
        link=data["link"],
        library_id=data["library"],
        headline=said_of(data["headline"]),
        quote=data.get("quote", ""),
        reason=data.get("reason", ""),
        causes=tuple(map(said_of, data.get("causes", ()))),
        phrases=tuple(data.get("phrases", ())),
        tier=data.get("tier", ""),
        tier_name=said_of(data["tierName"]),
        night=date.fromisoformat(data["night"]),
        day=date.fromisoformat(data["day"]),
        line=said_of(data["line"]) if "line" in data else None,
        team=data.get("team", ""),
        agent=data.get("agent", ""),
        length=data.get("length", ""),
        has_sound=data.get("sound", False),
        rank=data.get("rank", 0),
        score=data.get("score"),
        texts=texts,
    )


def shelf_json(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """Return a library's data in the order of its list."""
    return [card_json(card) for card in cards]
