"""What all routes share: who asks, whether a form is ours, and pages from templates. Edge (HTTP)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from warehouse.pages.names import day_name, shown_id
from warehouse.review.accounts import ROLES
from warehouse.review.desk import Desk
from warehouse.review.forms import KINDS
from warehouse.review.listening import Listening
from warehouse.review.sessions import Lifetime, Visitor, find_visitor
from warehouse.review.settings import Door
from warehouse.review.standing import STATES

HERE = Path(__file__).resolve().parent
COOKIE, LOGIN_COOKIE = "huiting_review", "huiting_login"
VERDICT_NAMES = {"right": "对", "wrong": "错", "unsure": "拿不准"}
STAGE_NAMES = {"review": "评审", "appeal": "申诉", "final": "终审"}


class NotLoggedIn(Exception):
    """Nobody, or a session that is over."""


class Refused(Exception):
    """A request that is answered with a page of few words, without any data.

    Attributes:
        status: HTTP status.
        text: what to do, Chinese.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    made.filters |= {"day": day_name, "shown_id": shown_id}
    names: dict[str, Any] = {
        "KINDS": KINDS,
        "ROLES": ROLES,
        "STATES": STATES,
        "VERDICTS": VERDICT_NAMES,
        "STAGES": STAGE_NAMES,
    }
    made.globals.update(names)
    return made


@dataclass(frozen=True, slots=True)
class Site:
    """The application's shared parts, as routes get them."""

    desk: Desk
    listening: Listening
    door: Door
    templates: Environment = field(default_factory=_environment)

    @property
    def lifetime(self) -> Lifetime:
        return Lifetime(self.desk.rules.session_s, self.desk.rules.idle_s)

    def page(
        self, template: str, values: Mapping[str, object], visitor: Visitor | None = None, status: int = 200
    ) -> HTMLResponse:
        """Render a page; every value is text."""
        known = {"visitor": visitor, "is_local": self.door.local_name is not None}
        text = self.templates.get_template(f"{template}.html.j2").render(known | dict(values))
        return HTMLResponse(text, status)

    def set_cookie(self, response: HTMLResponse, name: str, value: str) -> None:
        """Set a cookie that no script and no other site gets."""
        response.set_cookie(
            name, value, path="/", httponly=True, samesite="strict", secure=self.door.is_secure
        )


def site_of(request: Request) -> Site:
    """The application's shared parts."""
    return cast("Site", request.app.state.site)


AnySite = Annotated[Site, Depends(site_of)]


def visitor_of(request: Request, site: AnySite) -> Visitor:
    """Who asks.

    Raises:
        NotLoggedIn: nobody that we know.
    """
    token = request.cookies.get(COOKIE, "")
    now = site.desk.outside.now()
    found = find_visitor(site.desk.store, token, site.lifetime, now) if token else None
    if found is None:
        raise NotLoggedIn
    return found


AnyVisitor = Annotated[Visitor, Depends(visitor_of)]


def must_be_ours(visitor: Visitor, csrf: str) -> None:
    """Refuse a form that does not carry the session's token.

    Raises:
        Refused: it does not.
    """
    if not visitor.is_csrf(csrf):
        raise Refused(403, "页面已过期，请刷新后再试。")


def must_be(visitor: Visitor, *roles: str) -> None:
    """Refuse somebody who has none of `roles`.

    Raises:
        Refused: they have not.
    """
    if not visitor.has(*roles):
        raise Refused(403, "您的角色不能看这一页。")
