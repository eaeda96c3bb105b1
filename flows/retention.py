"""What is older than the centre wants to keep, by `[retention]`: whole nights at a time. Edge file.

In: the configuration and the clock. Out: a plan like that of a request: nights whose recordings go, nights
whose calls go with every trace. Only nights that were heard and
published go; a night nobody heard yet is never deleted by age.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.config import Config
from flows.forget_plan import ForgetPlan, night_folders
from flows.forget_request import Kind, Request
from flows.publication import libraries
from warehouse.lake import Lake
from warehouse.lake_traces import calls_only_in, clip_ids_of, remove_old_cases
from warehouse.rows import Row
from warehouse.tombstones import TombstoneStore, tombstone_id

# Calls of so many nights are named in one request: more would make its note too long.
NIGHTS_AT_ONCE = 31


def plan_expired(config: Config, now: datetime) -> ForgetPlan:
    """Find what is too old; changes nothing. At most `NIGHTS_AT_ONCE` nights, the oldest first.

    Raises:
        WarehouseError: a file of the lake is damaged.
    """
    lake = Lake(config.lake_path)
    today = now.astimezone(ZoneInfo(config.timezone)).date()
    kept = config.retention
    gone = TombstoneStore(lake.root).nights()
    heard = [night for night in lake.nights() if night not in gone]
    nights = _older(heard, today, kept.transcripts_days)[:NIGHTS_AT_ONCE]
    folders = night_folders(config)
    delivered = [night for night in heard if night in folders]
    recordings = sorted({*_older(delivered, today, kept.recordings_days), *nights})
    call_ids = calls_only_in(lake, nights)
    request_id = f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    instant = now.astimezone(UTC).replace(tzinfo=None)
    call_counts = {night: _call_count(lake, night) for night in {*nights, *recordings}}
    request = Request(
        request_id=request_id,
        kind=Kind.RETENTION,
        requested_at=instant,
        call_ids=call_ids,
        clip_ids=clip_ids_of(lake, call_ids),
        nights=tuple(nights),
        recording_nights=tuple(recordings),
        tombstones=tuple(
            [
                *(_row(request_id, "night", night, call_counts[night], instant) for night in nights),
                *(
                    _row(request_id, "recordings", night, call_counts[night], instant)
                    for night in recordings
                    if night not in nights
                ),
            ]
        ),
    )
    counts = {
        "整夜的通话": len(nights),
        "通话": len(call_ids),
        "整夜的录音": len([night for night in recordings if night in folders]),
        "录音文件": sum(_file_count(folders[night]) for night in recordings if night in folders),
    }
    return ForgetPlan(request, counts, (), ())


def drop_old_cases(config: Config) -> int:
    """Drop cases from libraries whose `retention_days` are over, counted as pages count; returns how many.

    Their calls stay, so the warehouse need not be built anew: the night's own build loads all cases afresh.

    Raises:
        LibraryInvalid: a library's description cannot be used.
        WarehouseError: a file of the lake is damaged, or cannot be written.
    """
    lake = Lake(config.lake_path)
    nights = lake.nights()
    if not nights:
        return 0
    kept = {library.library_id: timedelta(days=library.retention_days) for library in libraries()}
    return remove_old_cases(lake, {library: nights[-1] - days for library, days in kept.items()})


def _older(nights: Sequence[date], today: date, days: int) -> list[date]:
    """The nights that are `days` old or older; none when days is 0, which means for ever."""
    return [night for night in nights if days and night <= today - timedelta(days=days)]


def _call_count(lake: Lake, night: date) -> int:
    run = lake.newest_run(night)
    return len(lake.read_rows("call", run, ["night"])) if run else 0


def _file_count(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())


def _row(request_id: str, scope: str, night: date, call_count: int, now: datetime) -> Row:
    return {
        "tombstone_id": tombstone_id(request_id, scope, night),
        "scope": scope,
        "kind": str(Kind.RETENTION),
        "night": night,
        "call_hash": None,
        "recording_hash": None,
        "size_bytes": None,
        "call_count": call_count,
        "reason": None,
        "requested_at": now,
        "done_at": None,
    }
