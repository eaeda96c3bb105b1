"""What an entry about the customer says: escalation, kind of caller, or tier of dissatisfaction. Pure."""

from typing import Literal, Self, cast

from pydantic import Field, model_validator

from tagging.lexicon_schema import LexiconModel, RuleEntry, Speaker

EscalationKind = Literal["supervisor", "regulator_or_media"]
CustomerTypeName = Literal[
    "reasoned_argument",
    "calm_pressing",
    "stubborn_novice",
    "venting",
    "special_background",
    "emotional",
    "justice",
    "well_prepared",
]
MotiveName = Literal["respect", "being_heard", "care", "solution", "compensation", "exchange"]
SignName = Literal["worried", "relieved", "thanks", "praise", "consideration", "patience"]
Background = Literal["press", "government", "lawyer", "discipline_inspection", "online_media"]
TierName = Literal["latent", "explicit", "formal"]
# The word set that an entry's patterns use for all spellings of its bodies.
BODIES_SET = "机构"


class CustomerEntry(RuleEntry):
    """One thing heard from a customer; escalation, customer_type, motive, tier or sign is its one meaning.

    `weight` is how much an entry speaks for its type in a turn; `background` tells which special one.
    `bodies` lists regulators, courts and media by the name that managers know, each with its spellings;
    patterns use all spellings as <机构>. `min_turns` is how many turns must say it before it counts.
    """

    title: str = Field(min_length=2)
    escalation: EscalationKind | None = None
    customer_type: CustomerTypeName | None = None
    background: Background | None = None
    motive: MotiveName | None = None
    tier: TierName | None = None
    sign: SignName | None = None
    weight: float = Field(default=1.0, gt=0, le=1)
    bodies: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    min_turns: int = Field(default=1, ge=1)
    said_by: Speaker = "customer"
    sound: float | None = Field(default=0.92, ge=0.5, le=1)

    @model_validator(mode="before")
    @classmethod
    def _bodies_are_words(cls, data: object) -> object:
        if not isinstance(data, dict) or not isinstance(data.get("bodies"), dict):
            return data
        entry = cast("dict[str, object]", data)
        bodies = cast("dict[str, object]", entry["bodies"])
        words = cast("dict[str, object]", entry.get("words", {}))
        spellings = tuple(
            dict.fromkeys(
                spelling
                for spellings in bodies.values()
                if isinstance(spellings, tuple)
                for spelling in cast("tuple[str, ...]", spellings)
            )
        )
        return {**entry, "words": {BODIES_SET: spellings, **words}}

    @model_validator(mode="after")
    def _means_one_thing(self) -> Self:
        meanings = (self.escalation, self.customer_type, self.motive, self.tier, self.sign)
        if sum(each is not None for each in meanings) != 1:
            raise ValueError("needs exactly one of escalation, customer_type, motive, tier, sign")
        if (self.customer_type == "special_background") != (self.background is not None):
            raise ValueError("special_background, and nothing else, needs background")
        return self


class CustomerSettings(LexiconModel):
    """How findings of one call are decided.

    `formal_escalations` and `explicit_escalations` name the kinds of escalation that make a call formal, or
    at least explicit, by themselves; `*_confidence` are 0..1; `min_type_support` is the least support of a
    customer type (sum of weights).
    """

    formal_escalations: tuple[EscalationKind, ...]
    explicit_escalations: tuple[EscalationKind, ...]
    none_confidence: float = Field(gt=0, le=1)
    unsupported_confidence: float = Field(gt=0, le=1)
    min_customer_turns: int = Field(ge=0)
    min_type_support: float = Field(gt=0)
