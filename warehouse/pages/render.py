"""The trainers' static site: opened from disk, no server, nothing loaded from elsewhere.

In: a connection to the published warehouse, libraries, labels. Out: HTML below the folder of pages.
Edge: writes files, each beside its place and then renamed, the first page last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.case import Library
from warehouse.clips import remove_unlisted
from warehouse.connect import Connection
from warehouse.labels import Labels, load_labels
from warehouse.pages.cards import listed
from warehouse.pages.cases import write_changed
from warehouse.pages.library_page import write_library
from warehouse.pages.names import clip_file, page_id
from warehouse.pages.overview import NightRows, overview
from warehouse.pages.read import Unit, read_cause_trend, read_night, read_nights, read_units
from warehouse.pages.settings import page_settings
from warehouse.pages.site import Site
from warehouse.pages.words import load_words

FOLDERS = ("case", "pair", "library", "data", "assets")


@dataclass(frozen=True, slots=True)
class PagesOptions:
    """`night_count` nights in the trend; `labels` are names of ids, the shipped ones when None."""

    night_count: int = 30
    labels: Labels | None = None


@dataclass(frozen=True, slots=True)
class PagesReport:
    """What was written: the first page, cases listed, cases without sound, files changed and removed."""

    index: Path
    case_count: int
    silent_count: int
    changed_count: int
    removed_count: int


def render_pages(
    con: Connection, pages_dir: Path, libraries: tuple[Library, ...], options: PagesOptions | None = None
) -> PagesReport:
    """Write the whole site below `pages_dir` and return what was done.

    Only masked turns are shown; an agent is named only in libraries that allow it. Pages and clips of cases
    that are no longer listed (superseded, expired, forgotten) are removed after the first page is in place.

    Raises:
        WarehouseError: a file cannot be written.
    """
    options = options or PagesOptions()
    labels = options.labels or load_labels()
    settings = page_settings()
    site = Site(pages_dir, load_words(labels, libraries), libraries)
    site.write_assets()
    units = read_units(con, libraries)
    cards = listed(write_changed(con, site, units, libraries, labels))
    scripts = {library.library_id: write_library(site, library, cards, settings) for library in libraries}
    site.page("favourites.html", "favourites.html.j2", "favourites", {"shelves": scripts})
    values = overview(_night_rows(con, options), cards, _links(units), libraries, labels)
    site.page("index.html", "index.html.j2", "index", values)
    clips = [clip_file(row["clip_file"]) for unit in units for row in unit.rows]
    return PagesReport(
        index=pages_dir / "index.html",
        case_count=len(clips),
        silent_count=clips.count(""),
        changed_count=site.changed_count,
        removed_count=site.remove_old(FOLDERS) + remove_unlisted(pages_dir, frozenset(clips)),
    )


def _links(units: Sequence[Unit]) -> Mapping[str, str]:
    """Return call_id -> page, the first case of a call that can be heard, else the first."""
    links: dict[str, str] = {}
    rows = [row for unit in units for row in unit.rows]
    for row in sorted(rows, key=lambda row: not clip_file(row["clip_file"])):
        links.setdefault(row["call_id"], f"case/{page_id(row['case_id'])}.html")
    return links


def _night_rows(con: Connection, options: PagesOptions) -> NightRows:
    nights = read_nights(con, options.night_count)
    if not nights:
        return NightRows((), (), (), ())
    newest = nights[0]["night"]
    causes, taboo, escalations = (
        read_night(con, name, newest) for name in ("night_causes", "night_taboo", "night_escalations")
    )
    return NightRows(nights, causes, taboo, escalations, read_cause_trend(con, options.night_count))
