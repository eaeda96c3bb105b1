"""Shape of a rule as it was when it found something. Pure, standard library only."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """One rule as it was when it found something: `version` (8 hex) changes with what the rule finds.

    `family` is its cause, taboo family, step or tier; `severity` and `kind` are those of a phrase. It is in
    force on call dates in [effective_from, effective_to), None: unlimited.
    """

    tagger: str
    rule_id: str
    version: str
    title: str
    family: str | None = None
    kind: str | None = None
    severity: str | None = None
    owner: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
