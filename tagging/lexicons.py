"""The lexicons of all taggers: where their entries lie and what an entry says. Edge: reads YAML.

A new tagger with a lexicon is one line in LEXICONS; `settings` is what its settings.yaml says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tagging.amounts.tagger import AmountSettings
from tagging.behaviour.schema import BehaviourEntry, BehaviourSettings
from tagging.causes.schema import CauseEntry, CauseSettings
from tagging.customer.schema import CustomerEntry, CustomerSettings
from tagging.finding import Signal
from tagging.handling.schema import HandlingEntry, HandlingSettings
from tagging.lexicon import LoadedLexicon, load_rules
from tagging.lexicon_schema import LexiconModel, RuleEntry
from tagging.signals.settings import SignalSettings
from tagging.taboo.schema import TabooEntry, TabooSettings
from transcribe.call import Transcript

_HERE = Path(__file__).parent

Measure = Callable[[Transcript], Sequence[Signal]]


@dataclass(frozen=True, slots=True)
class LexiconSpec:
    """The lexicon of the tagger `name`; `entry` is None for a tagger that has settings alone."""

    name: str
    entry: type[RuleEntry] | None
    settings: type[LexiconModel] | None

    @property
    def package_dir(self) -> Path:
        return _HERE / self.name


LEXICONS: tuple[LexiconSpec, ...] = (
    LexiconSpec("causes", CauseEntry, CauseSettings),
    LexiconSpec("taboo", TabooEntry, TabooSettings),
    LexiconSpec("behaviour", BehaviourEntry, BehaviourSettings),
    LexiconSpec("customer", CustomerEntry, CustomerSettings),
    LexiconSpec("handling", HandlingEntry, HandlingSettings),
    LexiconSpec("signals", None, SignalSettings),
    LexiconSpec("amounts", None, AmountSettings),
)


def load_lexicons(
    lexicons_dir: Path | None, measure: Measure | None = None
) -> dict[str, LoadedLexicon[RuleEntry]]:
    """Return every tagger's entries by the tagger's name, shipped ones changed by those of `lexicons_dir`.

    Raises:
        LexiconInvalid: with file, line, key and what to do.
    """
    return {
        spec.name: load_rules(spec.package_dir, lexicons_dir, spec.entry, None, measure)
        for spec in LEXICONS
        if spec.entry is not None
    }
