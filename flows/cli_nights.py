"""Which nights an operator means: options of the command line in, dates out. Edge: asks the clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flows.config import Config, ConfigInvalid


def asked_nights(config: Config, day: str | None, first: str | None, last: str | None) -> list[date]:
    """The nights that --date, or --from and --to (both included), ask for; yesterday's by default.

    Raises:
        ConfigInvalid: they contradict each other, or one is no date.
    """
    yesterday = today(config) - timedelta(days=1)
    if first is None:
        if last is not None:
            raise ConfigInvalid("--to 要和 --from 一起用。")
        return [parsed_day(day, "--date") if day else yesterday]
    if day is not None:
        raise ConfigInvalid("--date 和 --from/--to 只能用一种。")
    start, end = parsed_day(first, "--from"), parsed_day(last, "--to") if last else yesterday
    if end < start:
        raise ConfigInvalid(f"--to {end} 早于 --from {start}，请调换。")
    return [start + timedelta(days=offset) for offset in range((end - start).days + 1)]


def today(config: Config) -> date:
    """The centre's own date, now."""
    return datetime.now(ZoneInfo(config.timezone)).date()


def parsed_day(text: str, option: str) -> date:
    """The date that `option` was given.

    Raises:
        ConfigInvalid: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise ConfigInvalid(f"{option} {text!r} 不是日期，请写成 2026-11-20 这样。") from err
