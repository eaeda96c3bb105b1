"""The audit log: who came in, heard, saw and said what, when. It only grows. Edge (through `store`).

In: deeds. Out: entries, each chained to the one before by a digest, so that a change or a gap shows. What
an entry is about can be taken out when a call must be forgotten; who did what sort of thing when stays.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from warehouse.review.store import Record, ReviewStore, Statements

START = "0" * 64
_AT_ONCE = 10_000

# What may be in the log, and what the page calls it.
DEEDS = {
    "login": "登录",
    "login_failed": "登录失败",
    "logout": "退出",
    "see": "看",
    "sound": "取声音",
    "play": "播放",
    "said": "评",
    "skip": "跳过",
    "publish": "写入仓库",
    "account_add": "加用户",
    "account_remove": "删用户",
    "account_password": "改密码",
    "start": "启动",
    "stop": "停止",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did, `about` a call and a target where it was about one."""

    name: str
    deed: str
    call_id: str = ""
    target_id: str = ""
    detail: str = ""


def record(statements: Statements, deed: Deed, at: datetime) -> None:
    """Append an entry, within the caller's transaction."""
    last = statements.rows("audit_last")
    number = last[0]["entry_number"] + 1 if last else 1
    salt = secrets.token_hex(16)
    about = _about_digest(salt, deed.call_id, deed.target_id, deed.detail)
    values: Record = {
        "entry_number": number,
        "at": at.isoformat(timespec="milliseconds") + "Z",
        "name": deed.name,
        "deed": deed.deed,
        "about_digest": about,
    }
    chain = _chain(last[0]["chain"] if last else START, values)
    about_values = {"call_id": deed.call_id, "target_id": deed.target_id, "detail": deed.detail, "salt": salt}
    statements.run("audit_add", values | about_values | {"chain": chain})


def note(store: ReviewStore, deed: Deed, at: datetime) -> None:
    """Append one entry; on return it is on disk."""
    with store.writing() as statements:
        record(statements, deed, at)


def first_break(store: ReviewStore) -> int | None:
    """Return the number of the first entry that was changed or follows a gap; None when all is whole.

    Entries cut off at the end leave no trace here: compare the last number and digest with a copy.
    """
    chain, number = START, 0
    with store.reading() as statements:
        while rows := statements.rows("audit_all", {"after": number, "row_count": _AT_ONCE}):
            for row in rows:
                chain, number = _chain(chain, row), number + 1
                if row["entry_number"] != number or row["chain"] != chain or not _is_whole(row):
                    return int(row["entry_number"])
    return None


def last_entry(store: ReviewStore) -> tuple[int, str]:
    """Return number and chain digest of the newest entry; (0, zeros) for none."""
    with store.reading() as statements:
        last = statements.rows("audit_last")
    return (last[0]["entry_number"], last[0]["chain"]) if last else (0, START)


def entries(store: ReviewStore, before: int, row_count: int, who: str = "", deed: str = "") -> list[Record]:
    """Return at most `row_count` entries before number `before`, newest first."""
    values = {"before": before, "row_count": row_count, "who": who, "deed": deed}
    with store.reading() as statements:
        return statements.rows("audit_page", values)


def _is_whole(row: Record) -> bool:
    """Whether what an entry is about is what it was, or was forgotten as a whole."""
    about = [row[name] for name in ("salt", "call_id", "target_id", "detail")]
    if all(each is None for each in about):
        return True
    return None not in about and _about_digest(*about) == row["about_digest"]


def _about_digest(salt: str, call_id: str, target_id: str, detail: str) -> str:
    return hashlib.sha256(json.dumps([salt, call_id, target_id, detail]).encode()).hexdigest()


def _chain(before: str, row: Record) -> str:
    parts = [before, *(row[name] for name in ("entry_number", "at", "name", "deed", "about_digest"))]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
