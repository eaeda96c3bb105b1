"""The one list of taggers, and one call through all of them. Pure but for building.

A new tagger is a folder with `tagger.py` and `build(options)`, and one line in TAGGERS. Taggers are strangers
to each other; one that weighs what all of them found is a `Judge`, asked when they are done.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from tagging.amounts.tagger import build as build_amounts
from tagging.behaviour.tagger import build as build_behaviour
from tagging.causes.tagger import build as build_causes
from tagging.customer.tagger import build as build_customer
from tagging.finding import Finding, Findings
from tagging.handling.tagger import build as build_handling
from tagging.options import TaggerOptions
from tagging.rule_record import RuleRecord
from tagging.settled_tier import with_settled_tier
from tagging.signals.tagger import build as build_signals
from tagging.taboo.tagger import build as build_taboo
from transcribe.call import Transcript

__all__ = [
    "TAGGERS",
    "Judge",
    "Tagger",
    "TaggerOptions",
    "build_taggers",
    "rules_of",
    "tag_transcript",
    "taggers_digest",
]


# Raised when the same findings of single taggers would be put together otherwise.
ENGINE_VERSION = 1


class Tagger(Protocol):
    """Transcripts to findings. `digest` changes whenever the same transcript could get other findings."""

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str: ...

    def tag(self, transcript: Transcript) -> tuple[Finding, ...]:
        """Return what is found in one call, in a stable order."""
        ...


@runtime_checkable
class Judge(Tagger, Protocol):
    """A tagger that also weighs the findings of all taggers."""

    def judge(self, transcript: Transcript, found: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return what follows from the findings of one call, in a stable order."""
        ...


@runtime_checkable
class RuleKeeper(Protocol):
    """A tagger whose findings name rules."""

    @property
    def rules(self) -> tuple[RuleRecord, ...]:
        """Every rule that a finding of this tagger may name."""
        ...


TAGGERS: tuple[tuple[str, Callable[[TaggerOptions], Tagger]], ...] = (
    ("causes", build_causes),
    ("taboo", build_taboo),
    ("behaviour", build_behaviour),
    ("signals", build_signals),
    ("customer", build_customer),
    ("amounts", build_amounts),
    ("handling", build_handling),
)


def build_taggers(options: TaggerOptions) -> tuple[Tagger, ...]:
    """Return all taggers, their lexicons loaded and their examples run.

    Raises:
        LexiconInvalid: a lexicon cannot be used.
        ClassifierInvalid: a trained classifier cannot be used.
    """
    # Rules may ask for a call's numbers: the taggers are strangers to each other, so they are handed in.
    measured = replace(options, measure=build_signals(options).tag)
    return tuple(build(measured) for _, build in TAGGERS)


def tag_transcript(transcript: Transcript, taggers: Sequence[Tagger]) -> Findings:
    """Return the findings of one call, tagger by tagger, then what judges make of them."""
    found = with_settled_tier([finding for tagger in taggers for finding in tagger.tag(transcript)])
    judged = tuple(
        finding
        for tagger in taggers
        if isinstance(tagger, Judge)
        for finding in tagger.judge(transcript, found)
    )
    return Findings(call_id=transcript.call_id, items=found + judged)


def rules_of(taggers: Sequence[Tagger]) -> tuple[RuleRecord, ...]:
    """Return every rule that a finding of these taggers may name, tagger by tagger."""
    return tuple(rule for tagger in taggers if isinstance(tagger, RuleKeeper) for rule in tagger.rules)


def taggers_digest(taggers: Sequence[Tagger]) -> str:
    """Return the sha256 (hex) over the names and digests of taggers: equal digests find the same."""
    content = "\n".join([str(ENGINE_VERSION), *(f"{tagger.name} {tagger.digest}" for tagger in taggers)])
    return hashlib.sha256(content.encode()).hexdigest()
