"""What an entry of the behaviour lexicon says, and the thresholds of what is read from timing. Pure."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tagging.lexicon_schema import LexiconModel, RuleEntry, Speaker

Step = Literal["emotion", "diagnose", "propose", "accept", "close"]


class BehaviourEntry(RuleEntry):
    """Something an agent does well (tied to a step) or badly (no step), recognised by words."""

    title: str = Field(min_length=2)
    is_good: bool
    step: Step | None = None
    severity: Literal["low", "medium", "high", "critical"] | None = None
    replacement: str | None = None
    said_by: Speaker = "agent"
    sound: float | None = Field(default=0.92, ge=0.5, le=1)
    cancelled_by: tuple[str, ...] = ("引用",)

    @model_validator(mode="after")
    def _step_belongs_to_good(self) -> Self:
        if self.is_good != (self.step is not None):
            raise ValueError("a good behaviour has a step, a fault has none")
        return self


class InterruptionSettings(LexiconModel):
    """An agent begins while the customer speaks, with more than an acknowledgement."""

    min_overlap_s: float = Field(gt=0)
    min_remaining_s: float = Field(gt=0)
    min_chars: int = Field(ge=1)
    confidence: float = Field(gt=0, le=1)


class SilenceSettings(LexiconModel):
    """Nobody speaks; longer is allowed when the agent asked the customer to wait."""

    min_s: float = Field(gt=0)
    min_s_when_told: float = Field(gt=0)
    told_words: tuple[str, ...]
    confidence: float = Field(gt=0, le=1)


class RepetitionSettings(LexiconModel):
    """The same sentence in several turns; similarity 0..100 as rapidfuzz's ratio."""

    min_chars: int = Field(ge=4)
    min_similarity: float = Field(ge=50, le=100)
    min_turns: int = Field(ge=2)
    confidence: float = Field(gt=0, le=1)


class ApologySettings(LexiconModel):
    """Apology upon apology: `min_turns` turns with one of `behaviours`, none with one of `solutions`."""

    min_turns: int = Field(ge=2)
    behaviours: tuple[str, ...]
    solutions: tuple[str, ...]
    confidence: float = Field(gt=0, le=1)


class BehaviourSettings(LexiconModel):
    """Thresholds of everything that is counted or timed rather than said."""

    interruption: InterruptionSettings
    long_silence: SilenceSettings
    repeated_script: RepetitionSettings
    endless_apology: ApologySettings
