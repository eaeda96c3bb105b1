"""Forgetting calls: every trace of them leaves the application's file. Edge (through `store`)."""

from collections.abc import Sequence
from pathlib import Path

from warehouse.review.store import ReviewStore


def forget_calls(path: Path, call_ids: Sequence[str]) -> int:
    """Remove reservations of `call_ids` and take the calls out of the audit log; returns the rows touched.

    The log keeps that something was done, by whom and when, and its chain still holds. The file is written
    anew, so that no byte of it is left. Without a file there is nothing to forget. Twice does no harm.

    Raises:
        WarehouseError: the file cannot be read or written.
    """
    if not path.is_file():
        return 0
    store = ReviewStore(path)
    store.prepare()
    values = [{"call_id": call_id} for call_id in call_ids]
    with store.writing() as statements:
        count = statements.run_many("ticket_forget", values) + statements.run_many("audit_forget", values)
    store.vacuum()
    return count
