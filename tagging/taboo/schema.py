"""What an entry of the taboo lexicon says. Pure."""

from typing import ClassVar, Literal

from pydantic import Field

from tagging.lexicon_schema import Confusion, LexiconModel, RuleEntry, Speaker
from tagging.taboo.family import Family


class TabooEntry(RuleEntry):
    """A phrase that agents must not say, its paraphrases as patterns, and what to say instead.

    Quoting, denying and supposing cancel every entry unless it names its own `cancelled_by`; so does
    repeating the customer's words. `heard_as` are the wordings that the second pass listens for; without
    them it is `phrase`, less what stands in parentheses.
    """

    # Two paraphrases, one with fillers and one as recognition would misspell it; as many near misses.
    advised_examples: ClassVar[int] = 4

    phrase: str = Field(min_length=2)
    heard_as: tuple[str, ...] = ()
    family: Family
    kind: Literal["forbidden", "sensitive"]
    severity: Literal["low", "medium", "high", "critical"]
    replacement: str = Field(min_length=2)
    said_by: Speaker = "agent"
    sound: float | None = Field(default=0.9, ge=0.5, le=1)
    undone_by_repeating: bool = True
    cancelled_by: tuple[str, ...] = ("引用", "否认", "假设", "转述规范")


class NearSettings(LexiconModel):
    """When a stretch of a turn almost sounds like a phrase; costs are per syllable, 0 (equal) to 1.

    Costs of `initials` and `finals` add to those of the vocabulary's `sound`. A syllable of which one half
    differs otherwise costs `half_cost`, of which both do 1. Words that the recogniser was surer of (mean
    probability) than `max_probability` are taken as heard.
    """

    min_syllables: int = Field(ge=3)
    max_mean_cost: float = Field(gt=0, lt=1)
    max_probability: float = Field(gt=0, le=1)
    half_cost: float = Field(gt=0, le=1)
    insertion_cost: float = Field(gt=0, le=1)
    filler_cost: float = Field(ge=0, le=1)
    deletion_cost: float = Field(gt=0, le=1)
    initials: tuple[Confusion, ...] = ()
    finals: tuple[Confusion, ...] = ()


class ListenSettings(LexiconModel):
    """How much sound is heard again around a near match, in seconds."""

    margin_s: float = Field(ge=0, le=2)
    max_span_s: float = Field(gt=1, le=28)


class AcceptSettings(LexiconModel):
    """From which log likelihood ratio (natural) on a near match is a hit, and how sure such a hit is."""

    min_log_likelihood_ratio: float
    confidence: float = Field(gt=0, le=1)


class TabooSettings(LexiconModel):
    """settings.yaml: the second pass over phrases that almost match."""

    near: NearSettings
    listen: ListenSettings
    accept: AcceptSettings
