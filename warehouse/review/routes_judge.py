"""Judging: the form of one item, its answer, and what is heard. Edge (HTTP)."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from warehouse.errors import ClipRefused
from warehouse.label_row import NOTHING, Opinion
from warehouse.label_store import APPEAL, FINAL, REVIEW
from warehouse.review.accounts import AGENT_SIDE, LEAD, REVIEWER
from warehouse.review.audit import Deed, note
from warehouse.review.desk import STAGE_ROLES, Filter
from warehouse.review.forms import (
    MAX_NOTE_CHARS,
    HeardForm,
    VerdictForm,
    WantedForm,
    WantedQuery,
    is_target_id,
    is_ticket_id,
)
from warehouse.review.judging import read_view
from warehouse.review.routes_queue import found_name, go_on, history_of, place_of
from warehouse.review.sessions import Visitor
from warehouse.review.tickets import Ticket, find_ticket, skip
from warehouse.review.web import VERDICT_NAMES, AnySite, AnyVisitor, Refused, Site, must_be, must_be_ours

router = APIRouter()
_GONE = "这一张评分单已经不在：可能已过期，或这通电话已按要求删除。"


@router.get("/judge/{ticket_id}")
def judge(
    site: AnySite, visitor: AnyVisitor, ticket_id: str, query: Annotated[WantedQuery, Query()]
) -> Response:
    """The form of one item."""
    desk = site.desk
    ticket = _ticket(site, visitor, ticket_id)
    if ticket.target is None:
        return _answered(site, visitor, ticket)
    note(desk.store, Deed(visitor.name, "see", ticket.call_id, ticket.target_id), desk.outside.now())
    said = desk.labels.of(ticket.target_id)
    turns = desk.rules.context_turns
    values = {
        "ticket": ticket,
        "target": ticket.target,
        "view": read_view(desk.places.warehouse, ticket.target, turns, desk.outside.labels),
        "place": place_of(desk, ticket.target),
        "found": found_name(desk, said, ticket.target_id),
        # A reviewer judges without knowing what others said; appeal and decision need to know.
        "history": [] if ticket.stage == REVIEW else history_of(desk, said),
        "choices": desk.outside.choices.names(ticket.table),
        "wanted": query.model_dump(),
        "max_note": MAX_NOTE_CHARS,
    }
    return site.page("judge", values, visitor)


@router.post("/judge/{ticket_id}")
def answer(
    site: AnySite,
    visitor: AnyVisitor,
    ticket_id: str,
    form: Annotated[VerdictForm, Form()],
    later: BackgroundTasks,
) -> Response:
    """Store a verdict; when the browser gets an answer it is on disk."""
    must_be_ours(visitor, form.csrf)
    desk = site.desk
    ticket = _ticket(site, visitor, ticket_id)
    must_be(visitor, STAGE_ROLES[ticket.stage])
    opinion = Opinion(form.verdict, form.correct, desk.outside.mask_text(form.note))
    _check(site, ticket, opinion)
    stored = desk.answer(visitor, ticket_id, opinion)
    if stored is None or stored.state != "answered":
        raise Refused(410, _GONE)
    later.add_task(desk.tidy)
    if stored.answer != form.verdict:  # sent twice with two verdicts: the first one stands
        return _answered(site, visitor, stored)
    if ticket.stage != REVIEW:
        return RedirectResponse(f"/item/{ticket.target_id}", 303)
    return go_on(desk, visitor, _filter(form))


@router.post("/skip/{ticket_id}")
def put_back(
    site: AnySite, visitor: AnyVisitor, ticket_id: str, form: Annotated[WantedForm, Form()]
) -> Response:
    """Put an item back unanswered and go on."""
    must_be_ours(visitor, form.csrf)
    ticket = _ticket(site, visitor, ticket_id)
    skip(site.desk.store, ticket, site.desk.outside.now())
    if ticket.stage != REVIEW:
        return RedirectResponse(f"/item/{ticket.target_id}", 303)
    return go_on(site.desk, visitor, _filter(form))


@router.get("/sound/{target_id}")
def sound(request: Request, site: AnySite, visitor: AnyVisitor, target_id: str) -> Response:
    """What there is to hear of an item; a range of it when asked for."""
    must_be(visitor, REVIEWER, AGENT_SIDE, LEAD)
    desk = site.desk
    target = desk.target(target_id) if is_target_id(target_id) else None
    if target is None or not desk.may_see(visitor, target_id):
        raise Refused(404, "没有这一条。")
    try:
        made = site.listening.sound_of(target)
    except ClipRefused as err:
        raise Refused(404, "没有可以听的声音：录音已不在，或无法在不泄露个人信息的情况下剪辑。") from err
    asked, size = request.headers.get("range", ""), len(made.content)
    first, last = _range(asked, size)
    if first == 0:
        note(desk.store, Deed(visitor.name, "sound", target.row["call_id"], target_id), desk.outside.now())
    headers = {"Accept-Ranges": "bytes"}
    if not asked:
        return Response(made.content, 200, headers, made.media_type)
    headers["Content-Range"] = f"bytes {first}-{last - 1}/{size}"
    return Response(made.content[first:last], 206, headers, made.media_type)


@router.get("/sound/{target_id}/span")
def sound_span(site: AnySite, visitor: AnyVisitor, target_id: str) -> dict[str, float]:
    """Which second of the recording the sound begins and ends with; makes the sound."""
    must_be(visitor, REVIEWER, AGENT_SIDE, LEAD)
    target = site.desk.target(target_id) if is_target_id(target_id) else None
    if target is None or not site.desk.may_see(visitor, target_id):
        raise Refused(404, "没有这一条。")
    try:
        made = site.listening.sound_of(target)
    except ClipRefused as err:
        raise Refused(404, "没有可以听的声音。") from err
    return {"start_s": made.start_s, "end_s": made.end_s}


@router.post("/heard")
def heard(site: AnySite, visitor: AnyVisitor, form: Annotated[HeardForm, Form()]) -> Response:
    """Note that something was played, and how far."""
    must_be_ours(visitor, form.csrf)
    place = site.desk.where(form.target_id)
    if place is None or not site.desk.may_see(visitor, form.target_id):
        raise Refused(404, "没有这一条。")
    deed = Deed(visitor.name, "play", place[0], form.target_id, f"{form.until_s:.0f} s")
    note(site.desk.store, deed, site.desk.outside.now())
    return Response(status_code=204)


def _filter(form: WantedForm) -> Filter:
    return Filter(form.table, form.night, form.team, form.found, form.order)


def _ticket(site: Site, visitor: Visitor, ticket_id: str) -> Ticket:
    found = find_ticket(site.desk.store, ticket_id, visitor.name) if is_ticket_id(ticket_id) else None
    if found is None:
        raise Refused(410, _GONE)
    return found


def _answered(site: Site, visitor: Visitor, ticket: Ticket) -> Response:
    values = {
        "title": "这一条您已经评过",
        "text": f"已存的意见是「{VERDICT_NAMES[ticket.answer]}」。要改，请打开这一条再评一次，以最新的为准。",
        "link": f"/item/{ticket.target_id}",
    }
    return site.page("message", values, visitor)


def _check(site: Site, ticket: Ticket, opinion: Opinion) -> None:
    """Refuse what makes no sense, in words that say what to do.

    Raises:
        Refused: it makes none.
    """
    if opinion.correct not in ("", *site.desk.outside.choices.names(ticket.table)):
        raise Refused(422, "「正确的是」不在可选的范围里，请退回从列表里选。")
    if opinion.verdict != "wrong" and opinion.correct:
        raise Refused(422, "只有评「错」时才填「正确的是」，请退回修改。")
    if ticket.stage == APPEAL and (opinion.verdict != "wrong" or not opinion.note):
        raise Refused(422, "申诉要写明理由，请退回填写备注。")
    if ticket.stage == FINAL and opinion.verdict == "unsure":
        raise Refused(422, "终审只能是「对」或「错」，请退回修改。")
    is_nothing_found = ticket.target is not None and ticket.target.row.get("top_cause", "") is None
    if is_nothing_found and opinion.correct == NOTHING[ticket.table]:
        raise Refused(422, "系统的结论就是「没有不满」：评「错」时请选漏掉的原因，请退回修改。")


def _range(text: str, size: int) -> tuple[int, int]:
    """Return [first, last) of a Range header with one range; all of it for anything else."""
    unit, _, rest = text.partition("=")
    begin, dash, end = rest.partition("-")
    if unit != "bytes" or not dash or not begin.isdigit() or (end and not end.isdigit()):
        return 0, size
    first, last = int(begin), min(int(end) + 1 if end else size, size)
    if first >= last:
        raise Refused(416, "没有这一段。")
    return first, last
