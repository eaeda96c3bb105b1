"""What the first page shows of the newest night: numbers, causes, phrases, escalations, cases to hear first.

In: rows of the overview queries, cards, labels. Out: the template's variables. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.case import Library
from warehouse.labels import Labels
from warehouse.pages.cards import Card
from warehouse.pages.charts import CauseBar, Line, cause_bars, line_of, shares, trend_bars
from warehouse.pages.names import clock, shortened, typeset
from warehouse.pages.said import Said, label, literal, said

Row = Mapping[str, Any]
TOP_CAUSES = ("fees", "skill", "attitude", "process", "product", "other")


@dataclass(frozen=True, slots=True)
class NightRows:
    """Rows of `nights` (newest first), of the newest night's other queries, and of `cause_trend`."""

    nights: Sequence[Row]
    causes: Sequence[Row]
    taboo: Sequence[Row]
    escalations: Sequence[Row]
    trend: Sequence[Row] = ()


def overview(
    rows: NightRows,
    cards: Sequence[Card],
    links: Mapping[str, str],
    libraries: Sequence[Library],
    labels: Labels,
) -> dict[str, object]:
    """Return the variables of `index.html.j2`; `links` are call_id -> page."""
    shelves = _shelves(cards, libraries)
    if not rows.nights:
        return {"night": None, "shelves": shelves}
    oldest_first = list(reversed(rows.nights))
    return {
        "night": _night(rows.nights[0]),
        "featured": _featured(cards, libraries, rows.nights[0]),
        "causes": _cause_bars(rows.causes, labels),
        "trend": trend_bars([(r["night"], r["call_count"], r["dissatisfied_count"]) for r in oldest_first]),
        "nights": [_table_row(row) for row in rows.nights],
        "lines": _cause_lines(rows, labels),
        "taboo_line": _taboo_line(oldest_first),
        "taboo": [_taboo(row, links, labels) for row in rows.taboo],
        "escalations": [_escalation(row, links, labels) for row in rows.escalations],
        "shelves": shelves,
    }


def _night(row: Row) -> dict[str, object]:
    hours, minutes = divmod(round(row["audio_s"] / 60), 60)
    calls = row["call_count"]
    return {
        **row,
        "audio": said("time.hours", hours=hours, minutes=minutes)
        if hours
        else said("time.minutes", minutes=minutes),
        "share": f"{100 * row['dissatisfied_count'] / calls:.0f}%",
        "title": said("overview.title", calls=calls, dissatisfied=row["dissatisfied_count"]),
    }


def _table_row(row: Row) -> dict[str, object]:
    return {**row, "day": said("day", day=row["night"]), "per_hundred": f"{_per_hundred(row):.1f}"}


def _per_hundred(row: Row) -> float:
    return 100 * row["taboo_count"] / row["call_count"] if row["call_count"] else 0.0


def _shelves(cards: Sequence[Card], libraries: Sequence[Library]) -> list[dict[str, object]]:
    return [
        {
            "library_id": library.library_id,
            "title": library.title,
            "description": library.description,
            "audience": library.audience,
            "count": sum(1 for card in cards if card.library_id == library.library_id),
        }
        for library in libraries
    ]


def _featured(cards: Sequence[Card], libraries: Sequence[Library], newest: Row) -> list[Card]:
    """Return the best case of the newest night from each library, those that can be heard first."""
    chosen: list[Card] = []
    for library in libraries:
        own = sorted(
            (c for c in cards if c.library_id == library.library_id and c.night == newest["night"]),
            key=lambda card: (not card.has_sound, card.rank),
        )
        chosen.extend(own[:1])
    return chosen


def _cause_bars(rows: Sequence[Row], labels: Labels) -> tuple[CauseBar, ...]:
    counts: list[tuple[str, Said, int, tuple[Said, ...]]] = []
    for row in (row for row in rows if row["sub_cause"] is None):
        subs = [sub for sub in rows if sub["sub_cause"] and sub["top_cause"] == row["top_cause"]]
        detail = tuple(label(labels, "cause", sub["sub_cause"]) for sub in subs[:3])
        counts.append((row["top_cause"], label(labels, "cause", row["top_cause"]), row["call_count"], detail))
    return cause_bars(counts)


def _cause_lines(rows: NightRows, labels: Labels) -> tuple[Line, ...]:
    """Return the share of each top cause over the nights; all lines on one scale, the largest first."""
    nights = [(row["night"], row["call_count"]) for row in reversed(rows.nights)]
    counts = {(row["night"], row["top_cause"]): row["call_count"] for row in rows.trend}
    kinds = sorted({row["top_cause"] for row in rows.trend})
    values = {kind: shares(nights, counts, kind) for kind in kinds}
    most = max((value for each in values.values() for _, value in each), default=0.0)
    night_key = "overview.share_night"
    lines: list[Line] = []
    for kind in kinds:
        tone = kind if kind in TOP_CAUSES else "other"
        lines.append(line_of(tone, label(labels, "cause", kind), values[kind], most, night_key))
    return tuple(sorted(lines, key=lambda line: -float(line.last)))


def _taboo_line(oldest_first: Sequence[Row]) -> Line:
    values = [(row["night"], _per_hundred(row)) for row in oldest_first]
    most = max((value for _, value in values), default=0.0)
    return line_of("attitude", said("overview.taboo_rate"), values, most, "overview.rate_night")


def _taboo(row: Row, links: Mapping[str, str], labels: Labels) -> dict[str, object]:
    heard = [links[call_id] for call_id in row["call_ids"] if call_id in links]
    return {
        "phrase": typeset(row["phrase"]),
        "kind": label(labels, "kind", row["kind"]),
        "is_sensitive": row["kind"] == "sensitive",
        "replacement": typeset(row["replacement"]),
        "count": row["hit_count"],
        "link": heard[0] if heard else "",
    }


def _escalation(row: Row, links: Mapping[str, str], labels: Labels) -> dict[str, object]:
    return {
        "what": literal(row["body"]) if row["body"] else label(labels, "escalation", row["kind"]),
        "said": shortened(typeset(row["said"]), 40),
        "link": links.get(row["call_id"], ""),
        "where": " · ".join(part for part in (row["team"], clock(row["start_s"])) if part),
    }
