"""The last nights and what waits. In: config. Out: rows and dates. Edge: reads lake and inbox."""

from datetime import date

from flows.config import Config, ConfigInvalid
from warehouse.lake import Lake

COLUMNS = ("夜", "状态", "录音", "入库", "沿用", "失败", "警告", "小时", "完成于(UTC)")


def recent_nights(config: Config, count: int) -> list[tuple[object, ...]]:
    """Return one row per night for the last `count` nights, newest first."""
    lake = Lake(config.lake_path)
    rows: list[tuple[object, ...]] = []
    for night in sorted(lake.nights(), reverse=True)[:count]:
        run = lake.newest_run(night)
        if run is None:
            continue
        row = lake.read_rows("run", run)[0]
        rows.append(
            (
                night,
                "有失败" if row["state"] == "with_failures" else "正常",
                row["recording_count"],
                row["call_count"],
                row["reused_count"],
                row["failed_count"],
                row["warning_count"],
                round(row["audio_s"] / 3600, 2),
                f"{row['finished_at']:%Y-%m-%d %H:%M:%S}",
            )
        )
    return rows


def backlog(config: Config) -> list[date]:
    """Return nights with a drop folder and no committed run, oldest first.

    Raises:
        ConfigInvalid: the inbox cannot be listed.
    """
    folder = config.inbox_path
    if not folder.is_dir():
        return []
    try:
        names = [entry.name for entry in folder.iterdir() if entry.is_dir()]
    except OSError as err:
        raise ConfigInvalid(f"投放目录 {folder} 读不了：{err.strerror}。请检查权限或 inbox.folder。") from err
    done = set(Lake(config.lake_path).nights())
    delivered = {day for name in names if (day := _day(name)) is not None}
    return sorted(delivered - done)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
