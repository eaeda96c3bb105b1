"""Handing out: one form to one person at a time, and its answer stored once, whatever is killed when. Edge.

A ticket is a form's one-time id. While it is open nobody else is handed its target; when it lapses somebody
else may be, and an answer that comes late still counts. An answer is first noted in our own file, then
stored as a label, then the ticket is closed: a kill in between is made good at the next start.
"""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from warehouse.label_row import Opinion
from warehouse.label_targets import Target
from warehouse.review.audit import Deed, record
from warehouse.review.store import Conflict, Record, ReviewStore, Statements

_KEPT = timedelta(days=7)
_SKIPPED_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A form as it was handed out; `answer` is the verdict that was stored, "" while there is none."""

    ticket_id: str
    name: str
    stage: str
    state: str
    target_id: str
    call_id: str
    table: str
    target: Target | None
    answer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and when (UTC): enough to store it again in the same words."""

    opinion: Opinion
    at: datetime


@dataclass(frozen=True, slots=True)
class Reservations:
    """What is with others: {(target_id, stage): (name, ticket_id)}, and what this person skipped lately."""

    held: dict[tuple[str, str], tuple[str, str]]
    skipped: frozenset[str]


def reservations(store: ReviewStore, name: str, now: datetime) -> Reservations:
    """Return what is handed out at this moment."""
    with store.writing() as statements:
        statements.run("ticket_lapse", {"at": _seconds(now)})
        rows = statements.rows("ticket_reserved")
        since = _seconds(now - _SKIPPED_FOR)
        skipped = statements.rows("ticket_skipped", {"name": name, "since": since})
    held = {(row["target_id"], row["stage"]): (row["name"], row["ticket_id"]) for row in rows}
    return Reservations(held, frozenset(row["target_id"] for row in skipped))


def hand_out(
    store: ReviewStore, target: Target, stage: str, name: str, reserve_s: float, now: datetime
) -> str | None:
    """Reserve a target for a person and return the ticket's id; None when somebody else has it.

    Who has it already keeps the same ticket for as long again.
    """
    at = _seconds(now)
    ticket_id = secrets.token_urlsafe(18)
    values: Record = {
        "ticket_id": ticket_id,
        "target_id": target.target_id,
        "label_table": target.table,
        "call_id": target.row["call_id"],
        "stage": stage,
        "name": name,
        "at": at,
        "lapses_at": at + reserve_s,
        "target": _target_text(target),
    }
    try:
        with store.writing() as statements:
            statements.run("ticket_lapse", {"at": at})
            own = _own(statements, target.target_id, stage, name)
            if own:
                statements.run("ticket_keep", {"ticket_id": own, "lapses_at": at + reserve_s})
                return own
            statements.run("ticket_add", values)
    except Conflict:
        return None
    return ticket_id


def find_ticket(store: ReviewStore, ticket_id: str, name: str) -> Ticket | None:
    """Return a person's own ticket; None when there is none, or it is somebody else's."""
    with store.reading() as statements:
        rows = statements.rows("ticket_of", {"ticket_id": ticket_id, "name": name})
    return _ticket(rows[0]) if rows else None


def skip(store: ReviewStore, ticket: Ticket, now: datetime) -> None:
    """Put a form back unanswered."""
    with store.writing() as statements:
        if statements.run("ticket_skip", {"ticket_id": ticket.ticket_id, "name": ticket.name}):
            record(statements, Deed(ticket.name, "skip", ticket.call_id, ticket.target_id), now)


def begin_answer(store: ReviewStore, ticket: Ticket, answer: Answer) -> bool:
    """Note an answer; on return it is on disk. False when the ticket was answered, or is gone, meanwhile."""
    text = json.dumps([asdict(answer.opinion), answer.at.isoformat()], ensure_ascii=False)
    with store.writing() as statements:
        if not statements.run("ticket_answering", {"ticket_id": ticket.ticket_id, "opinion": text}):
            return False
        detail = f"{ticket.stage} {answer.opinion.verdict}"
        record(statements, Deed(ticket.name, "said", ticket.call_id, ticket.target_id, detail), answer.at)
    return True


def end_answer(store: ReviewStore, ticket: Ticket, verdict: str) -> None:
    """Close a ticket whose answer is stored as a label."""
    with store.writing() as statements:
        statements.run("ticket_answered", {"ticket_id": ticket.ticket_id, "answer": verdict})


def unfinished(store: ReviewStore) -> list[tuple[Ticket, Answer]]:
    """Return answers that were noted and perhaps not stored, oldest first."""
    with store.reading() as statements:
        rows = statements.rows("ticket_unfinished")
    return [(_ticket(row), _answer(row["opinion"])) for row in rows]


def sweep_tickets(store: ReviewStore, now: datetime) -> None:
    """Remove tickets that nobody can come back to."""
    with store.writing() as statements:
        statements.run("ticket_sweep", {"since": _seconds(now - _KEPT)})


def _own(statements: Statements, target_id: str, stage: str, name: str) -> str | None:
    for row in statements.rows("ticket_reserved"):
        if (row["target_id"], row["stage"], row["name"]) == (target_id, stage, name):
            return str(row["ticket_id"])
    return None


def _ticket(row: Record) -> Ticket:
    return Ticket(
        ticket_id=row["ticket_id"],
        name=row["name"],
        stage=row["stage"],
        state=row["state"],
        target_id=row["target_id"],
        call_id=row["call_id"],
        table=row["label_table"],
        target=_target(row["target"]) if row["target"] else None,
        answer=row["answer"] or "",
    )


def _target_text(target: Target) -> str:
    return json.dumps(asdict(target), ensure_ascii=False, default=str)


def _target(text: str) -> Target:
    found = cast("dict[str, Any]", json.loads(text))
    row = found["row"] | {"night": date.fromisoformat(found["row"]["night"])}
    return Target(**(found | {"row": row}))


def _answer(text: str) -> Answer:
    opinion, at = cast("tuple[dict[str, Any], str]", tuple(json.loads(text)))
    return Answer(Opinion(**opinion), datetime.fromisoformat(at))


def _seconds(now: datetime) -> float:
    return now.replace(tzinfo=UTC).timestamp()
