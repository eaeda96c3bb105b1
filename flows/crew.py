"""Many jobs at once on the flow's Dask workers, with progress. Edge file.

In: a Prefect task and jobs that each leave a folder. Out: the jobs whose folder never came. Whether a job
is done is asked of the disk, never of a future: a worker may die after its rename.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import dask.config
from distributed.scheduler import KilledWorker
from prefect.futures import as_completed
from prefect.task_runners import TaskRunner
from prefect.tasks import Task
from prefect_dask.task_runners import DaskTaskRunner
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from flows.config import Config
from tagging.errors import TaggingError
from transcribe.errors import TranscribeError
from warehouse.errors import WarehouseError

# Another try cannot mend these, and taking the shard apart neither: the night stops.
STOPPING = (TranscribeError, TaggingError, WarehouseError, OSError)
_POISON_TRIES = 2  # workers that one job may kill before it is given up


class Job(Protocol):
    """A piece of work that is done when its folder is there."""

    @property
    def target(self) -> Path: ...


@dataclass(frozen=True, slots=True)
class Work:
    """What the crew is told: a title for the bar, the task, and each job's share of the bar.

    Of `is_light` work a lone job is done by the flow itself: a worker would load what it needs for longer.
    """

    title: str
    task: "Task[..., Any]"
    cost: Callable[[Any], float]
    is_light: bool = False


def crew(config: Config, core_count: int) -> "TaskRunner[Any]":
    """Return the task runner: a local cluster of processes, or the configured scheduler's workers."""
    dask.config.set(
        {
            "distributed.scheduler.allowed-failures": _POISON_TRIES - 1,
            "distributed.worker.preload": ["flows.quiet_exit"],
        }
    )
    if config.workers.scheduler:
        return DaskTaskRunner(address=config.workers.scheduler)
    return DaskTaskRunner(
        cluster_kwargs={
            "n_workers": config.workers.count or max(1, core_count // config.workers.threads),
            "threads_per_worker": 1,
            "processes": True,
            "memory_limit": 0,
            "dashboard_address": "127.0.0.1:0",
        }
    )


def run_jobs(work: Work, jobs: Sequence[Any]) -> list[Any]:
    """Run the jobs that are not done yet; returns those that could not be done.

    Raises:
        TranscribeError, TaggingError, WarehouseError, OSError: what stopped a job would stop every job.
    """
    todo = [job for job in jobs if not job.target.is_dir()]
    if not todo:
        return []
    if len(todo) == 1 and work.is_light:
        work.task(todo[0])
        return []
    futures = {work.task.submit(job): job for job in todo}
    total = sum(map(work.cost, jobs))
    with _progress() as progress:
        bar = progress.add_task(work.title, total=total)
        progress.update(bar, completed=total - sum(map(work.cost, todo)))
        for future in as_completed(list(futures)):
            failure = _failure(future)
            if isinstance(failure, STOPPING):
                raise failure
            progress.advance(bar, work.cost(futures[future]))
    return [job for job in todo if not job.target.is_dir()]


def _failure(future: Any) -> BaseException | None:
    """The exception a job ended with, if any; also when its worker was killed."""
    try:
        value = future.result(raise_on_failure=False)
    except KilledWorker as err:
        return err
    return value if isinstance(value, BaseException) else None


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("剩余"),
        TimeRemainingColumn(),
    )
