"""The reviewers' application on a port, until it is stopped. Edge.

In: configuration, taggers, who may come in. Out: a server, one per data directory.
"""

import fcntl
import ipaddress
import secrets
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import uvicorn

from flows.choices import choices_of
from flows.config import Config, ConfigInvalid
from flows.labels import show_labels
from flows.publication import libraries
from flows.store import recording_files
from flows.work import load_masker
from warehouse.errors import WarehouseLocked
from warehouse.labels import load_labels
from warehouse.review.accounts import accounts
from warehouse.review.app import make_app
from warehouse.review.audit import Deed, last_entry, note
from warehouse.review.settings import Door, Outside, Places, Rules
from warehouse.review.store import ReviewStore

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_MOST_AT_ONCE = 64
_GOODBYE_S = 10


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Where to listen and for whom.

    Attributes:
        host: address to bind.
        port: 0 takes a free one.
        local_name: the one reviewer of a server on loopback; None for accounts.
        public_url: address that browsers use when a proxy stands before; "" for none.
        first: first night, None for the newest ones.
        last: last night.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    local_name: str | None = None
    public_url: str = ""
    first: date | None = None
    last: date | None = None


class _Server(uvicorn.Server):
    """A server that a signal stops: uvicorn's own raises it again, and the end would be noted by nobody."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def serve(config: Config, options: ServeOptions, say: Callable[[str], None]) -> None:
    """Serve until stopped; `say` gets the address to open.

    Raises:
        ConfigInvalid: nobody could come in, or too many could.
        WarehouseError: the data directory cannot be used, or is served already.
        OSError: the port is taken.
    """
    _require_someone(config, options)
    with _only_server(config), _listening(options) as listener:
        port: int = listener.getsockname()[1]
        door = _door(options, port)
        store = ReviewStore(config.review_path)
        app = make_app(_places(config), _rules(config, options), door, _outside(config))
        settings = uvicorn.Config(
            app,
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_AT_ONCE,
            timeout_graceful_shutdown=_GOODBYE_S,
        )
        say(_address(options, door, port))
        _Server(settings).run(sockets=[listener])
        note(store, Deed("", "stop"), _now())
        number, chain = last_entry(store)
        say(f"已停止。意见都已存好，下一次夜间运行时进入仓库。审计记录到第 {number} 条（{chain[:16]}）。")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _require_someone(config: Config, options: ServeOptions) -> None:
    store = ReviewStore(config.review_path)
    store.prepare()
    known = accounts(store)
    if options.local_name is None:
        if not known:
            raise ConfigInvalid(
                "还没有用户：先用 huiting review user add 加用户；本机一个人用：huiting review --as 工号。"
            )
    elif not is_loopback(options.host) or options.public_url:
        raise ConfigInvalid("--as 不用登录，只能在本机用；要让别人访问，请先加用户，去掉 --as。")
    elif any(account.name == options.local_name for account in known):
        raise ConfigInvalid(f"{options.local_name} 有密码：请去掉 --as，打开后登录。")
    if not is_loopback(options.host) and is_any_address(options.host) and not options.public_url:
        raise ConfigInvalid(f"--host {options.host} 时请用 --public-url 写明浏览器用的地址。")


def is_any_address(host: str) -> bool:
    """Whether an address stands for all of this machine's."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


@contextmanager
def _only_server(config: Config) -> Generator[None]:
    with config.review_path.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            raise WarehouseLocked(f"{config.data_dir}：复核服务已经在运行，请用它，或先停掉它。") from err
        yield


@contextmanager
def _listening(options: ServeOptions) -> Generator[socket.socket]:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        listener = socket.create_server((options.host, options.port), family=family)
    except OSError as err:
        raise OSError(
            f"{options.host}:{options.port} 用不了（{err.strerror}）：换一个 --port，或检查 --host。"
        ) from err
    with listener:
        yield listener


def _door(options: ServeOptions, port: int) -> Door:
    public = urlsplit(options.public_url)
    if options.public_url and (public.scheme not in ("http", "https") or not public.netloc):
        raise ConfigInvalid(f"--public-url {options.public_url!r} 不是网址，例如 https://review.example.cn")
    shown = f"[{options.host}]" if ":" in options.host else options.host
    names = {shown, *(_LOOPBACK_NAMES if is_loopback(options.host) else ())}
    hosts = {f"{name}:{port}".lower() for name in names} | ({public.netloc.lower()} - {""})
    token = secrets.token_urlsafe(24) if options.local_name is not None else ""
    return Door(frozenset(hosts), public.scheme == "https", options.local_name, token)


def _address(options: ServeOptions, door: Door, port: int) -> str:
    shown = f"[{options.host}]" if ":" in options.host else options.host
    base = options.public_url.rstrip("/") or f"http://{shown}:{port}"
    if door.local_name is not None:
        return f"请在本机浏览器打开（不要转发这个地址）：{base}/start?token={door.start_token}"
    warning = "" if door.is_secure or is_loopback(options.host) else "（没有加密：请在前面放 HTTPS 代理）"
    return f"请在浏览器打开：{base}/login{warning}"


def _places(config: Config) -> Places:
    return Places(
        lake=config.lake_path,
        warehouse=config.warehouse_path,
        pages=config.pages_path,
        store=config.review_path,
        scratch=config.data_path / "_review",
    )


def _rules(config: Config, options: ServeOptions) -> Rules:
    table = config.review
    return Rules(
        first=options.first,
        last=options.last,
        night_count=table.night_count,
        items_per_night=table.items_per_night,
        second_opinion_share=table.second_opinion_share,
        reserve_s=table.reserve_minutes * 60,
        session_s=table.session_hours * 3600,
        idle_s=table.idle_minutes * 60,
        login_tries=table.login_tries,
        lock_s=table.lock_minutes * 60,
        context_turns=table.context_turns,
    )


def _outside(config: Config) -> Outside:
    return Outside(
        choices=choices_of(config),
        labels=load_labels(),
        library=libraries()[0],
        recordings=lambda night: recording_files(config, [night]),
        mask_text=load_masker(config).mask_text,
        publish=lambda: show_labels(config),
        now=_now,
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
