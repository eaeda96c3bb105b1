"""The page of each case and of each pair. Edge: reads the warehouse, writes pages.

In: units to show, a site being written. Out: pages below `case/` and `pair/`, cues beside the clips, cards.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from warehouse.case import Library
from warehouse.clips import CUES_SUFFIX
from warehouse.connect import Connection
from warehouse.labels import Labels
from warehouse.pages.cards import Card, card_of, pair_card
from warehouse.pages.ledger import Entry, is_there, key_of, read_ledger, site_key, write_ledger
from warehouse.pages.read import Shown, Unit, read_views
from warehouse.pages.settings import page_settings
from warehouse.pages.site import Site
from warehouse.pages.views import CaseView
from warehouse.pages.webvtt import webvtt


def write_units(
    con: Connection, site: Site, units: Sequence[Unit], libraries: Sequence[Library], labels: Labels
) -> list[Card]:
    """Write a page per case and per pair; return a card per unit, in the order of `units`.

    Raises:
        WarehouseError: a file cannot be written.
    """
    return [card for _, card, _ in _written(con, site, units, libraries, labels)]


def write_changed(
    con: Connection, site: Site, units: Sequence[Unit], libraries: Sequence[Library], labels: Labels
) -> list[Card]:
    """Do as `write_units`, but make nothing again that is there and would come out the same.

    Raises:
        WarehouseError: a file cannot be written.
    """
    made_from = site_key(site, libraries)
    keys = {unit.link: key_of(unit, made_from) for unit in units}
    entries = {
        link: entry
        for link, entry in read_ledger(site.folder).items()
        if keys.get(link) == entry.key and is_there(site, entry)
    }
    cards = {link: entry.card for link, entry in entries.items()}
    others = [unit for unit in units if unit.link not in cards]
    for unit, card, files in _written(con, site, others, libraries, labels):
        cards[unit.link] = card
        if keys[unit.link]:
            sizes = tuple((file, (site.folder / file).stat().st_size) for file in files)
            entries[unit.link] = Entry(keys[unit.link], card, sizes)
    write_ledger(site, {unit.link: entries[unit.link] for unit in units if unit.link in entries})
    return [cards[unit.link] for unit in units]


def _written(
    con: Connection, site: Site, units: Sequence[Unit], libraries: Sequence[Library], labels: Labels
) -> Iterator[tuple[Unit, Card, list[str]]]:
    """Yield each unit with its card and its files."""
    for shown in read_views(con, units, libraries, labels, page_settings()):
        files = [file for view in shown.views for file in _write_case(site, shown, view)]
        if len(shown.views) == 1:
            yield shown.unit, card_of(shown.views[0]), files
            continue
        file = f"{shown.unit.link}.html"
        values = {"views": shown.views, "unit": shown.unit, "rows": shown.steps}
        site.page(file, "pair.html.j2", shown.views[0].library_id, values)
        yield shown.unit, pair_card(shown.views), [*files, file]


def _write_case(site: Site, shown: Shown, view: CaseView) -> Iterator[str]:
    file = f"case/{view.page}.html"
    site.page(file, "case.html.j2", view.library_id, {"view": view, "unit": shown.unit})
    yield file
    if view.clip:
        cues = str(Path(view.clip).with_suffix(CUES_SUFFIX))
        site.write(cues, webvtt(view.turns, view.duration_s).encode())
        yield cues
