"""Coming in and going out: start address, login, logout. Edge (HTTP)."""

import hmac
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from warehouse.review.accounts import Lock, log_in
from warehouse.review.audit import Deed, note
from warehouse.review.forms import LoginForm, TokenForm
from warehouse.review.sessions import close_session, open_session
from warehouse.review.web import COOKIE, LOGIN_COOKIE, AnySite, AnyVisitor, Refused, Site, must_be_ours

router = APIRouter()


@router.get("/")
def first() -> Response:
    """The first page is the queue."""
    return RedirectResponse("/queue", 303)


@router.get("/start")
def start(site: AnySite, token: str = "") -> Response:
    """Let the local reviewer in who has the address that the server printed."""
    door = site.door
    is_right = hmac.compare_digest(token.encode(), door.start_token.encode())
    if door.local_name is None or not door.start_token or not is_right:
        raise Refused(403, "地址不对或服务已重新启动：请用启动时显示的地址打开。")
    now = site.desk.outside.now()
    session = open_session(site.desk.store, door.local_name, now, is_local=True)
    note(site.desk.store, Deed(door.local_name, "login", detail="local"), now)
    # Not a redirect: a strict cookie is not sent along one that another program began.
    response = site.page("welcome", {})
    site.set_cookie(response, COOKIE, session)
    return response


@router.get("/login")
def login_page(site: AnySite) -> Response:
    """The login page."""
    return _login_page(site, "")


@router.post("/login")
def login(request: Request, site: AnySite, form: Annotated[LoginForm, Form()]) -> Response:
    """Open a session for who knows a password."""
    if site.door.local_name is not None:
        raise Refused(403, "请用启动时显示的地址打开。")
    cookie = request.cookies.get(LOGIN_COOKIE, "")
    if not cookie or not hmac.compare_digest(cookie.encode(), form.csrf.encode()):
        return _login_page(site, "页面已过期，请再试一次。")
    desk = site.desk
    lock = Lock(desk.rules.login_tries, desk.rules.lock_s)
    account = log_in(desk.store, form.name.strip(), form.password, lock, desk.outside.now())
    if account is None:
        minutes = round(desk.rules.lock_s / 60)
        return _login_page(site, f"用户名或密码不对；连续输错会锁定 {minutes} 分钟。", 401)
    token = open_session(desk.store, account.name, desk.outside.now())
    response = RedirectResponse("/queue", 303)
    response.delete_cookie(LOGIN_COOKIE, path="/")
    _set(site, response, token)
    return response


@router.post("/logout")
def logout(site: AnySite, visitor: AnyVisitor, form: Annotated[TokenForm, Form()]) -> Response:
    """End the session."""
    must_be_ours(visitor, form.csrf)
    close_session(site.desk.store, visitor)
    note(site.desk.store, Deed(visitor.name, "logout"), site.desk.outside.now())
    response = site.page("message", {"title": "已退出", "text": "可以关闭这个页面了。"})
    response.delete_cookie(COOKIE, path="/")
    return response


def _login_page(site: Site, problem: str, status: int = 200) -> HTMLResponse:
    token = secrets.token_urlsafe(24)
    response = site.page("login", {"csrf": token, "problem": problem}, status=status)
    site.set_cookie(response, LOGIN_COOKIE, token)
    return response


def _set(site: Site, response: RedirectResponse, token: str) -> None:
    response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="strict", secure=site.door.is_secure)
