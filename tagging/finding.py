"""Shapes of what is found in a transcript: tags, hits, behaviours, signals, masks, each with evidence.

Pure, standard library only (besides the shapes of `transcribe.call`). Offsets are half-open character
spans in a turn's normalised, masked text; times are seconds from the start of the recording.
"""

from dataclasses import dataclass
from enum import StrEnum

from transcribe.call import SpeakerRole


class CauseSource(StrEnum):
    """What the customer is dissatisfied about, or what the agent visibly did wrong on this call."""

    CUSTOMER_STATED = "customer_stated"
    OBSERVED_ON_CALL = "observed_on_call"


class Tier(StrEnum):
    """How far dissatisfaction went: 无 / 潜在 / 显在 / 正式投诉."""

    NONE = "none"
    LATENT = "latent"
    EXPLICIT = "explicit"
    FORMAL = "formal"


class MatchKind(StrEnum):
    """How a phrase was matched: letter by letter, with fillers or gaps, as a pattern, by sound.

    `likelihood`: it almost matched by sound, and the recogniser finds it likely enough over the recording.
    `absence`: it was not said; the evidence has no characters and stands where they were expected.
    """

    EXACT = "exact"
    FILLED = "filled"
    PATTERN = "pattern"
    PINYIN = "pinyin"
    CLASSIFIER = "classifier"
    LIKELIHOOD = "likelihood"
    SIMILAR = "similar"
    SIGNAL = "signal"
    ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where and why: the characters of one turn that made a rule fire.

    `rule_id` names the lexicon entry (or `classifier:<model>`), `text` is the masked text of the span.
    """

    turn_index: int
    char_start: int
    char_end: int
    start_s: float
    end_s: float
    rule_id: str
    text: str
    match: MatchKind = MatchKind.EXACT


@dataclass(frozen=True, slots=True)
class CauseTag:
    """One reason for dissatisfaction. `sub_cause` is None when only the top level is sure."""

    top_cause: str
    sub_cause: str | None
    source: CauseSource
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class TabooHit:
    """A forbidden or sensitive phrase that an agent said; `family` is one of thirteen (cold_refusal …).

    `log_likelihood_ratio` (natural logarithm) is how much likelier than the text as written the recogniser
    finds the phrase over the recording; None where it was not asked.
    """

    turn_index: int
    phrase_id: str
    phrase: str
    kind: str  # forbidden | sensitive
    severity: str  # low | medium | high | critical
    matched_text: str
    char_start: int
    char_end: int
    start_s: float
    end_s: float
    match: MatchKind
    confidence: float
    replacement: str
    owner: str | None = None
    log_likelihood_ratio: float | None = None
    family: str | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Something an agent did well (`is_good`) or badly, tied to one of the five steps when it has one.

    `step` is emotion | diagnose | propose | accept | close, or None for faults. `also`: further evidence.
    """

    turn_index: int
    behaviour: str
    step: str | None
    is_good: bool
    confidence: float
    evidence: Evidence
    also: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """A number measured on a call; `role` is None when it belongs to the whole call. Unit is in the name."""

    name: str
    value: float
    role: SpeakerRole | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """The customer asks for a supervisor, or names a regulator, court or media."""

    kind: str  # supervisor | regulator_or_media
    body: str | None  # the body named, for example 12315 or 金融监管总局
    confidence: float
    evidence: Evidence
    also: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerType:
    """Who is calling (据理力争, 特殊背景 …), with evidence.

    `background` tells of a special one whether it is press, government, lawyer, discipline_inspection or
    online_media; None for the other types.
    """

    customer_type: str
    confidence: float
    evidence: Evidence
    also: tuple[Evidence, ...] = ()
    background: str | None = None


@dataclass(frozen=True, slots=True)
class Motive:
    """What the customer is after: respect, being_heard, care, solution, compensation or exchange."""

    motive: str
    confidence: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CustomerSign:
    """How the customer feels or treats the agent, as heard in one turn: worried, relieved, thanks, praise,
    consideration or patience. Nothing that the agent does. `also`: further evidence."""

    turn_index: int
    sign: str
    confidence: float
    evidence: Evidence
    also: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class TierTag:
    """The call's tier, with what decided it (empty for `none`)."""

    tier: Tier
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class CriticalError:
    """A service-critical error 服务关键性错误, told apart from the score.

    `kind` is money_at_risk (account or money in danger) or customer_delayed (a reminder that was missed).
    `also` is what else its rule needed: what was asked, what came before.
    """

    turn_index: int
    error: str
    kind: str
    source: CauseSource
    confidence: float
    evidence: Evidence
    also: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class HandlingScore:
    """How a call was handled: seven abilities and their weighted mean, each 0 (bad) to 100 (good).

    All numbers are None when the call abstains; `abstained` then says why (few_agent_turns,
    few_agent_characters, few_customer_turns, roles_unknown). Ability = sum of its `ScorePart`s, clipped.
    """

    total: float | None
    listening: float | None = None
    understanding: float | None = None
    resolving: float | None = None
    expression: float | None = None
    control: float | None = None
    learning: float | None = None
    detail: float | None = None
    abstained: str | None = None


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One reason of an ability's score: where it starts (`part` is base), what adds and what takes away.

    `points` are signed and count all times; `time_count` is how often it counted (0 for the base). Without
    evidence it rests on something absent, or on the signal whose `value` is given.
    """

    ability: str
    part: str
    title: str
    points: float
    time_count: int
    value: float | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SpokenValue:
    """A number, amount, date or time: `text` as it was said, `value` in digits.

    `kind` is percent | money | date | time | number. `number` is the yuan of an amount, the figure of a
    percentage or number, None for dates and times.
    """

    turn_index: int
    kind: str
    char_start: int
    char_end: int
    start_s: float
    end_s: float
    text: str
    value: str
    number: float | None


@dataclass(frozen=True, slots=True)
class PiiMask:
    """Where personal data was masked, never what; a turn with times that are not exact is in no clip."""

    turn_index: int
    kind: str  # phone | id_number | bank_card | digits | name | address | email | plate | code
    char_start: int
    char_end: int
    start_s: float
    end_s: float
    is_time_exact: bool = True


Finding = (
    CauseTag
    | TabooHit
    | Behaviour
    | Signal
    | Escalation
    | CustomerType
    | Motive
    | CustomerSign
    | TierTag
    | SpokenValue
    | CriticalError
    | HandlingScore
    | ScorePart
)


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of one call, in the order of TAGGERS."""

    call_id: str
    items: tuple[Finding, ...]
