"""What the first page shows of the newest night: numbers, causes, phrases, escalations, cases to hear first.

In: rows of the overview queries, cards, labels. Out: the template's variables. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.case import Library
from warehouse.labels import Labels
from warehouse.pages.charts import CauseBar, cause_bars, trend_bars
from warehouse.pages.names import clock, day_name, shortened, typeset
from warehouse.pages.views import CaseView

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NightRows:
    """Rows of `nights` (newest first), and of the newest night's other queries."""

    nights: Sequence[Row]
    causes: Sequence[Row]
    taboo: Sequence[Row]
    escalations: Sequence[Row]


def overview(
    rows: NightRows, cards: Sequence[CaseView], libraries: Sequence[Library], labels: Labels
) -> dict[str, object]:
    """Return the variables of `index.html.j2`."""
    shelves = _shelves(cards, libraries)
    if not rows.nights:
        return {"night": None, "shelves": shelves}
    causes = _cause_bars(rows.causes, labels)
    links = _links(cards)
    oldest_first = [
        (row["night"], row["call_count"], row["dissatisfied_count"]) for row in reversed(rows.nights)
    ]
    trend = trend_bars(oldest_first)
    return {
        "night": _night(rows.nights[0]),
        "featured": _featured(cards, libraries, rows.nights[0]),
        "causes": causes,
        "causes_text": "不满原因：" + "，".join(f"{bar.name} {bar.count} 通" for bar in causes),
        "trend": trend,
        "trend_text": "；".join(bar.title for bar in trend),
        "taboo": [_taboo(row, links, labels) for row in rows.taboo],
        "escalations": [_escalation(row, links, labels) for row in rows.escalations],
        "shelves": shelves,
    }


def card_link(card: CaseView) -> str:
    """Return the page of a card, relative to the root of the pages."""
    return f"pair/{card.pair_page}.html" if card.pair_page else f"case/{card.page}.html"


def one_per_pair(cards: Sequence[CaseView]) -> list[CaseView]:
    """Return the cards without the second side of each pair: a pair is one thing to listen to."""
    seen: set[str] = set()
    kept: list[CaseView] = []
    for card in cards:
        if card.pair_page not in seen:
            kept.append(card)
        if card.pair_page:
            seen.add(card.pair_page)
    return kept


def _night(row: Row) -> dict[str, object]:
    hours, minutes = divmod(round(row["audio_s"] / 60), 60)
    calls = row["call_count"]
    return {
        **row,
        "day": day_name(row["night"]),
        "audio": f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分钟",
        "share": f"{100 * row['dissatisfied_count'] / calls:.0f}%",
    }


def _shelves(cards: Sequence[CaseView], libraries: Sequence[Library]) -> list[dict[str, object]]:
    single = one_per_pair(cards)
    return [
        {
            "library_id": library.library_id,
            "title": library.title,
            "description": library.description,
            "audience": library.audience,
            "count": sum(1 for card in single if card.library_id == library.library_id),
        }
        for library in libraries
    ]


def _featured(cards: Sequence[CaseView], libraries: Sequence[Library], newest: Row) -> list[CaseView]:
    """Return the best case of the newest night from each library, those that can be heard first."""
    single = [card for card in one_per_pair(cards) if card.night == newest["night"]]
    chosen: list[CaseView] = []
    for library in libraries:
        own = sorted(
            (card for card in single if card.library_id == library.library_id),
            key=lambda card: (not card.clip, card.rank),
        )
        chosen.extend(own[:1])
    return chosen


def _links(cards: Sequence[CaseView]) -> dict[str, str]:
    """Return call_id -> page, the first case of a call that can be heard, else the first."""
    links: dict[str, str] = {}
    for card in sorted(cards, key=lambda card: not card.clip):
        links.setdefault(card.call_id, f"case/{card.page}.html")
    return links


def _cause_bars(rows: Sequence[Row], labels: Labels) -> tuple[CauseBar, ...]:
    top = [row for row in rows if row["sub_cause"] is None]
    counts: list[tuple[str, str, int, str]] = []
    for row in top:
        subs = [sub for sub in rows if sub["sub_cause"] and sub["top_cause"] == row["top_cause"]]
        detail = "、".join(labels.of("cause", sub["sub_cause"]) for sub in subs[:4])
        name = labels.of("cause", row["top_cause"])
        counts.append((row["top_cause"], name, row["call_count"], shortened(detail, 24)))
    return cause_bars(counts)


def _taboo(row: Row, links: Mapping[str, str], labels: Labels) -> dict[str, object]:
    heard = [links[call_id] for call_id in row["call_ids"] if call_id in links]
    return {
        "phrase": typeset(row["phrase"]),
        "kind": labels.of("kind", row["kind"]),
        "is_sensitive": row["kind"] == "sensitive",
        "replacement": typeset(row["replacement"]),
        "count": row["hit_count"],
        "link": heard[0] if heard else "",
    }


def _escalation(row: Row, links: Mapping[str, str], labels: Labels) -> dict[str, object]:
    return {
        "what": row["body"] or labels.of("escalation", row["kind"]),
        "said": shortened(typeset(row["said"]), 40),
        "link": links.get(row["call_id"], ""),
        "where": " · ".join(part for part in (row["team"], clock(row["start_s"])) if part),
    }
