"""The reviewers' desk: what to judge next, what is judged, and where a verdict goes. Edge; no HTTP here.

In: who asks and what they say. Out: tickets, items and their standing; verdicts as rows of the label tables,
on disk before anybody is told that they are stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from warehouse.label_index import LabelIndex, Said
from warehouse.label_row import Opinion, Source, label_row
from warehouse.label_store import APPEAL, FINAL, REVIEW, LabelStore
from warehouse.label_targets import CASE, CAUSE, TABOO, Target, targets_of
from warehouse.lake import Lake
from warehouse.review.accounts import AGENT_SIDE, LEAD, REVIEWER
from warehouse.review.items import Item, Items
from warehouse.review.sessions import Visitor
from warehouse.review.settings import Outside, Places, Rules
from warehouse.review.standing import DISPUTED, Standing, State, standing_of, wants_review
from warehouse.review.store import ReviewStore
from warehouse.review.tickets import (
    Answer,
    Ticket,
    begin_answer,
    end_answer,
    find_ticket,
    hand_out,
    reservations,
    sweep_tickets,
    unfinished,
)

TABLES = (TABOO, CAUSE, CASE)
_Ids = tuple[str | None, ...]
STAGE_ROLES = {REVIEW: REVIEWER, APPEAL: AGENT_SIDE, FINAL: LEAD}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items: "" for all; `found` is a name of `Choices`; `order` is `doubt` or `lot`."""

    table: str = ""
    night: str = ""
    team: str = ""
    found: str = ""
    order: str = "doubt"


@dataclass(slots=True)
class Desk:
    """Everything that requests share. Safe for several threads of one process."""

    places: Places
    rules: Rules
    outside: Outside
    store: ReviewStore = field(init=False)
    labels: LabelIndex = field(init=False)
    items: Items = field(init=False)
    _answering: Lock = field(default_factory=Lock)
    _names: dict[tuple[str, _Ids], str] = field(default_factory=dict[tuple[str, _Ids], str])

    def __post_init__(self) -> None:
        self.store = ReviewStore(self.places.store)
        self.labels = LabelIndex(LabelStore(self.places.lake), TABLES)
        self.items = Items(self.places.warehouse, self.rules)

    def prepare(self) -> int:
        """Make ready, and store what a killed server had noted; returns how many verdicts that was.

        Raises:
            WarehouseError: something cannot be read or written.
        """
        self.store.prepare()
        self.labels.refresh()
        waiting = unfinished(self.store)
        for ticket, answer in waiting:
            self._store(ticket, answer)
        sweep_tickets(self.store, self.outside.now())
        return len(waiting)

    def found_name(self, table: str, found: tuple[str | None, ...]) -> str:
        """What people call something found; looked up once, because queues ask it of every item."""
        name = self._names.get((table, found))
        if name is None:
            name = self._names[table, found] = self.outside.choices.name_of(table, found)
        return name

    def listed(self, visitor: Visitor, wanted: Filter) -> Iterator[Item]:
        """The items that a person may see and asked for, in the order asked for."""
        items = self.items.current().values()
        ordered = sorted(items, key=lambda each: each.target_id[2:]) if wanted.order == "lot" else items
        for item in ordered:
            is_shown = visitor.team in ("", item.team) and _fits(item, wanted)
            if is_shown and wanted.found in ("", self.found_name(item.table, item.found)):
                yield item

    def standing(self, target_id: str) -> Standing:
        """How an item stands."""
        return standing_of(self.labels.of(target_id))

    def waiting(self, visitor: Visitor, wanted: Filter) -> Iterator[Item]:
        """The items that a reviewer may be handed now, in order."""
        taken = reservations(self.store, visitor.name, self.outside.now())
        share = self.rules.second_opinion_share
        for item in self.listed(visitor, wanted):
            holder = taken.held.get((item.target_id, REVIEW), (visitor.name, ""))[0]
            if holder != visitor.name or item.target_id in taken.skipped:
                continue
            if wants_review(item.target_id, self.standing(item.target_id), visitor.name, share):
                yield item

    def disputed(self) -> list[tuple[Said, Standing]]:
        """What waits for the lead, longest waiting first: the newest word on each, and how it stands."""
        found = [(said[-1], standing_of(said)) for said in self.labels.by_target().values()]
        return sorted(
            (each for each in found if each[1].state in DISPUTED), key=lambda each: each[0].labelled_at
        )

    def next_ticket(self, visitor: Visitor, wanted: Filter) -> str | None:
        """Hand out the next item; None when there is none."""
        self.labels.refresh()
        with self._answering:
            for item in self.waiting(visitor, wanted):
                ticket_id = self.hand_out(visitor, item.target_id, REVIEW)
                if ticket_id is not None:
                    return ticket_id
        return None

    def hand_out(self, visitor: Visitor, target_id: str, stage: str) -> str | None:
        """Hand out one item at a stage; None when somebody else has it or it is not there any more."""
        target = self.target(target_id)
        if target is None:
            return None
        now = self.outside.now()
        return hand_out(self.store, target, stage, visitor.name, self.rules.reserve_s, now)

    def where(self, target_id: str) -> tuple[str, date, str] | None:
        """(call_id, night, team) of an item that is listed or was judged; None when it is neither."""
        item = self.items.current().get(target_id)
        if item is not None:
            return item.call_id, item.night, item.team
        said = self.labels.of(target_id)
        return (said[-1].call_id, date.fromisoformat(said[-1].night), "") if said else None

    def may_see(self, visitor: Visitor, target_id: str) -> bool:
        """Whether an item is there and of a team that a person may look at."""
        place = self.where(target_id)
        return place is not None and visitor.team in ("", place[2])

    def may_take(self, visitor: Visitor, target_id: str, stage: str) -> bool:
        """Whether a person may judge, appeal or decide an item as it stands."""
        if STAGE_ROLES[stage] not in visitor.roles or not self.may_see(visitor, target_id):
            return False
        return stage == FINAL or self.standing(target_id).state is not State.DECIDED

    def target(self, target_id: str) -> Target | None:
        """What is judged, by the newest run that found it; None when no kept run did."""
        place = self.where(target_id)
        if place is None:
            return None
        lake = Lake(self.places.lake)
        for run in reversed(lake.committed_runs(place[1])):
            for target in targets_of(lake, run, [place[0]]):
                if target.target_id == target_id:
                    return target
        return None

    def answer(self, visitor: Visitor, ticket_id: str, opinion: Opinion) -> Ticket | None:
        """Store what a person says; on return it is on disk. A ticket that was answered stays as it is.

        Raises:
            WarehouseError: it could not be stored; the same form may be sent again.
        """
        with self._answering:
            ticket = find_ticket(self.store, ticket_id, visitor.name)
            if ticket is None or ticket.target is None:
                return ticket
            answer = Answer(opinion, self.outside.now())
            if begin_answer(self.store, ticket, answer):
                self._store(ticket, answer)
            return find_ticket(self.store, ticket_id, visitor.name)

    def tidy(self) -> None:
        """Merge small files of verdicts when there are many."""
        self.labels.compact()

    def _store(self, ticket: Ticket, answer: Answer) -> None:
        if ticket.target is not None:
            source = Source(ticket.name, answer.at, "review", ticket.ticket_id, stage=ticket.stage)
            row = label_row(ticket.target, answer.opinion, self.outside.choices, source)
            self.labels.add({ticket.table: [row]})
        end_answer(self.store, ticket, answer.opinion.verdict)


def _fits(item: Item, wanted: Filter) -> bool:
    return (
        wanted.table in ("", item.table)
        and wanted.night in ("", item.night.isoformat())
        and wanted.team in ("", item.team)
    )
