"""Lexicon entries and other sources of findings as records of who they are. Pure.

In: entries of a tagger's lexicon. Out: `RuleRecord`s, so that every finding's rule id tells a version.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from tagging.lexicon import digest_of, rule_version
from tagging.lexicon_schema import LexiconModel, RuleEntry
from tagging.rule_record import RuleRecord

# Keys by which entries say what they belong to, and what people call them: the first that is there counts.
_FAMILY_KEYS = (
    "family",
    "sub_cause",
    "top_cause",
    "step",
    "escalation",
    "customer_type",
    "tier",
    "motive",
    "sign",
)
_TITLE_KEYS = ("phrase", "title")


def rule_records(tagger: str, entries: Sequence[RuleEntry]) -> tuple[RuleRecord, ...]:
    """Return one record per entry, in their order."""
    return tuple(_record(tagger, entry) for entry in entries)


def model_record(tagger: str, rule_id: str, digest: str, title: str) -> RuleRecord:
    """Return the record of a classifier, which finds things without an entry."""
    return RuleRecord(tagger, rule_id, digest[:8], title)


def setting_records(tagger: str, prefix: str, settings: LexiconModel) -> tuple[RuleRecord, ...]:
    """Return one record per group of thresholds, `prefix` before its key: what finds things by measuring."""
    groups = {name: getattr(settings, name) for name in type(settings).model_fields}
    return tuple(
        RuleRecord(tagger, f"{prefix}{name}", digest_of(group)[:8], name)
        for name, group in groups.items()
        if isinstance(group, LexiconModel)
    )


def _record(tagger: str, entry: RuleEntry) -> RuleRecord:
    keys: Mapping[str, object] = {name: getattr(entry, name) for name in type(entry).model_fields}
    family = _first(keys, _FAMILY_KEYS)
    if keys.get("sub_cause") and not keys.get("family"):
        family = f"{keys['top_cause']}/{keys['sub_cause']}"
    return RuleRecord(
        tagger=tagger,
        rule_id=entry.id,
        version=rule_version(entry),
        title=_first(keys, _TITLE_KEYS) or entry.id,
        family=family,
        kind=_first(keys, ("kind",)),
        severity=_first(keys, ("severity",)),
        owner=entry.owner,
        effective_from=_day(keys, "effective_from"),
        effective_to=_day(keys, "effective_to"),
    )


def _first(keys: Mapping[str, object], names: Sequence[str]) -> str | None:
    return next((str(keys[name]) for name in names if keys.get(name)), None)


def _day(keys: Mapping[str, object], name: str) -> date | None:
    value = keys.get(name)
    return value if isinstance(value, date) else None
