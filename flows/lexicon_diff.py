"""The dry run before a lexicon is changed: which stored calls would newly hit, or no longer hit. Edge file.

In: two states of the lexicons and the nights of a lake. Out: per changed rule counts and examples. Nothing is
written. Only rules that changed are run; turns are read night by night, the latest night first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tagging.lexicon_changes import (
    CallChange,
    ChangedLexicon,
    ChangeKind,
    changed_lexicons,
    compare_call,
    need_words,
)
from tagging.lexicons import Measure, load_lexicons
from tagging.matching import Firing
from tagging.options import TaggerOptions
from tagging.signals.tagger import build as build_signals
from transcribe.call import Transcript
from warehouse.lake import Lake, RunRef
from warehouse.stored_calls import iter_calls


@dataclass(frozen=True, slots=True)
class Sample:
    """One stored turn on which a rule newly fires (`is_new`) or no longer does; the text is masked.

    The rule's words are characters [start, end) of `text`.
    """

    is_new: bool
    night: date
    call_id: str
    text: str
    start: int
    end: int


@dataclass(slots=True)
class RuleDiff:
    """What a changed rule would do, in calls and turns; `gained_calls` had no hit of it before."""

    lexicon: str
    rule_id: str
    kind: ChangeKind
    calls_before: int = 0
    calls_after: int = 0
    gained_calls: int = 0
    lost_calls: int = 0
    gained_turns: int = 0
    lost_turns: int = 0
    samples: list[Sample] = field(default_factory=list[Sample])


@dataclass(frozen=True, slots=True)
class LexiconDiff:
    """All changed rules by lexicon and id, and how much was read."""

    rules: tuple[RuleDiff, ...]
    night_count: int
    call_count: int
    turn_count: int


def load_changes(old: Path | None, new: Path | None) -> tuple[ChangedLexicon, ...]:
    """Return what differs between two lexicon directories; None is the shipped lexicons alone.

    Raises:
        LexiconInvalid: one of them cannot be used.
    """
    if old == new:
        return ()
    measures = (_measure(old), _measure(new))
    return changed_lexicons(load_lexicons(old), load_lexicons(new), measures)


def diff_stored(
    lake: Lake, runs: Sequence[RunRef], changed: Sequence[ChangedLexicon], samples: int
) -> LexiconDiff:
    """Run the changed rules, as they were and as they would be, over the stored calls of `runs`.

    Args:
        lake: Where the calls lie.
        runs: The runs that count of the nights to look at.
        changed: What `load_changes` returned.
        samples: How many examples to keep per rule and direction, the latest.
    """
    rules = {
        (each.name, rule_id): RuleDiff(each.name, rule_id, kind)
        for each in changed
        for rule_id, kind in each.changes.items()
    }
    unread = ("tokens",) if need_words(changed) else ("tokens", "words")
    call_count = turn_count = 0
    for stored in iter_calls(lake, runs, unread) if rules else ():
        call_count += 1
        turn_count += len(stored.transcript.turns)
        for change in compare_call(stored.transcript, changed):
            rule = rules[change.lexicon, change.rule_id]
            _count(rule, change)
            for is_new, firings in ((True, change.gained), (False, change.lost)):
                if sum(1 for sample in rule.samples if sample.is_new is is_new) < samples and firings:
                    rule.samples.append(_sample(stored.night, stored.transcript, firings[0], is_new=is_new))
    return LexiconDiff(tuple(rules.values()), len(runs), call_count, turn_count)


def _count(rule: RuleDiff, change: CallChange) -> None:
    rule.calls_before += change.was_hit
    rule.calls_after += change.is_hit
    rule.gained_calls += change.is_hit and not change.was_hit
    rule.lost_calls += change.was_hit and not change.is_hit
    rule.gained_turns += len(change.gained)
    rule.lost_turns += len(change.lost)


def _sample(night: date, transcript: Transcript, firing: Firing, *, is_new: bool) -> Sample:
    text = transcript.turns[firing.position].text
    return Sample(is_new, night, transcript.call_id, text, firing.char_start, firing.char_end)


def _measure(lexicons_dir: Path | None) -> Measure:
    return build_signals(TaggerOptions(override_dir=lexicons_dir, models_dir=Path())).tag
