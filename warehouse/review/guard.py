"""What every request passes first: host, origin, size; and the headers of every answer.

Pure ASGI, no state. A page of another site in the same browser, and a name that resolves here, get nothing.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MAX_BODY_BYTES = 64 * 1024
_METHODS = ("GET", "HEAD", "POST")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With no-referrer browsers would send "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class _TooLarge(Exception):
    """The body is larger than any form of ours."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Wraps the application. `hosts` are the values of the Host header that are answered."""

    app: Application
    hosts: frozenset[str]
    is_secure: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            await _refuse(send, *refusal)
            return
        has_begun = False

        async def guarded_send(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                message["headers"] = [*self._kept(message["headers"]), *self._own(scope["path"])]
            await send(message)

        try:
            await self.app(scope, _limited(receive), guarded_send)
        except _TooLarge:
            if not has_begun:
                await _refuse(send, 413, "内容太大。")

    def _refusal(self, method: str, headers: dict[str, str]) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self.hosts:
            return 421, "地址不对：请用启动时显示的地址打开。"
        if method not in _METHODS:
            return 405, "不支持的请求。"
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return 413, "内容太大。"
        if method == "POST" and not self._is_own(headers):
            return 403, "这个请求不是从本页面发出的。"
        return None

    def _is_own(self, headers: dict[str, str]) -> bool:
        """Whether a POST comes from a page of ours; programs that send neither header carry a token."""
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() not in self.hosts:
            return False
        return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")

    def _kept(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        return [(name, value) for name, value in headers if name.decode("latin-1").lower() not in _HEADERS]

    def _own(self, path: str) -> list[tuple[bytes, bytes]]:
        found = dict(_HEADERS)
        if path.startswith("/assets/"):
            found["cache-control"] = "no-cache"
        if self.is_secure:
            found["strict-transport-security"] = "max-age=31536000"
        return [(name.encode(), value.encode()) for name, value in found.items()]


def _limited(receive: Receive) -> Receive:
    """`receive` that counts: a body sent in chunks has no length to look at."""
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BODY_BYTES:
            raise _TooLarge
        return message

    return counting


async def _refuse(send: Send, status: int, text: str) -> None:
    content = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(content)).encode()),
    ]
    own = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *own]})
    await send({"type": "http.response.body", "body": content})
