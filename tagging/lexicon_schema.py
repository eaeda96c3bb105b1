"""What a lexicon's YAML may say: the shapes that managers' entries and our vocabulary must have. Pure.

In: mappings read by `tagging.lexicon`. Out: frozen pydantic models. Each tagger derives its own entry from
`RuleEntry` and adds what its findings need; everything a matcher looks at is here.
"""

from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Speaker = Literal["agent", "customer", "anyone"]
ExampleTurn = Literal["agent", "customer", "ivr", "unknown"]
# One sentence said by `said_by`, or a small dialogue: a list of one-key mappings {agent: …}, {customer: …}.
Example = str | tuple[dict[ExampleTurn, str], ...]

ID_PATTERN = r"^[a-z][a-z0-9_]*$"


class LexiconModel(BaseModel):
    """Strict, closed and frozen: a number is no string, an unknown key is an error."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Scope(LexiconModel):
    """Where in the call a rule looks; None means everywhere.

    Seconds are measured at the matched words, not at their turn's start; turns are counted per role.
    """

    first_turns: int | None = Field(default=None, ge=1)
    last_turns: int | None = Field(default=None, ge=1)
    first_s: float | None = Field(default=None, gt=0)
    last_s: float | None = Field(default=None, gt=0)
    lines_of_business: tuple[str, ...] = ()


class After(LexiconModel):
    """What must have been said earlier in the call (or within the `within_turns` turns before)."""

    said_by: Speaker
    patterns: tuple[str, ...] = Field(min_length=1)
    within_turns: int | None = Field(default=None, ge=1)


class RuleEntry(LexiconModel):
    """One entry of a lexicon: what to find, where, what cancels it, and examples that prove it.

    `patterns` are in the language of `tagging.pattern`; `regexes` are Python regular expressions over the
    turn's text as it stands. `sound` is the least score (0..1) for a match by pronunciation, None = never.
    A pattern of `unless` anywhere in the same turn cancels; `cancelled_by` names the vocabulary's cancels;
    `undone_by_repeating` lets an agent say what the customer said just before.
    The rule is in force on call dates in [effective_from, effective_to).
    """

    id: str = Field(pattern=ID_PATTERN)
    enabled: bool = True
    owner: str | None = None
    note: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    said_by: Speaker = "anyone"
    scope: Scope = Scope()
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    regexes: tuple[str, ...] = ()
    sound: float | None = Field(default=None, ge=0.5, le=1)
    unless: tuple[str, ...] = ()
    cancelled_by: tuple[str, ...] = ()
    undone_by_repeating: bool = False
    after: After | None = None
    must_match: tuple[Example, ...] = Field(min_length=1)
    must_not_match: tuple[Example, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _finds_something(self) -> Self:
        if not self.patterns and not self.regexes:
            raise ValueError("needs patterns or regexes")
        if self.effective_from and self.effective_to and self.effective_to <= self.effective_from:
            raise ValueError("effective_to must be later than effective_from")
        return self


class Confusion(LexiconModel):
    """Two beginnings (or ends) of syllables that ears and recognisers mix up, and what that costs."""

    pair: tuple[str, str]
    cost: float = Field(gt=0, le=1)


class SoundSettings(LexiconModel):
    """How matching by pronunciation is scored. Costs and shares are 0..1, per syllable."""

    homophone_cost: float = Field(ge=0, le=1)
    min_syllables: int = Field(ge=3)
    min_exact_share: float = Field(ge=0, le=1)
    initials: tuple[Confusion, ...]
    finals: tuple[Confusion, ...]


class Cancel(LexiconModel):
    """Words before or after a match, within `reach_chars` of it in the same sentence, that undo it."""

    reach_chars: int = Field(ge=0)
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class ConfidenceSettings(LexiconModel):
    """How sure a match of each kind is (0..1); turns of unknown role are multiplied by `unknown_role`."""

    exact: float = Field(gt=0, le=1)
    filled: float = Field(gt=0, le=1)
    pattern: float = Field(gt=0, le=1)
    pinyin: float = Field(gt=0, le=1)
    unknown_role: float = Field(gt=0, le=1)
    word_probability_weight: float = Field(ge=0, le=1)


class Vocabulary(LexiconModel):
    """What all lexicons share: fillers, characters that count as equal, word sets, sounds, cancels.

    `role_confidence_floor`: turns whose role is less sure are matched by no rule that asks who spoke.
    """

    role_confidence_floor: float = Field(ge=0, le=1)
    fillers: tuple[str, ...]
    alike: tuple[str, ...]
    strong_breaks: str
    gap_stops: str
    words: dict[str, tuple[str, ...]]
    sound: SoundSettings
    confidence: ConfidenceSettings
    cancels: dict[str, Cancel]
    # How many customer turns back an agent's match is looked for, to see that she only repeats it.
    repeated_within_turns: int = Field(ge=1)
