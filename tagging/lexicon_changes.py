"""What differs between two states of the lexicons, and what that does to a call. Pure.

In: all lexicons as they were and as they would be. Out: the entries that changed, compiled by themselves, and
per call where they newly fire and where they no longer do. Entries that did not change are never run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tagging.lexicon import LoadedLexicon
from tagging.lexicon_schema import RuleEntry
from tagging.lexicons import Measure
from tagging.matching import Firing, RuleSet
from tagging.rules import Compiler
from transcribe.call import Transcript


class ChangeKind(StrEnum):
    """How an entry changed. `vocabulary`: it did not, but the words that all lexicons share did."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    VOCABULARY = "vocabulary"


@dataclass(frozen=True)
class ChangedLexicon:
    """One tagger's changed entries by id, and both states of them ready to fire."""

    name: str
    changes: Mapping[str, ChangeKind]
    old: RuleSet
    new: RuleSet


@dataclass(frozen=True, slots=True)
class CallChange:
    """What a changed entry finds in one call: firings that are new, firings that are gone (or neither)."""

    lexicon: str
    rule_id: str
    gained: tuple[Firing, ...]
    lost: tuple[Firing, ...]
    was_hit: bool
    is_hit: bool


def changed_lexicons(
    old: Mapping[str, LoadedLexicon[RuleEntry]],
    new: Mapping[str, LoadedLexicon[RuleEntry]],
    measures: tuple[Measure, Measure],
) -> tuple[ChangedLexicon, ...]:
    """Return the lexicons in which something changed; `measures` give a call's numbers, old and new."""
    found: list[ChangedLexicon] = []
    for name, after in new.items():
        before = old[name]
        changes = _changes(before, after)
        if changes:
            found.append(
                ChangedLexicon(
                    name,
                    changes,
                    _only(before, changes, measures[0]),
                    _only(after, changes, measures[1]),
                )
            )
    return tuple(found)


def need_words(changed: Iterable[ChangedLexicon]) -> bool:
    """Say whether an entry looks at the times of words, or at how surely they were heard, as sound does.

    Then they must be read with the turns.
    """
    rules = [rule for each in changed for side in (each.old, each.new) for rule in side.rules]
    return any(
        rule.entry.when is not None
        or rule.entry.scope.first_s is not None
        or rule.entry.scope.last_s is not None
        or any(leaf.sound is not None for leaf in rule.leaves)
        for rule in rules
    )


def compare_call(transcript: Transcript, changed: Sequence[ChangedLexicon]) -> list[CallChange]:
    """Return what changed entries find in one call; what still fires on its turn is neither new nor gone."""
    found: list[CallChange] = []
    for lexicon in changed:
        before, after = _by_rule(lexicon.old.fire(transcript)), _by_rule(lexicon.new.fire(transcript))
        for rule_id in sorted(before.keys() | after.keys()):
            was, now = before.get(rule_id, {}), after.get(rule_id, {})
            gained = tuple(firing for position, firing in now.items() if position not in was)
            lost = tuple(firing for position, firing in was.items() if position not in now)
            found.append(CallChange(lexicon.name, rule_id, gained, lost, bool(was), bool(now)))
    return found


def _changes(before: LoadedLexicon[RuleEntry], after: LoadedLexicon[RuleEntry]) -> dict[str, ChangeKind]:
    was, now = before.versions, after.versions
    is_shared_changed = before.vocabulary != after.vocabulary
    changes: dict[str, ChangeKind] = {}
    for rule_id in sorted(was.keys() | now.keys()):
        if rule_id not in was:
            changes[rule_id] = ChangeKind.ADDED
        elif rule_id not in now:
            changes[rule_id] = ChangeKind.REMOVED
        elif was[rule_id] != now[rule_id]:
            changes[rule_id] = ChangeKind.CHANGED
        elif is_shared_changed:
            changes[rule_id] = ChangeKind.VOCABULARY
    return changes


def _only(lexicon: LoadedLexicon[RuleEntry], changes: Mapping[str, ChangeKind], measure: Measure) -> RuleSet:
    entries = [entry for entry in lexicon.entries if entry.id in changes]
    return RuleSet(entries, Compiler(lexicon.vocabulary), None, measure)


def _by_rule(firings: Iterable[Firing]) -> dict[str, dict[int, Firing]]:
    """Return {rule: {turn's position: its first firing there}}."""
    found: dict[str, dict[int, Firing]] = {}
    for firing in firings:
        found.setdefault(firing.rule_id, {}).setdefault(firing.position, firing)
    return found
