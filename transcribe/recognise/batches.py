"""Windows to recognise, sorted into batches and given back in order. Pure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from transcribe.recognise.lanes import in_lanes
from transcribe.recognise.protocol import Window

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A window, what is put before it, and the text to be scored over it."""

    window: Window
    prompt: str
    text: str = ""


def tasks_of(windows: Sequence[Window], usual_prompt: str, texts: Sequence[str] | None = None) -> list[Task]:
    """A task per window, with its own prompt or the usual one, and with its text where there are some."""
    return [
        Task(window, usual_prompt if window.prompt is None else window.prompt, text)
        for window, text in zip(windows, [""] * len(windows) if texts is None else texts, strict=True)
    ]


def in_batches(
    tasks: Sequence[Task],
    batch_size: int,
    lanes: int,
    work: Callable[[Sequence[Task]], list[Result]],
    length_class: Callable[[Task], float] = lambda _: 0.0,
) -> list[Result]:
    """Tasks of one prompt and like length share a batch, so that it ends together; results in order.

    Only tasks of one `length_class` do.
    """
    order = sorted(range(len(tasks)), key=lambda n: (tasks[n].prompt, -tasks[n].window.samples.size))
    batches: list[list[Task]] = []
    for _, same in groupby((tasks[n] for n in order), key=lambda task: (task.prompt, length_class(task))):
        alike = list(same)
        size = max(1, min(batch_size, math.ceil(len(alike) / lanes)))  # no lane without work
        batches += [alike[at : at + size] for at in range(0, len(alike), size)]
    done = in_lanes(work, batches, lanes)
    return [result for _, result in sorted(zip(order, done, strict=True), key=lambda pair: pair[0])]
