"""One row of the centre's export: delivered values to checked fields. Pure.

In: text (CSV) or JSON values. Out: `ManifestRow`, or a ValueError that says in Chinese what a value is not.
Nothing is guessed: what is missing is None.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from transcribe.call import SpeakerRole

_MISSING = frozenset({"", "-", "--", "null", "none", "n/a", "nan", r"\n"})
_TRUE = frozenset({"1", "true", "t", "yes", "y", "是"})
_FALSE = frozenset({"0", "false", "f", "no", "n", "否"})
_CLOCK = re.compile(r"(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)")


def _text(value: object) -> str | None:
    """Strips, and undoes ="8026", which spreadsheets write to keep digits as text."""
    if value is None or isinstance(value, (dict, list)):
        return None
    # A lone surrogate, which JSON can smuggle in, would stop every writer later.
    text = str(value).encode("utf-8", "replace").decode().strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1].strip()
    return None if text.casefold() in _MISSING else text


def _number(value: object) -> float | None:
    text = _text(value)
    if text is None:
        return None
    if clock := _CLOCK.fullmatch(text):
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])
    try:
        number = float(text)
    except ValueError:
        raise ValueError("不是数字(秒数, 或 时:分:秒)") from None
    if not 0 <= number < 1e9:  # NaN fails too
        raise ValueError("不是 0 以上的数字")
    return number


def _flag(value: object) -> bool | None:
    text = _text(value)
    if text is None:
        return None
    if text.casefold() in _TRUE | _FALSE:
        return text.casefold() in _TRUE
    raise ValueError("不是 true 或 false")


def _instant(value: object, info: ValidationInfo) -> datetime | None:
    """UTC. A time without a zone is used only when the config says which zone the export means."""
    text = _text(value)
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise ValueError("不是 ISO 8601 时间, 例如 2026-11-20T09:30:00+08:00") from None
    if instant.tzinfo is None:
        zone = cast(ZoneInfo | None, (info.context or {}).get("naive_zone"))
        if zone is None:
            raise ValueError("没有时区, 请让导出带时区, 或在配置里写明 naive_timezone")
        instant = instant.replace(tzinfo=zone)
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("不是可用的年份") from None


def _day(value: object) -> date | None:
    text = _text(value)
    if text is None:
        return None
    try:
        return datetime.strptime(text.replace("/", "-")[:10].strip(), "%Y-%m-%d").date()
    except ValueError:
        raise ValueError("不是日期, 例如 2024-05-06") from None


def _parts(value: object, separators: str) -> tuple[str, ...]:
    if isinstance(value, list):
        items = [_text(item) for item in cast(list[object], value)]
    else:
        items = [_text(item) for item in re.split(separators, _text(value) or "")]
    return tuple(item for item in items if item)


def _roles(value: object) -> tuple[SpeakerRole, ...] | None:
    names = _parts(value, r"[,;|/\s]+")
    try:
        return tuple(SpeakerRole(name.casefold()) for name in names) or None
    except ValueError:
        known = ", ".join(role.value for role in SpeakerRole)
        raise ValueError(f"只认识这些角色: {known}, 按声道顺序写, 例如 agent,customer") from None


def _files(value: object) -> tuple[str, ...]:
    return _parts(value, ";")


_OptionalText = Annotated[str | None, BeforeValidator(_text)]
_OptionalNumber = Annotated[float | None, BeforeValidator(_number)]


class ManifestRow(BaseModel):
    """What the ACD says of one call; times in UTC, durations in seconds."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    line: int
    call_id: _OptionalText = None
    file: Annotated[tuple[str, ...], BeforeValidator(_files)] = ()
    started_at: Annotated[datetime | None, BeforeValidator(_instant)] = None
    direction: _OptionalText = None
    line_of_business: _OptionalText = None
    queue: _OptionalText = None
    agent_id: _OptionalText = None
    team: _OptionalText = None
    agent_on_line_since: Annotated[date | None, BeforeValidator(_day)] = None
    customer_id: Annotated[str | None, BeforeValidator(_text), Field(repr=False)] = None
    hold_s: _OptionalNumber = None
    acw_s: _OptionalNumber = None
    satisfaction: _OptionalNumber = None
    transferred_to_supervisor: Annotated[bool | None, BeforeValidator(_flag)] = None
    channel_roles: Annotated[tuple[SpeakerRole, ...] | None, BeforeValidator(_roles)] = None


COLUMNS = tuple(name for name in ManifestRow.model_fields if name != "line")
