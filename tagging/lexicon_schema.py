"""What a lexicon's YAML may say: the shapes that managers' entries and our vocabulary must have. Pure.

In: mappings read by `tagging.lexicon`. Out: frozen pydantic models. Each tagger derives its own entry from
`RuleEntry` and adds what its findings need; everything a matcher looks at is here.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from tagging.condition_schema import Condition, LexiconModel, Scope, Speaker

__all__ = ["Condition", "LexiconModel", "Scope", "Speaker"]

ExampleTurn = Literal["agent", "customer", "ivr", "unknown", "pause_s", "signal"]
# One sentence said by `said_by`, or a small dialogue: a list of one-key mappings {agent: …}, {customer: …},
# with silences between them {pause_s: "8"} and numbers measured on the call {signal: silence_ratio=0.5}.
Example = str | tuple[dict[ExampleTurn, str], ...]

_NOT_SAID = ("pause_s", "signal")

ID_PATTERN = r"^[a-z][a-z0-9_]*$"


def texts_of(examples: Iterable[Example]) -> Iterator[str]:
    """Yield what is said in examples."""
    for example in examples:
        if isinstance(example, str):
            yield example
        else:
            yield from (text for line in example for role, text in line.items() if role not in _NOT_SAID)


class After(LexiconModel):
    """What must have been said earlier in the call (or within the `within_turns` turns before)."""

    said_by: Speaker
    patterns: tuple[str, ...] = Field(min_length=1)
    within_turns: int | None = Field(default=None, ge=1)


class RuleEntry(LexiconModel):
    """One entry of a lexicon: what to find, where, what cancels it, and examples that prove it.

    `when` is a condition put together from others; most rules need only the shorter keys beside it.
    `patterns` are in the language of `tagging.pattern`; `regexes` are Python regular expressions over the
    turn's text as it stands. `sound` is the least score (0..1) for a match by pronunciation, None = never.
    A pattern of `unless` anywhere in the same turn cancels; `cancelled_by` names the vocabulary's cancels;
    `undone_by_repeating` lets an agent say what the customer said just before.
    The rule is in force on call dates in [effective_from, effective_to).
    """

    # Fewer examples of either kind than this are accepted; `huiting lexicon check` asks for more.
    advised_examples: ClassVar[int] = 1

    id: str = Field(pattern=ID_PATTERN)
    enabled: bool = True
    owner: str | None = None
    note: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    said_by: Speaker = "anyone"
    scope: Scope = Scope()
    when: Condition | None = None
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
        if not self.patterns and not self.regexes and self.when is None:
            raise ValueError("没有要找的内容；请写 patterns、regexes 或 when 之一")
        if self.when is not None and (self.patterns or self.regexes):
            raise ValueError("when 不与 patterns、regexes 同写；请把它们写成 when 里的 phrase、regex")
        if self.effective_from and self.effective_to and self.effective_to <= self.effective_from:
            raise ValueError("effective_to 应晚于 effective_from（它是失效的第一天）")
        return self


class Confusion(LexiconModel):
    """Two beginnings (or ends) of syllables that ears and recognisers mix up, and what that costs."""

    pair: tuple[str, str]
    cost: float = Field(gt=0, le=1)


class SoundSettings(LexiconModel):
    """How matching by pronunciation is scored. Costs and shares are 0..1, per syllable.

    Where the recogniser was surer of the words than `usual_probability`, a match has to score higher than its
    rule asks, where it was less sure, lower: by `probability_tilt` times the difference.
    """

    probability_tilt: float = Field(default=0.0, ge=0, le=0.5)
    usual_probability: float = Field(default=0.8, ge=0, le=1)
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
    measured: float = Field(gt=0, le=1)
    absent: float = Field(gt=0, le=1)
    unknown_role: float = Field(gt=0, le=1)
    word_probability_weight: float = Field(ge=0, le=1)


class Backchannels(LexiconModel):
    """Short words by which a listener shows that she listens: they never take the word from the speaker.

    A turn of nothing but `words`, of at most `max_chars` characters, parts a voice's turns so little that
    they are read as one, when they are no more than `max_gap_s` seconds apart.
    """

    words: tuple[str, ...]
    max_chars: int = Field(ge=1)
    max_gap_s: float = Field(ge=0)


class LikenessSettings(LexiconModel):
    """How alike two sentences are: characters of `light` (what any sentence has) weigh `light_weight`."""

    light: str
    light_weight: float = Field(ge=0, le=1)


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
    backchannels: Backchannels
    likeness: LikenessSettings
    confidence: ConfidenceSettings
    cancels: dict[str, Cancel]
    # How many customer turns back an agent's match is looked for, to see that she only repeats it.
    repeated_within_turns: int = Field(ge=1)
