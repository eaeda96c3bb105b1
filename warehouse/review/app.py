"""The reviewers' application: its parts put together. Edge (HTTP).

In: places, rules, who may come in, functions of the outside. Out: an ASGI application. Errors are pages of a
few words: never what was sent, never a trace.
"""

import hashlib
import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response

from warehouse.errors import WarehouseError
from warehouse.pages.site import HERE as PAGES
from warehouse.pages.site import STYLES
from warehouse.review import routes_entry, routes_judge, routes_queue
from warehouse.review.audit import Deed, note
from warehouse.review.desk import Desk
from warehouse.review.guard import Guard
from warehouse.review.listening import Listening
from warehouse.review.sessions import sweep
from warehouse.review.settings import Door, Outside, Places, Rules
from warehouse.review.web import HERE, NotLoggedIn, Refused, Site

_LOG = logging.getLogger("huiting.review")
# The trainers' sheets are served as one: both look the same, and colours are named in one place.
_ASSETS = {
    "pages.css": ([PAGES / "assets" / name for name in STYLES], "text/css; charset=utf-8"),
    "review.css": ([HERE / "assets" / "review.css"], "text/css; charset=utf-8"),
    "review.js": ([HERE / "assets" / "review.js"], "text/javascript; charset=utf-8"),
    "icon.svg": ([PAGES / "assets" / "icon.svg"], "image/svg+xml"),
}


def make_app(places: Places, rules: Rules, door: Door, outside: Outside) -> Guard:
    """Return the application, ready: what a killed server had noted is stored.

    Raises:
        WarehouseError: something cannot be read or written.
    """
    desk = Desk(places, rules, outside)
    recovered = desk.prepare()
    site = Site(desk, Listening(places, outside), door)
    site.listening.prepare()
    sweep(desk.store, site.lifetime, outside.now())
    note(desk.store, Deed("", "start", detail=f"recovered {recovered}"), outside.now())
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    for part in (routes_entry, routes_queue, routes_judge):
        app.include_router(part.router)
    _add_assets(app)
    _add_errors(app, site)
    return Guard(app, door.hosts, is_secure=door.is_secure)


def _add_assets(app: FastAPI) -> None:
    contents = {
        name: (b"\n".join(path.read_bytes() for path in paths), kind)
        for name, (paths, kind) in _ASSETS.items()
    }

    def asset(name: str, request: Request) -> Response:
        if name not in contents:
            raise Refused(404, "没有这个文件。")
        content, kind = contents[name]
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(content, media_type=kind, headers={"ETag": tag})

    app.get("/assets/{name}", response_model=None)(asset)


def _add_errors(app: FastAPI, site: Site) -> None:
    def page(status: int, text: str) -> Response:
        return site.page("message", {"title": "没有做成", "text": text}, status=status)

    def not_logged_in(request: Request, _error: Exception) -> Response:
        if site.door.local_name is not None:
            return page(401, "请用启动时显示的地址打开。")
        return RedirectResponse("/login", 303) if request.method == "GET" else page(401, "请重新登录。")

    def refused(_request: Request, error: Exception) -> Response:
        return page(error.status, error.text) if isinstance(error, Refused) else page(500, "出错了。")

    def invalid(_request: Request, _error: Exception) -> Response:
        return page(422, "填写的内容不合要求，请退回检查。")

    def unknown(_request: Request, _error: Exception) -> Response:
        return page(404, "没有这个页面。")

    def broken(_request: Request, error: Exception) -> Response:
        # Of an error that is not ours only the kind: its words may hold what somebody said.
        _LOG.error("%s", error if isinstance(error, WarehouseError) else type(error).__name__)
        return page(503, "没有存上或读不出来，请稍后重试；仍不行请找管理员看日志。")

    app.add_exception_handler(NotLoggedIn, not_logged_in)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(400, invalid)
    for status in (404, 405):
        app.add_exception_handler(status, unknown)
    app.add_exception_handler(WarehouseError, broken)
    app.add_exception_handler(Exception, broken)
