"""A team's morning pack, from the published warehouse to a folder or zip. Edge file; wiring alone.

What is chosen is decided in `warehouse.pack.choice`, what is shown in `warehouse.pack.plan`.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from flows.config import Config, ConfigInvalid
from flows.publication import libraries
from warehouse.connect import Connection, open_reading
from warehouse.errors import WarehouseError
from warehouse.labels import load_labels
from warehouse.pack.choice import Candidate, Wish, choose
from warehouse.pack.manifest import PackFile, call_digest, heard_calls
from warehouse.pack.plan import PackContent, Wording
from warehouse.pack.read import (
    has_night,
    newest_night,
    read_candidates,
    read_listed,
    read_problems,
    read_said,
    read_teams,
    read_views,
)
from warehouse.pack.settings import load_pack_settings, load_pack_texts
from warehouse.pack.write import Shelves, Target, write_pack

_NAME_CHARS = 40


@dataclass(frozen=True, slots=True)
class PackOptions:
    """What a trainer asks for: the newest night and everybody when `night` and `team` are None."""

    night: date | None = None
    team: str | None = None
    minutes: float = 10.0
    is_zip: bool = False
    to: Path | None = None
    codec: Literal["mp3"] | None = None


@dataclass(frozen=True, slots=True)
class MadePack:
    """Where the pack lies, what it holds, and whether `huiting forget` and later packs will find it there."""

    path: Path
    content: PackFile
    is_kept: bool


def make_pack(config: Config, options: PackOptions) -> MadePack:
    """Choose from the published warehouse, write, and return a pack.

    Raises:
        ConfigInvalid: the night or the team is unknown.
        WarehouseError: there is nothing to hear, it does not fit the minutes, or cannot be written.
        AudioUnreadable: a clip cannot be decoded for MP3.
    """
    with open_reading(config.warehouse_path) as con:
        return pack_from(con, config, options)


def pack_from(con: Connection, config: Config, options: PackOptions) -> MadePack:
    """Choose from a warehouse that is open already; else as `make_pack`."""
    wording = Wording(load_pack_texts(), load_labels(), load_pack_settings())
    night = _night(con, options.night)
    _require_team(con, night, options.team, wording)
    content = _choose(con, config, Wish(options.team, options.minutes * 60), night, wording)
    path = options.to or config.packs_path / (pack_name(night, options.team) + (".zip" * options.is_zip))
    target = Target(path, config.packs_path, options.is_zip, options.codec)
    manifest = write_pack(content, wording, Shelves(con, config.pages_path, libraries()), target)
    is_kept = path.resolve().parent == config.packs_path.resolve()
    return MadePack(path, manifest, is_kept)


def pack_name(night: date, team: str | None) -> str:
    """Return a pack's file name; of a team's name, which comes from outside, letters and digits are kept."""
    if team is None:
        return night.isoformat()
    plain = re.sub(r"[^\w-]+", "_", team)[:_NAME_CHARS]
    if plain != team:
        plain += "-" + hashlib.sha256(team.encode()).hexdigest()[:8]
    return f"{night.isoformat()}-{plain}"


def _night(con: Connection, asked: date | None) -> date:
    newest = newest_night(con)
    if newest is None:
        raise ConfigInvalid("仓库里还没有通话：请先运行 huiting nightly。")
    if asked is not None and not has_night(con, asked):
        raise ConfigInvalid(f"--date {asked}：仓库里没有这一夜，最近的一夜是 {newest}。")
    return asked or newest


def _require_team(con: Connection, night: date, team: str | None, wording: Wording) -> None:
    known = read_teams(con, night, wording.settings)
    if team is not None and team not in known:
        raise ConfigInvalid(f"--team {team!r}：没有这个班组，{night} 前后有：{'、'.join(known) or '无'}。")


def _choose(con: Connection, config: Config, wish: Wish, night: date, wording: Wording) -> PackContent:
    settings, shelves = wording.settings, libraries()
    problems = read_problems(con, night, wish.team, settings, wording.labels)
    listed = read_listed(con, shelves, night, settings.case_nights)
    candidates = read_candidates(con, listed, config.pages_path)
    if not candidates:
        raise WarehouseError(
            f"到 {night} 为止的 {settings.case_nights} 夜里没有带录音的案例，做不出晨训包。"
            "请看 huiting status 和案例库页面。"
        )
    heard = heard_calls(config.packs_path, night, wish.team, settings.heard_nights)
    fresh = [case for case in candidates if call_digest(case.call_id) not in heard]
    items = choose(problems, fresh, wish, settings)
    if not items:
        raise WarehouseError(_nothing(candidates, fresh, wish, wording))
    case_ids = [case.case_id for item in items for case in item.cases]
    return PackContent(
        night=night,
        wish=wish,
        problems=problems,
        items=items,
        views=read_views(con, listed, case_ids, shelves, wording.labels),
        said={case_id: read_said(con, [case_id]) for case_id in case_ids},
    )


def _nothing(candidates: tuple[Candidate, ...], fresh: list[Candidate], wish: Wish, wording: Wording) -> str:
    settings = wording.settings
    if not fresh:
        return f"{len(candidates)} 个案例在最近 {settings.heard_nights} 夜的晨训包里都听过了。"
    shortest = min(case.clip_s for case in fresh) + settings.talk_s.wrong
    least = (shortest + settings.opening_s + settings.closing_s) / 60
    return f"没有合适的案例放得进 {wish.seconds / 60:g} 分钟，请把 --minutes 加到 {least:.0f} 以上再试。"
