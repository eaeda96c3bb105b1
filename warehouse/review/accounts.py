"""Accounts: hashed passwords, roles, and a lock after too many wrong passwords. Edge (through `store`).

In: names and passwords as typed. Out: accounts. A password is never stored, logged or shown.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from warehouse.errors import WarehouseError
from warehouse.review.audit import Deed, record
from warehouse.review.store import ReviewStore, Statements

REVIEWER, AGENT_SIDE, LEAD, AUDITOR = "reviewer", "agent_side", "lead", "auditor"
ROLES = {REVIEWER: "评审", AGENT_SIDE: "坐席一方", LEAD: "终审", AUDITOR: "审计"}
# OWASP's Password Storage Cheat Sheet names N = 2^15, r = 8, p = 3 among its equal minimums: 32 MB, 0.2 s.
_N, _R, _P, _KEY_BYTES = 2**15, 8, 3, 32
_MAX_MEMORY_BYTES = 128 * _N * _R * 2
_NAME = re.compile(r"[\w.@-]{1,64}")
MAX_PASSWORD_CHARS = 256


class AccountInvalid(WarehouseError):
    """A name, role or password that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person: name, roles (keys of `ROLES`), and the team they may look at ("" for all)."""

    name: str
    roles: frozenset[str]
    team: str = ""


def hash_password(password: str) -> str:
    """Return `scrypt$n$r$p$salt$key` with a salt of its own."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${_key(password, salt, (_N, _R, _P)).hex()}"


def is_password(password: str, stored: str) -> bool:
    """Whether `password` is the one that was hashed to `stored`; takes as long when it is not."""
    _, n, r, p, salt, key = stored.split("$")
    found = _key(password, bytes.fromhex(salt), (int(n), int(r), int(p)))
    return hmac.compare_digest(found, bytes.fromhex(key))


@lru_cache(maxsize=1)
def _nobody() -> str:
    """What an unknown name is checked against, so that it takes as long as a known one."""
    return hash_password(secrets.token_hex(16))


def add_account(store: ReviewStore, account: Account, password: str, min_chars: int, now: datetime) -> None:
    """Add a person.

    Raises:
        AccountInvalid: the name is taken or odd, a role is unknown, or the password is too short.
    """
    _check(account, password, min_chars)
    with store.writing() as statements:
        if statements.rows("account_of", {"name": account.name}):
            raise AccountInvalid(f"用户 {account.name} 已经有了；改密码用 huiting review user passwd。")
        roles = " ".join(sorted(account.roles))
        values = {"name": account.name, "password": hash_password(password), "roles": roles}
        statements.run("account_add", values | {"team": account.team, "at": _seconds(now)})
        record(statements, Deed(account.name, "account_add", detail=roles), now)


def accounts(store: ReviewStore) -> list[Account]:
    """Return everybody, by name."""
    with store.reading() as statements:
        rows = statements.rows("account_list")
    return [Account(row["name"], frozenset(row["roles"].split()), row["team"]) for row in rows]


def remove_account(store: ReviewStore, name: str, now: datetime) -> None:
    """Remove a person, and log them out everywhere. What they said and did stays.

    Raises:
        AccountInvalid: there is no such person.
    """
    with store.writing() as statements:
        if not statements.run("account_remove", {"name": name}):
            raise _unknown(name)
        _log_out_everywhere(statements, name)
        record(statements, Deed(name, "account_remove"), now)


def set_password(store: ReviewStore, name: str, password: str, min_chars: int, now: datetime) -> None:
    """Give a person another password, and log them out everywhere.

    Raises:
        AccountInvalid: there is no such person, or the password is too short.
    """
    _check(Account(name, frozenset({REVIEWER})), password, min_chars)
    with store.writing() as statements:
        if not statements.run("account_password", {"name": name, "password": hash_password(password)}):
            raise _unknown(name)
        _log_out_everywhere(statements, name)
        record(statements, Deed(name, "account_password"), now)


@dataclass(frozen=True, slots=True)
class Lock:
    """After `tries` wrong passwords for a name within `lock_s` seconds it is locked for as long."""

    tries: int
    lock_s: float


def log_in(store: ReviewStore, name: str, password: str, lock: Lock, now: datetime) -> Account | None:
    """Return the account when name and password fit and the name is not locked, else None.

    An unknown name is treated like a wrong password in every way that can be seen from outside.
    """
    digest = hashlib.sha256(name.encode()).hexdigest()
    since = _seconds(now) - lock.lock_s
    with store.writing() as statements:
        # A try is counted before the password is looked at: many at once get no more tries than one by one.
        statements.run("failure_add", {"name_digest": digest, "at": _seconds(now)})
        tries = statements.rows("failure_count", {"name_digest": digest, "since": since})[0]["failure_count"]
        found = statements.rows("account_of", {"name": name})
    is_right = is_password(password[:MAX_PASSWORD_CHARS], found[0]["password"] if found else _nobody())
    with store.writing() as statements:
        if is_right and found and tries <= lock.tries:
            statements.run("failure_forget", {"name_digest": digest, "since": since})
            record(statements, Deed(name, "login"), now)
            return Account(name, frozenset(found[0]["roles"].split()), found[0]["team"])
        # An unknown name may be a password typed into the wrong field: it is not written down.
        record(statements, Deed(name if found else "", "login_failed"), now)
    return None


def _check(account: Account, password: str, min_chars: int) -> None:
    if not _NAME.fullmatch(account.name):
        raise AccountInvalid(f"用户名 {account.name!r} 不能用：只用字母、数字、汉字和 . _ @ -，最多 64 个。")
    odd = sorted(account.roles - ROLES.keys())
    if odd or not account.roles:
        shown = odd[0] if odd else ""
        raise AccountInvalid(f"角色 {shown!r} 不存在，请用 {'、'.join(ROLES)}，可以给几个。")
    if not min_chars <= len(password) <= MAX_PASSWORD_CHARS or password == account.name:
        raise AccountInvalid(f"密码要 {min_chars} 到 {MAX_PASSWORD_CHARS} 个字符，不能和用户名一样。")


def _log_out_everywhere(statements: Statements, name: str) -> None:
    statements.run("session_close_of", {"name": name})
    statements.run("ticket_release", {"name": name})


def _unknown(name: str) -> AccountInvalid:
    return AccountInvalid(f"没有用户 {name}；有哪些用户，看 huiting review user list。")


def _key(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    n, r, p = cost
    return hashlib.scrypt(
        password.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MAX_MEMORY_BYTES, dklen=_KEY_BYTES
    )


def _seconds(now: datetime) -> float:
    return now.replace(tzinfo=UTC).timestamp()
