"""What the application is given: places, rules, who may come in, and functions of the outside. Pure.

The application imports nothing of flows: taggers, configuration and the clock come in as plain values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from warehouse.case import Library
from warehouse.label_row import Choices
from warehouse.labels import Labels


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie: the lake, the published warehouse, the pages, our own file, and sound being cut."""

    lake: Path
    warehouse: Path
    pages: Path
    store: Path
    scratch: Path


@dataclass(frozen=True, slots=True)
class Rules:
    """How reviewing goes: which nights and how many items, who judges again, when things lapse.

    `first` and `last` bound the nights, None for the newest `night_count`. Shares are 0 to 1.
    """

    first: date | None = None
    last: date | None = None
    night_count: int = 7
    items_per_night: int = 2000
    second_opinion_share: float = 0.1
    reserve_s: float = 900.0
    session_s: float = 43_200.0
    idle_s: float = 3_600.0
    login_tries: int = 5
    lock_s: float = 900.0
    context_turns: int = 5


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in.

    Attributes:
        hosts: values of the Host header that are answered, others are refused.
        is_secure: whether browsers come over https, so that cookies are for https only.
        local_name: the one reviewer of a server on loopback, who needs no password; None with accounts.
        start_token: what the local reviewer's address must carry; "" with accounts.
    """

    hosts: frozenset[str]
    is_secure: bool = False
    local_name: str | None = None
    start_token: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """Functions and tables of the outside.

    Attributes:
        choices: what people may choose as correct.
        labels: Chinese names of ids.
        library: any library; its settings are the base for cuts around evidence.
        recordings: {call_id: files in channel order} of a night.
        mask_text: free text with personal data as `*`.
        publish: builds and publishes the warehouse with all verdicts; False while a night runs.
        now: the instant, UTC, without a zone.
    """

    choices: Choices
    labels: Labels
    library: Library
    recordings: Callable[[date], Mapping[str, tuple[Path, ...]]]
    mask_text: Callable[[str], str]
    publish: Callable[[], bool]
    now: Callable[[], datetime]
