"""How an item stands: what was said of it so far, and who should look at it next. Pure.

In: what was said of a target, oldest first. Out: a `Standing`, and whether a person may be handed the item.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from warehouse.label_index import Said
from warehouse.label_store import APPEAL, FINAL, REVIEW

_DIGITS = 8


class State(StrEnum):
    """Where an item is: nobody judged, somebody did, it waits for the lead, or the lead decided."""

    OPEN = "open"
    JUDGED = "judged"
    APPEALED = "appealed"
    DISAGREED = "disagreed"
    UNSURE = "unsure"
    DECIDED = "decided"


DISPUTED = (State.APPEALED, State.DISAGREED, State.UNSURE)
STATES = {
    State.OPEN: "未评",
    State.JUDGED: "已评",
    State.APPEALED: "有申诉",
    State.DISAGREED: "意见不一",
    State.UNSURE: "都拿不准",
    State.DECIDED: "已终审",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """`verdicts` are the newest of each reviewer {name: right | wrong | unsure}."""

    state: State
    verdicts: dict[str, str]


def standing_of(said: Sequence[Said]) -> Standing:
    """Return how an item stands after what was said of it, oldest first."""
    verdicts = {each.labelled_by: each.verdict for each in said if each.stage == REVIEW}
    given = set(verdicts.values())
    if any(each.stage == FINAL for each in said):
        state = State.DECIDED
    elif any(each.stage == APPEAL for each in said):
        state = State.APPEALED
    elif {"right", "wrong"} <= given:
        state = State.DISAGREED
    elif given == {"unsure"}:
        state = State.UNSURE
    else:
        state = State.JUDGED if given else State.OPEN
    return Standing(state, verdicts)


def wants_review(target_id: str, standing: Standing, name: str, second_opinion_share: float) -> bool:
    """Whether `name` should judge an item: nobody has, or it is one of those that two people judge."""
    if standing.state not in (State.OPEN, State.JUDGED) or name in standing.verdicts:
        return False
    wanted = 2 if is_for_two(target_id, second_opinion_share) else 1
    return len(standing.verdicts) < wanted


def is_for_two(target_id: str, share: float) -> bool:
    """Whether an item is judged by two people: decided by its id, so always the same ones."""
    drawn = int(target_id.partition("-")[2][-_DIGITS:], 16) / 16**_DIGITS
    return drawn < share
