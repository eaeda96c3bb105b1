"""The queue, what waits for the lead, one item with its history, the audit log. Edge (HTTP)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response

from warehouse.label_index import Said
from warehouse.label_store import APPEAL, FINAL, REVIEW
from warehouse.label_targets import CASE, Target
from warehouse.review.accounts import AGENT_SIDE, AUDITOR, LEAD, REVIEWER
from warehouse.review.audit import DEEDS, Deed, entries, first_break, note
from warehouse.review.desk import Desk, Filter
from warehouse.review.forms import TokenForm, WantedForm, WantedQuery, is_target_id
from warehouse.review.items import Item
from warehouse.review.judging import read_view
from warehouse.review.sessions import Visitor
from warehouse.review.web import AnySite, AnyVisitor, Refused, must_be, must_be_ours

router = APIRouter()
_SHOWN = 30
_LOG_ROWS = 100
_NO_MORE = 10**9


@router.get("/queue")
def queue(site: AnySite, visitor: AnyVisitor, query: Annotated[WantedQuery, Query()]) -> Response:
    """What waits for this person, and the filters."""
    desk = site.desk
    desk.labels.refresh()
    wanted = Filter(**query.model_dump())
    if visitor.roles == frozenset({AUDITOR}):
        return RedirectResponse("/audit", 303)
    items = list(desk.waiting(visitor, wanted)) if REVIEWER in visitor.roles else []
    shown = items[:_SHOWN]
    if REVIEWER not in visitor.roles and AGENT_SIDE in visitor.roles:
        shown = list(islice(desk.listed(visitor, wanted), _SHOWN))
    values = {
        "wanted": asdict(wanted),
        "waiting": Counter(item.table for item in items),
        "rows": [_row(desk, item) for item in shown],
        "options": _options(desk, visitor),
        "disputed_count": len(desk.disputed()) if LEAD in visitor.roles else 0,
        "mine": desk.labels.count_by(visitor.name),
    }
    return site.page("queue", values, visitor)


@router.post("/next")
def next_item(site: AnySite, visitor: AnyVisitor, form: Annotated[WantedForm, Form()]) -> Response:
    """Hand out the next item."""
    must_be_ours(visitor, form.csrf)
    must_be(visitor, REVIEWER)
    return go_on(site.desk, visitor, Filter(**form.model_dump(exclude={"csrf"})))


@router.get("/disputed")
def disputed(site: AnySite, visitor: AnyVisitor) -> Response:
    """What waits for the lead."""
    must_be(visitor, LEAD)
    desk = site.desk
    desk.labels.refresh()
    rows = [
        {"said": said, "standing": standing, "found": desk.found_name(said.table, said.found)}
        for said, standing in desk.disputed()[:_LOG_ROWS]
    ]
    return site.page("disputed", {"rows": rows}, visitor)


@router.get("/item/{target_id}")
def item(site: AnySite, visitor: AnyVisitor, target_id: str) -> Response:
    """One item with what was said of it; not for a reviewer who has not judged it yet."""
    must_be(visitor, REVIEWER, AGENT_SIDE, LEAD)
    desk = site.desk
    desk.labels.refresh()
    target = desk.target(target_id) if is_target_id(target_id) else None
    if target is None or not desk.may_see(visitor, target_id):
        raise Refused(404, "没有这一条：它可能已被删除，或这一夜重新处理过。")
    said, standing = desk.labels.of(target_id), desk.standing(target_id)
    is_open_to_see = visitor.has(LEAD, AGENT_SIDE) or visitor.name in standing.verdicts
    note(desk.store, Deed(visitor.name, "see", target.row["call_id"], target_id), desk.outside.now())
    view = read_view(desk.places.warehouse, target, desk.rules.context_turns, desk.outside.labels)
    values = {
        "target": target,
        "view": view,
        "place": place_of(desk, target),
        "found": found_name(desk, said, target_id),
        "standing": standing,
        "history": history_of(desk, said) if is_open_to_see else [],
        "stages": [stage for stage in (REVIEW, APPEAL, FINAL) if desk.may_take(visitor, target_id, stage)],
    }
    return site.page("item", values, visitor)


@router.post("/item/{target_id}/{stage}")
def take(
    site: AnySite,
    visitor: AnyVisitor,
    target_id: str,
    stage: Literal["review", "appeal", "final"],
    form: Annotated[TokenForm, Form()],
) -> Response:
    """Hand out this very item: to judge it (again), to appeal, or to decide."""
    must_be_ours(visitor, form.csrf)
    desk = site.desk
    desk.labels.refresh()
    if not is_target_id(target_id) or not desk.may_take(visitor, target_id, stage):
        raise Refused(403, "现在不能这样做：可能已经终审，或您的角色不够。")
    ticket_id = desk.hand_out(visitor, target_id, stage)
    if ticket_id is None:
        raise Refused(409, "这一条正在别人手里，或已经不在了。请过一会儿再试。")
    return RedirectResponse(f"/judge/{ticket_id}", 303)


@router.post("/publish")
def publish(site: AnySite, visitor: AnyVisitor, form: Annotated[TokenForm, Form()]) -> Response:
    """Put all verdicts into the warehouse now."""
    must_be_ours(visitor, form.csrf)
    must_be(visitor, LEAD)
    note(site.desk.store, Deed(visitor.name, "publish"), site.desk.outside.now())
    is_done = site.desk.outside.publish()
    text = "所有意见已写入仓库。" if is_done else "夜间任务正在运行：意见已存好，等它发布后就能在仓库里看到。"
    return site.page("message", {"title": "写入仓库", "text": text}, visitor)


@router.get("/audit")
def audit(
    site: AnySite,
    visitor: AnyVisitor,
    before: Annotated[int, Query(ge=1)] = _NO_MORE,
    who: Annotated[str, Query(max_length=64)] = "",
    deed: Annotated[str, Query(max_length=30)] = "",
) -> Response:
    """The audit log, newest first."""
    must_be(visitor, AUDITOR)
    store = site.desk.store
    rows = entries(store, before, _LOG_ROWS, who, deed)
    last = rows[-1]["entry_number"] if len(rows) == _LOG_ROWS else 0
    older = urlencode({"before": last, "who": who, "deed": deed}) if last else ""
    values = {"rows": rows, "deeds": DEEDS, "older": older, "who": who, "deed": deed}
    return site.page("audit", values | {"broken": first_break(store)}, visitor)


def go_on(desk: Desk, visitor: Visitor, wanted: Filter) -> Response:
    """Go to the next item, or back to the queue when there is none; filters stay in the address."""
    ticket_id = desk.next_ticket(visitor, wanted)
    filters = urlencode({name: value for name, value in asdict(wanted).items() if value})
    return RedirectResponse(f"/judge/{ticket_id}?{filters}" if ticket_id else f"/queue?{filters}", 303)


def place_of(desk: Desk, target: Target) -> dict[str, str]:
    """Where an item is and how it was found: team, line, how, how sure, as far as the warehouse knows."""
    labels, found = desk.outside.labels, desk.items.current().get(target.target_id)
    match = labels.of("match", target.match)
    if found is None:
        return {"team": "", "line": "", "sureness": "", "match": match}
    # A case's place in its library says how to order it, not how sure anything is.
    sureness = "" if found.table == CASE else f"{found.sureness:.0%}"
    return {"team": found.team, "line": labels.of("line", found.line), "sureness": sureness, "match": match}


def found_name(desk: Desk, said: Sequence[Said], target_id: str) -> str:
    """What was found, as people call it."""
    listed = desk.items.current().get(target_id)
    if listed is not None:
        return desk.found_name(listed.table, listed.found)
    return desk.found_name(said[-1].table, said[-1].found) if said else ""


def history_of(desk: Desk, said: Sequence[Said]) -> list[dict[str, object]]:
    """What was said of an item, newest first, with corrections as people call them."""
    return [
        {"said": each, "correct": desk.found_name(each.table, each.corrected) if each.corrected[0] else ""}
        for each in reversed(said)
    ]


def _row(desk: Desk, item: Item) -> dict[str, object]:
    state = desk.standing(item.target_id).state
    return {"item": item, "found": desk.found_name(item.table, item.found), "state": state}


def _options(desk: Desk, visitor: Visitor) -> dict[str, list[str]]:
    """What the filters offer: of the items that a person may see."""
    items = list(desk.listed(visitor, Filter()))
    found = {(item.table, item.found) for item in items}
    return {
        "night": sorted({item.night.isoformat() for item in items}, reverse=True),
        "team": sorted({item.team for item in items if item.team}),
        "found": sorted({desk.found_name(table, ids) for table, ids in found}),
    }
