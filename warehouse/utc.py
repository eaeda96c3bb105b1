"""Instants as they are stored: UTC without a time zone. Pure."""

from datetime import UTC, datetime
from typing import overload


@overload
def naive_utc(instant: datetime) -> datetime: ...
@overload
def naive_utc(instant: None) -> None: ...
@overload
def naive_utc(instant: datetime | None) -> datetime | None: ...
def naive_utc(instant: datetime | None) -> datetime | None:
    """Return an instant in UTC without its time zone; one without a zone is taken to be UTC already."""
    if instant is None or instant.tzinfo is None:
        return instant
    return instant.astimezone(UTC).replace(tzinfo=None)
