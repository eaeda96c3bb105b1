"""Forgetting calls, read top to bottom: plan, note, then place after place, each by a function. Edge file.

In: call_ids or customers, or nights whose age was reached. Out: nothing of them in inbox, lake, warehouse,
pages, packs, and a tombstone. The request is noted before anything is deleted and closed when every place is
clean; killed anywhere, `finish_pending` goes on. No prefect here.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flows import forget_made as made
from flows import forget_places as places
from flows.config import Config
from flows.forget_plan import ForgetPlan
from flows.forget_request import Request, close, note, pending
from flows.night import only_one
from flows.server import alone_with_history
from warehouse.lake import Lake
from warehouse.tombstones import TombstoneStore

Place = Callable[[Config, Request], int]
After = Callable[[str], None]

# In this order: what is refused first, then what betrays most; the lake before what is made from it.
PLACES: tuple[tuple[str, Place], ...] = (
    ("录音文件", places.forget_recordings),
    ("片段", places.forget_clips),
    ("未完成的夜间任务", places.forget_work),
    ("人工意见", places.forget_verdicts),
    ("晨会包", places.forget_packs),
    ("数据湖里的行", places.forget_rows),
)


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What went: how many requests, how much per place, what checks of the data say now."""

    request_count: int
    counts: dict[str, int]
    warnings: tuple[str, ...]
    has_outer_server: bool
    label_count: int


def forget(config: Config, plan: ForgetPlan | None, after: After | None = None) -> ForgetReport:
    """Carry out a plan and every request that a kill left; call with the data directory's lock held.

    `after` is told each step that is done, by name.

    Raises:
        OSError: a recording cannot be deleted; the request stays pending.
        TranscribeError, WarehouseError: likewise.
    """
    done = after or _ignore
    if plan is not None:
        note(config, plan.request)
        done("note")
    return _carry_out(config, pending(config), done)


def finish_pending(config: Config) -> ForgetReport | None:
    """Carry out what a kill left, None when there is nothing.

    Raises:
        WarehouseLocked: a night is running here.
        OSError, TranscribeError, WarehouseError: requests stay pending.
    """
    if not pending(config):
        return None
    with only_one(config):
        return forget(config, None)


def _carry_out(config: Config, requests: Sequence[Request], done: After) -> ForgetReport:
    if not requests:
        return ForgetReport(0, {}, (), bool(config.schedule.api_url), 0)
    store = TombstoneStore(config.lake_path)
    counts: Counter[str] = Counter()
    known = {path.stem for path in store.files()}
    for request in requests:
        if request.request_id not in known:
            store.write(request.request_id, request.tombstones)
        done("tombstone")
        for name, place in PLACES:
            counts[name] += place(config, request)
            done(name)
        store.finish(request.request_id, _now())
        done("finish")
    warnings = _remake(config, requests, counts, done)
    close(config, requests)
    done("close")
    label_count = counts["人工意见"]
    return ForgetReport(len(requests), dict(counts), warnings, bool(config.schedule.api_url), label_count)


def _remake(
    config: Config, requests: Sequence[Request], counts: Counter[str], done: After
) -> tuple[str, ...]:
    """Make everything anew that is made from the lake, then look once more where people may have written."""
    warnings = made.remake_warehouse(config, _nights(config, requests))
    done("warehouse")
    counts["页面和片段"] += made.remake_pages(config)
    done("pages")
    counts["晨会表"] += made.remake_sheets(config, requests)
    done("sheets")
    with alone_with_history(config):
        counts["运行历史"] += sum(places.forget_history(config, request) for request in requests)
    # Verdicts are stored without the lock: one may have come while the old pages were still there.
    counts["人工意见"] += sum(places.forget_verdicts(config, request) for request in requests)
    done("history")
    return warnings


def _nights(config: Config, requests: Sequence[Request]) -> list[date]:
    """Nights that lost calls and are still in the warehouse: those that checks look at."""
    touched = {row["night"] for each in requests for row in each.tombstones}
    return sorted(touched & set(Lake(config.lake_path).nights()))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _ignore(step: str) -> None:
    del step
