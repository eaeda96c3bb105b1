"""Sessions: a random token in a cookie, of which only the digest is stored. Edge (through `store`)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse.review.accounts import ROLES
from warehouse.review.store import ReviewStore

_TOKEN_BYTES = 32
_SEEN_EVERY_S = 30.0  # how often a session that is used is noted as such


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: name, roles, team ("" for all), the session's CSRF token and the digest of its own."""

    name: str
    roles: frozenset[str]
    team: str
    csrf: str
    token_digest: str

    def has(self, *roles: str) -> bool:
        """Whether this person has one of `roles`."""
        return bool(self.roles.intersection(roles))

    def is_csrf(self, given: str) -> bool:
        """Whether a form carries this session's token."""
        return hmac.compare_digest(given.encode(), self.csrf.encode())


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts: `session_s` in all, `idle_s` without a request."""

    session_s: float
    idle_s: float


def open_session(store: ReviewStore, name: str, now: datetime, *, is_local: bool = False) -> str:
    """Open a session and return its token; a local one has all roles and ends with the server."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    values = {"token_digest": digest_of(token), "name": name, "is_local": int(is_local)}
    with store.writing() as statements:
        statements.run("session_add", values | {"csrf": secrets.token_urlsafe(24), "at": _seconds(now)})
    return token


def find_visitor(store: ReviewStore, token: str, lifetime: Lifetime, now: datetime) -> Visitor | None:
    """Return who a token belongs to, with the roles of this moment; None when it is over."""
    digest, at = digest_of(token), _seconds(now)
    limits = {"opened_since": at - lifetime.session_s, "seen_since": at - lifetime.idle_s}
    with store.reading() as statements:
        rows = statements.rows("session_of", {"token_digest": digest} | limits)
    if not rows:
        return None
    row = rows[0]
    if at - row["seen_at"] > _SEEN_EVERY_S:
        with store.writing() as statements:
            statements.run("session_seen", {"token_digest": digest, "at": at})
    roles = frozenset(ROLES) if row["is_local"] else frozenset(row["roles"].split())
    return Visitor(row["name"], roles, row["team"] or "", row["csrf"], digest)


def close_session(store: ReviewStore, visitor: Visitor) -> None:
    """End a session."""
    with store.writing() as statements:
        statements.run("session_close", {"token_digest": visitor.token_digest})
        statements.run("ticket_release", {"name": visitor.name})


def sweep(store: ReviewStore, lifetime: Lifetime, now: datetime) -> None:
    """End local sessions of earlier servers, and those that are over."""
    with store.writing() as statements:
        statements.run("session_sweep", {"opened_since": _seconds(now) - lifetime.session_s})


def digest_of(token: str) -> str:
    """Return the digest under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def _seconds(now: datetime) -> float:
    return now.replace(tzinfo=UTC).timestamp()
