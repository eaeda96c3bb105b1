"""What the signs, critical errors and weights of the handling score may say. Pure."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tagging.finding import CauseSource
from tagging.lexicon_schema import ID_PATTERN, LexiconModel, RuleEntry, Speaker

Ability = Literal["listening", "understanding", "resolving", "expression", "control", "learning", "detail"]
Level = Literal["slight", "clear", "heavy", "grave"]
CriticalKind = Literal["money_at_risk", "customer_delayed"]
# What a part may rest on: findings of a kind by their id, taboo hits also by severity, signs of this lexicon.
Ground = Annotated[str, StringConstraints(pattern=r"^(behaviour|taboo|severity|cause|sign):[a-z][a-z0-9_]*$")]


class HandlingEntry(RuleEntry):
    """A sign that the score weighs, or, with `critical`, a service-critical error of its own.

    `source` of an error: seen on this call, or told by the customer of an earlier one.
    """

    title: str = Field(min_length=2)
    critical: CriticalKind | None = None
    source: Literal["customer_stated", "observed_on_call"] = "observed_on_call"
    said_by: Speaker = "customer"
    sound: float | None = Field(default=0.92, ge=0.5, le=1)

    @property
    def cause_source(self) -> CauseSource:
        return CauseSource(self.source)


class SignalGround(LexiconModel):
    """A signal beyond a threshold, in the signal's own unit."""

    name: str = Field(min_length=2)
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _has_one_threshold(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("needs exactly one of above, below")
        return self


class PartSettings(LexiconModel):
    """One thing that adds to (`plus`) or takes from (`minus`) an ability.

    It counts once per turn in which any of `of` was found, at most `times` times; `lacking` turns it round:
    it counts once when none of `of` was found. `when` restricts it to calls of dissatisfied customers.
    """

    id: str = Field(pattern=ID_PATTERN)
    title: str = Field(min_length=2)
    of: tuple[Ground, ...] = ()
    signal: SignalGround | None = None
    lacking: bool = False
    when: Literal["always", "dissatisfied"] = "always"
    plus: Level | None = None
    minus: Level | None = None
    times: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.plus is None) == (self.minus is None):
            raise ValueError("needs exactly one of plus, minus")
        if bool(self.of) == (self.signal is not None):
            raise ValueError("needs exactly one of of, signal")
        if self.lacking and self.signal is not None:
            raise ValueError("lacking needs of")
        return self


class AbilitySettings(LexiconModel):
    """One ability: its share in the total and the parts that move it from the common base."""

    title: str = Field(min_length=2)
    weight: float = Field(gt=0)
    parts: tuple[PartSettings, ...] = Field(min_length=1)


class AbstainSettings(LexiconModel):
    """When a call is not scored: too little is heard of the agent or customer, or it is unsure who is who."""

    min_agent_turns: int = Field(ge=1)
    min_agent_characters: int = Field(ge=1)
    min_customer_turns: int = Field(ge=0)
    max_unknown_ratio: float = Field(ge=0, le=1)


class HandlingSettings(LexiconModel):
    """How a call is scored.

    `levels` are points per time; `confidence_floor` is the least confidence (0..1) of a finding to count;
    `dissatisfied_tiers` are the tiers in which the customer counts as dissatisfied.
    """

    base: float = Field(ge=0, le=100)
    base_title: str = Field(min_length=2)
    levels: dict[Level, float]
    confidence_floor: float = Field(ge=0, le=1)
    dissatisfied_tiers: tuple[Literal["latent", "explicit", "formal"], ...]
    abstain: AbstainSettings
    abilities: dict[Ability, AbilitySettings]

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        for found, wanted, what in (
            (set(self.levels), set(Level.__args__), "levels"),
            (set(self.abilities), set(Ability.__args__), "abilities"),
        ):
            if missing := wanted - found:
                raise ValueError(f"{what} lacks {', '.join(sorted(missing))}")
        for name, ability in self.abilities.items():
            ids = [part.id for part in ability.parts]
            if twice := sorted({each for each in ids if ids.count(each) > 1}):
                raise ValueError(f"{name} has parts twice: {', '.join(twice)}")
        return self
