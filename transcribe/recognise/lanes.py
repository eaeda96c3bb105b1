"""Batches of work side by side on a CPU, and smaller ones when memory runs out. Pure but for its threads.

Two threads that each do a batch of their own are faster than two that share every product: small products
do not divide well, and one batch reads sound while the other writes text.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")
_OUT_OF_MEMORY = ("not enough memory", "can't allocate memory", "out of memory")


def in_lanes(
    work: Callable[[Sequence[Item]], list[Result]],
    batches: Sequence[Sequence[Item]],
    lanes: int,
) -> list[Result]:
    """The results of all batches, joined in order; `lanes` batches are under way at once.

    A batch that does not fit into memory is done in halves, down to single items.

    Raises:
        MemoryError, torch.OutOfMemoryError, RuntimeError: an item alone does not fit, or the work failed.
    """
    with ThreadPoolExecutor(lanes, "lane", initializer=torch.set_num_threads, initargs=(1,)) as pool:
        done = pool.map(shrinking, [work] * len(batches), batches)
        return [result for results in done for result in results]


def shrinking(work: Callable[[Sequence[Item]], list[Result]], batch: Sequence[Item]) -> list[Result]:
    """The results of a batch, done in halves where the whole does not fit into memory."""
    try:
        return work(batch)
    except (MemoryError, RuntimeError) as err:  # torch's OutOfMemoryError is a RuntimeError
        if len(batch) == 1 or not is_out_of_memory(err):
            raise
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    half = len(batch) // 2
    return [*shrinking(work, batch[:half]), *shrinking(work, batch[half:])]


def is_out_of_memory(err: BaseException) -> bool:
    """True for all the ways in which torch says that memory ran out."""
    if isinstance(err, MemoryError | torch.OutOfMemoryError):
        return True
    return any(text in str(err).lower() for text in _OUT_OF_MEMORY)
