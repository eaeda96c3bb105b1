"""A small site of chosen cases: a folder to hand out, with pages that open from disk. Edge: writes files.

In: a connection to the published warehouse, case ids, a title. Out: pages below one folder, and which
clips they need.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.case import Library
from warehouse.connect import Connection
from warehouse.labels import Labels, load_labels
from warehouse.pages.cards import Card
from warehouse.pages.cases import write_units
from warehouse.pages.names import clip_file
from warehouse.pages.read import Unit, chosen_units, read_units
from warehouse.pages.site import Site
from warehouse.pages.words import load_words

FOLDERS = ("case", "pair", "assets")


@dataclass(frozen=True, slots=True)
class SelectionOptions:
    """What the first page says above the cases, in Chinese; `labels` are the shipped ones when None."""

    title: str
    lede: str = ""
    labels: Labels | None = None


@dataclass(frozen=True, slots=True)
class SelectionReport:
    """The first page, what was listed in order, and the sound it plays.

    `cards` are one per case or pair, `units` their stored rows; `clips` are `Clip.file` values such as
    clips/ab/0123456789abcdef.ogg: the pages look for each below the same folder.
    """

    index: Path
    cards: tuple[Card, ...]
    units: tuple[Unit, ...]
    clips: tuple[str, ...]


def render_selection(
    con: Connection,
    folder: Path,
    case_ids: Sequence[str],
    libraries: tuple[Library, ...],
    options: SelectionOptions,
) -> SelectionReport:
    """Write `index.html`, a page per case and per pair, styles and scripts below `folder`.

    Cases are listed in the order of `case_ids`; two sides of a pair that are both chosen are one entry, where
    the first of them stands. Ids that are not listed (retired, expired, forgotten, unknown) are left out:
    what was written is in the report. Only masked turns are shown. Copying the clips is the caller's: below
    `folder` at the same path. Rendering the same again changes no file.

    Raises:
        WarehouseError: a file cannot be written.
    """
    labels = options.labels or load_labels()
    units = chosen_units(read_units(con, libraries), case_ids)
    site = Site(folder, load_words(labels, libraries))
    site.write_assets()
    cards = write_units(con, site, units, libraries, labels)
    site.page(
        "index.html",
        "selection.html.j2",
        "index",
        {"title": options.title, "lede": options.lede, "cards": cards},
    )
    site.remove_old(FOLDERS)
    files = [clip_file(row["clip_file"]) for unit in units for row in unit.rows]
    return SelectionReport(folder / "index.html", tuple(cards), tuple(units), tuple(filter(None, files)))
