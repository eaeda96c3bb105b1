"""What a night does before it starts: deletions that were interrupted, and those that are due. Edge file.

In: the configuration, the current instant. Out: one line for the operator per deletion that was done, or why
one was not.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from flows.config import Config, ConfigInvalid
from flows.forget import ForgetReport, finish_pending, forget
from flows.night import only_one
from flows.report import error_text
from flows.retention import drop_old_cases, plan_expired
from transcribe.errors import TranscribeError
from warehouse.errors import WarehouseError


def delete_first(config: Config, now: datetime, tell: Callable[[str], None]) -> None:
    """Do what is due; what cannot be done now is told, goes on next time and stops no night."""
    try:
        for line in delete_due(config, now):
            tell(line)
    except (ConfigInvalid, TranscribeError, WarehouseError, OSError) as err:
        tell(f"删除没有做完，下次再继续：{error_text(err)}")


def delete_due(config: Config, now: datetime) -> Iterator[str]:
    """Yield what was done; nothing is done twice.

    Raises:
        WarehouseLocked: another night is running here.
        OSError, TranscribeError, WarehouseError: it was not all done.
    """
    finished = finish_pending(config)
    if finished is not None:
        yield _line("继续上次没做完的删除", finished)
    with only_one(config):
        if count := drop_old_cases(config):
            yield f"案例库的保留期限已到：去掉 {count} 个案例，录音和文字不动。"
    kept = config.retention
    if not kept.with_nightly or not (kept.recordings_days or kept.transcripts_days):
        return
    with only_one(config):
        while any((plan := plan_expired(config, now)).counts.values()):
            yield _line("保留期限已到", forget(config, plan))


def _line(why: str, report: ForgetReport) -> str:
    told = "，".join(f"{place} {count}" for place, count in report.counts.items() if count)
    return f"{why}，已删除：{told}" if told else f"{why}：没有剩下的。"
