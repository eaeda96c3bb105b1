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
from warehouse.pages.read import Unit, read_views
from warehouse.pages.settings import page_settings
from warehouse.pages.site import Site
from warehouse.pages.webvtt import webvtt


def write_units(
    con: Connection, site: Site, units: Sequence[Unit], libraries: Sequence[Library], labels: Labels
) -> list[Card]:
    """Write a page per case and per pair; return a card per unit, in the order of `units`.

    Raises:
        WarehouseError: a file cannot be written.
    """
    return list(_written(con, site, units, libraries, labels))


def _written(
    con: Connection, site: Site, units: Sequence[Unit], libraries: Sequence[Library], labels: Labels
) -> Iterator[Card]:
    for shown in read_views(con, units, libraries, labels, page_settings()):
        for view in shown.views:
            values = {"view": view, "unit": shown.unit}
            site.page(f"case/{view.page}.html", "case.html.j2", view.library_id, values)
            if view.clip:
                cues = str(Path(view.clip).with_suffix(CUES_SUFFIX))
                site.write(cues, webvtt(view.turns, view.duration_s).encode())
        if len(shown.views) == 1:
            yield card_of(shown.views[0])
        else:
            values = {"views": shown.views, "unit": shown.unit, "rows": shown.steps}
            site.page(f"{shown.unit.link}.html", "pair.html.j2", shown.views[0].library_id, values)
            yield pair_card(shown.views)
