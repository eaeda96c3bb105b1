"""What an entry of the behaviour lexicon says, and the thresholds of what is read from timing. Pure."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tagging.lexicon_schema import LexiconModel, RuleEntry, Speaker

Step = Literal["emotion", "diagnose", "propose", "accept", "close"]


class BehaviourEntry(RuleEntry):
    """Something an agent does well (tied to a step) or badly (no step), recognised by words.

    `counts_as` gives several entries one name; `unless_earlier` names behaviours that, found in an earlier
    turn or earlier in the same one, keep the entry from counting.
    """

    title: str = Field(min_length=2)
    is_good: bool
    step: Step | None = None
    severity: Literal["low", "medium", "high", "critical"] | None = None
    replacement: str | None = None
    counts_as: str | None = None
    unless_earlier: tuple[str, ...] = ()
    said_by: Speaker = "agent"
    sound: float | None = Field(default=0.92, ge=0.5, le=1)
    cancelled_by: tuple[str, ...] = ("引用",)

    @model_validator(mode="after")
    def _step_belongs_to_good(self) -> Self:
        if self.is_good != (self.step is not None):
            raise ValueError("a good behaviour has a step, a fault has none")
        return self

    @property
    def behaviour(self) -> str:
        """The name that findings carry."""
        return self.counts_as or self.id


class InterruptionSettings(LexiconModel):
    """An agent begins while the customer speaks, with more than an acknowledgement.

    Customer's turns less than `max_breath_s` apart are one stretch; an agent who spoke until `max_breath_s`
    before only goes on.
    """

    min_spoken_s: float = Field(ge=0)
    min_overlap_s: float = Field(gt=0)
    min_remaining_s: float = Field(gt=0)
    max_breath_s: float = Field(ge=0)
    min_chars: int = Field(ge=1)
    confidence: float = Field(gt=0, le=1)


class SilenceSettings(LexiconModel):
    """Nobody speaks; longer is allowed when the agent asked to wait, less right after a complaint."""

    min_s: float = Field(gt=0)
    min_s_when_told: float = Field(gt=0)
    # Settings of a centre from before this was asked go on as they were.
    min_s_after_complaint: float | None = Field(default=None, gt=0)
    told_words: tuple[str, ...]
    complaint_words: tuple[str, ...] = ()
    confidence: float = Field(gt=0, le=1)


class RepetitionSettings(LexiconModel):
    """An agent's clause said again although the customer did not accept it.

    Clauses are compared by their syllables without `stop_chars`: at least `min_chars` of them, a share of
    `min_shared_ratio` of the shorter in pairs of the longer, and the shorter at least `min_length_ratio` of
    the longer. Clauses with one of `not_script` (courtesies, questions), and sentences that close with
    one of `confirming`, never count; a customer's turn
    with fewer than `min_objection_chars` characters, or with one of `accepting`, is no objection.
    """

    stop_chars: str
    min_chars: int = Field(ge=2)
    min_shared_ratio: float = Field(gt=0, le=1)
    min_length_ratio: float = Field(gt=0, le=1)
    within_agent_turns: int = Field(ge=1)
    not_script: tuple[str, ...]
    accepting: tuple[str, ...]
    confirming: tuple[str, ...]
    min_objection_chars: int = Field(ge=1)
    confidence: float = Field(gt=0, le=1)


class EchoSettings(LexiconModel):
    """An agent says the customer's own words again, to show that they were heard.

    Counted are syllables (without `stop_chars`) in pairs that one of the `within_turns` customer's turns
    before has too: at least `min_shared` of them and `min_ratio` of the sentence, when a word of `heads`
    opens or of `tails` closes it; without them `min_shared_alone` and `min_ratio_alone`.
    """

    stop_chars: str
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    within_turns: int = Field(ge=1)
    min_shared: int = Field(ge=2)
    min_ratio: float = Field(gt=0, le=1)
    min_shared_alone: int = Field(ge=2)
    min_ratio_alone: float = Field(gt=0, le=1)
    confidence: float = Field(gt=0, le=1)


class ApologySettings(LexiconModel):
    """Apology upon apology: `min_turns` turns with one of `behaviours`, none with one of `solutions`."""

    min_turns: int = Field(ge=2)
    behaviours: tuple[str, ...]
    solutions: tuple[str, ...]
    confidence: float = Field(gt=0, le=1)


class ImpliedSettings(LexiconModel):
    """Asking `by` after at least `min_chars_before` characters of the same turn shows `behaviour` as well."""

    by: str
    behaviour: str
    step: Step
    min_chars_before: int = Field(ge=1)


class BehaviourSettings(LexiconModel):
    """Thresholds of everything that is counted, compared or timed rather than said."""

    interruption: InterruptionSettings
    long_silence: SilenceSettings
    repeated_script: RepetitionSettings
    repeat_words: EchoSettings
    endless_apology: ApologySettings
    implied: tuple[ImpliedSettings, ...]
