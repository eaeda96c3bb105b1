"""What every tagger is built with. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tagging.finding import Signal
from transcribe.call import Transcript


@dataclass(frozen=True, slots=True)
class TaggerOptions:
    """Where taggers find what they need.

    `override_dir` is the centre's `lexicons/` directory (a folder per tagger), None without one; `models_dir`
    holds trained classifiers; `on_date` makes entries count as of one day (None: each call's own date).
    `measure` gives a call's numbers to rules that ask for one (None: they never fire).
    """

    override_dir: Path | None
    models_dir: Path
    on_date: date | None = None
    measure: Callable[[Transcript], Sequence[Signal]] | None = None
