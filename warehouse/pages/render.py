"""The trainers' static site: opened from disk, no server, nothing loaded from elsewhere.

In: a connection to the published warehouse, libraries, labels. Out: HTML below the folder of pages.
Edge: writes files, each beside its place and then renamed, the first page last.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from warehouse.case import Library
from warehouse.clips import CUES_SUFFIX, remove_unlisted
from warehouse.connect import Connection
from warehouse.errors import WarehouseError
from warehouse.labels import Labels, load_labels
from warehouse.pages.names import day_name
from warehouse.pages.overview import NightRows, one_per_pair, overview
from warehouse.pages.read import read_cases, read_night, read_nights
from warehouse.pages.views import CaseView
from warehouse.pages.webvtt import webvtt

HERE = Path(__file__).resolve().parent
ASSETS = {"css": "app.css", "js": "app.js", "icon": "icon.svg"}


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


@dataclass(slots=True)
class _Site:
    """The folder being written: remembers what belongs to it, so that the rest can go."""

    folder: Path
    libraries: tuple[Library, ...]
    changed_count: int = 0
    written: set[Path] = field(default_factory=set)
    assets: dict[str, str] = field(default_factory=dict)
    environment: Environment = field(init=False)

    def __post_init__(self) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )

    def page(self, relative: str, template: str, here: str, values: Mapping[str, object]) -> None:
        """Render a template to `relative`, where `here` is the entry of the menu to light up."""
        root = "../" * relative.count("/")
        known = {"root": root, "here": here, "libraries": self.libraries, "assets": self.assets}
        self.write(relative, self.environment.get_template(template).render(known | dict(values)).encode())

    def write(self, relative: str, content: bytes) -> None:
        """Write a file beside and rename it; leave it alone when it is the same already."""
        path = self.folder / relative
        self.written.add(path)
        try:
            if path.is_file() and path.read_bytes() == content:
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.{os.getpid()}")
            beside.write_bytes(content)
            os.replace(beside, path)
        except OSError as err:
            raise WarehouseError(f"{path}: 页面写不进去 ({err}), 请检查磁盘空间和权限") from err
        self.changed_count += 1


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
    site = _Site(pages_dir, libraries)
    _write_assets(site)
    cards = _write_cases(site, read_cases(con, libraries, labels))
    for library in libraries:
        _write_library(site, library, [card for card in cards if card.library_id == library.library_id])
    site.page(
        "index.html", "index.html.j2", "index", overview(_night_rows(con, options), cards, libraries, labels)
    )
    return PagesReport(
        index=pages_dir / "index.html",
        case_count=len(cards),
        silent_count=sum(1 for card in cards if not card.clip),
        changed_count=site.changed_count,
        removed_count=_remove_old(site) + remove_unlisted(pages_dir, frozenset(card.clip for card in cards)),
    )


def _write_assets(site: _Site) -> None:
    for name, file in ASSETS.items():
        content = (HERE / "assets" / file).read_bytes()
        # The digest in the name lets browsers keep what has not changed, and never mix two versions.
        stem, suffix = file.split(".")
        site.assets[name] = f"{stem}.{hashlib.sha256(content).hexdigest()[:8]}.{suffix}"
        site.write(f"assets/{site.assets[name]}", content)


def _write_cases(site: _Site, views: Iterable[CaseView]) -> list[CaseView]:
    """Write a page per case and per pair; return the views without their turns, as cards."""
    cards: list[CaseView] = []
    waiting: dict[str, CaseView] = {}
    for view in views:
        twin = waiting.pop(view.pair_page, None)
        if twin is not None:
            both = sorted((view, twin), key=lambda side: side.side)
            site.page(f"pair/{view.pair_page}.html", "pair.html.j2", view.library_id, {"views": both})
            cards.extend(_write_case(site, side) for side in both)
        elif view.pair_page:
            waiting[view.pair_page] = view
        else:
            cards.append(_write_case(site, view))
    # A twin that is gone (forgotten, retired) leaves a single case.
    cards.extend(_write_case(site, replace(view, pair_page="")) for view in waiting.values())
    return sorted(cards, key=lambda card: (-card.night.toordinal(), card.rank, card.side, card.page))


def _write_case(site: _Site, view: CaseView) -> CaseView:
    site.page(f"case/{view.page}.html", "case.html.j2", view.library_id, {"view": view})
    if view.clip:
        cues = str(Path(view.clip).with_suffix(CUES_SUFFIX))
        site.write(cues, webvtt(view.turns, view.duration_s).encode())
    return replace(view, turns=(), blocks=(), dots=())


def _write_library(site: _Site, library: Library, cards: Sequence[CaseView]) -> None:
    single = one_per_pair(cards)
    filters = [
        ("cause", "原因", _choices(name for card in single for name in card.causes)),
        ("team", "班组", _choices(card.team for card in single)),
        ("line", "业务线", _choices(card.line for card in single)),
        (
            "night",
            "日期",
            [(str(n), day_name(n)) for n in sorted({card.night for card in single}, reverse=True)],
        ),
    ]
    values = {"library": library, "cards": single, "filters": filters}
    site.page(f"library/{library.library_id}.html", "library.html.j2", library.library_id, values)


def _choices(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in sorted(set(values)) if value]


def _night_rows(con: Connection, options: PagesOptions) -> NightRows:
    nights = read_nights(con, options.night_count)
    if not nights:
        return NightRows((), (), (), ())
    newest = nights[0]["night"]
    causes, taboo, escalations = (
        read_night(con, name, newest) for name in ("night_causes", "night_taboo", "night_escalations")
    )
    return NightRows(nights, causes, taboo, escalations)


def _remove_old(site: _Site) -> int:
    """Remove pages and assets that no longer belong to the site: retired, expired, forgotten cases."""
    count = 0
    for folder, suffixes in (
        ("case", {".html"}),
        ("pair", {".html"}),
        ("library", {".html"}),
        ("assets", {".css", ".js", ".svg"}),
    ):
        for path in (site.folder / folder).glob("*"):
            if path.is_file() and path.suffix in suffixes and path not in site.written:
                path.unlink(missing_ok=True)
                count += 1
    return count
