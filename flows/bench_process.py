"""Work in a process of its own, for what is measured with its memory. Edge: starts processes."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Told = TypeVar("Told")


class ProcessDied(RuntimeError):
    """A process ended without an answer; `exit_code` is negative where a signal ended it."""

    def __init__(self, name: str, exit_code: int | None):
        super().__init__(f"{name}：进程意外结束（{exit_code}），见上面的输出")
        self.exit_code = exit_code


def answer_of(work: Callable[[Told, Connection], None], told: Told, name: str) -> Any:
    """What `work(told, answers)` sends from a new process.

    Raises:
        ProcessDied: it ended without sending anything.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(told, sender))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError as err:
        process.join()
        raise ProcessDied(name, process.exitcode) from err
    finally:
        process.join()
