"""What browsers send: forms and addresses, strict and short. Pure."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from warehouse.label_targets import CASE, CAUSE, TABOO

MAX_NOTE_CHARS = 500
_TARGET = re.compile(r"[ctk]-[0-9a-f]{14}")
_TICKET = re.compile(r"[A-Za-z0-9_-]{24}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _plain(text: str) -> str:
    """Free text as one line or several, without control characters."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _a_night(text: str) -> str:
    return date.fromisoformat(text).isoformat() if text else ""


Short = Annotated[str, StringConstraints(max_length=120)]
Token = Annotated[str, StringConstraints(max_length=120)]
NightText = Annotated[str, StringConstraints(max_length=10), AfterValidator(_a_night)]
Note = Annotated[str, StringConstraints(max_length=MAX_NOTE_CHARS), AfterValidator(_plain)]
Table = Literal["", "taboo_verdict", "cause_label", "case_verdict"]
Order = Literal["doubt", "lot"]


class Form(BaseModel):
    """A form: nothing but its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LoginForm(Form):
    """Name and password; `csrf` is the value of the cookie that came with the page."""

    name: Short
    password: Annotated[str, StringConstraints(max_length=1024)]
    csrf: Token


class TokenForm(Form):
    """A button that needs nothing but the session's token."""

    csrf: Token


class WantedForm(TokenForm):
    """Which items to hand out next."""

    table: Table = ""
    night: NightText = ""
    team: Short = ""
    found: Short = ""
    order: Order = "doubt"


class VerdictForm(WantedForm):
    """A verdict, and which item to hand out afterwards."""

    verdict: Literal["right", "wrong", "unsure"]
    correct: Short = ""
    note: Note = ""


class HeardForm(TokenForm):
    """How far a sound was played, in seconds."""

    target_id: Annotated[str, StringConstraints(pattern=_TARGET)]
    until_s: Annotated[float, Field(ge=0, le=100_000)]


class WantedQuery(BaseModel):
    """Filters in the address of the queue; what does not fit is refused."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    table: Table = ""
    night: NightText = ""
    team: Short = ""
    found: Short = ""
    order: Order = "doubt"


def is_target_id(text: str) -> bool:
    """Whether `text` is written as ids of targets are."""
    return _TARGET.fullmatch(text) is not None


def is_ticket_id(text: str) -> bool:
    """Whether `text` is written as ids of forms are."""
    return _TICKET.fullmatch(text) is not None


KINDS = {TABOO: "禁语", CAUSE: "投诉原因", CASE: "案例"}
