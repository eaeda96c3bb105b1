"""Who speaks on which channel: what was said and what the manifest claims in, roles out. Pure.

Bayes in its plainest form: the manifest's claim is a prior, every cue heard adds its log-likelihood ratio,
and the confidence is the logistic function of the sum. A claim that the content clearly contradicts is
corrected.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp

from pypinyin import Style, lazy_pinyin

from transcribe.call import SpeakerRole
from transcribe.normalize import bare

SOUND_CUE_CHARS = 4  # shorter cues have too many homophones


@dataclass(frozen=True, slots=True)
class RoleCue:
    """A wording that one role uses `exp(llr)` times as often as the other; `text` is also found by sound."""

    llr: float
    pattern: re.Pattern[str]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class RoleCues:
    """Cues for the agent and for the customer; see role_cues.toml.

    `ivr` tells a machine's announcement from a person at the start of a call, `person` a person from it.
    """

    agent: tuple[RoleCue, ...]
    customer: tuple[RoleCue, ...]
    ivr: tuple[RoleCue, ...] = ()
    person: tuple[RoleCue, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeakerOptions:
    """How much a claim weighs, and when content overrules it.

    Priors in nats: `manifest_prior` for the recording's own row (0.97), `default_prior` for the centre's
    usual channel order (0.88). `max_llr` bounds what content can say in all: cues are not independent.
    A role below `min_confidence` is `unknown`. A call whose roles are less sure than `min_call_certainty` on
    average is for people to review (see `Call.role_certainty`).
    """

    manifest_prior: float = 3.5
    default_prior: float = 2.0
    max_llr: float = 8.0
    min_confidence: float = 0.7
    min_call_certainty: float = 0.8


@dataclass(frozen=True, slots=True)
class RoleDecision:
    """Roles of the voices in order, how sure (0.5..1), and whether the claim was overruled."""

    roles: tuple[SpeakerRole, ...]
    confidence: float
    is_swapped: bool = False


@dataclass(frozen=True)
class Voice:
    """All that one voice said, normalised."""

    text: str

    @cached_property
    def said(self) -> str:
        return bare(self.text)

    @cached_property
    def sound(self) -> str:
        return _sound(self.said)


def agent_llr(text: str, cues: RoleCues, max_llr: float) -> float:
    """Nats by which `text` speaks for the agent (negative: for the customer), within +-max_llr."""
    total = cue_nats(text, cues.agent) - cue_nats(text, cues.customer)
    return min(max(total, -max_llr), max_llr)


def cue_nats(text: str, cues: Sequence[RoleCue]) -> float:
    """Sum of the nats of the cues heard in `text`, each once; >= 0."""
    voice = Voice(text)
    return sum(cue.llr for cue in cues if _is_heard(cue, voice))


def decide_roles(
    texts: Sequence[str],
    claimed: tuple[SpeakerRole, ...] | None,
    default: tuple[SpeakerRole, ...],
    cues: RoleCues,
    options: SpeakerOptions,
) -> RoleDecision:
    """Roles of the channels of a call: of two by claim and content, of more those that speak.

    Args:
        texts: all that was said on each of the channels.
        claimed: the manifest's roles in channel order; None when it says nothing.
        default: the centre's usual order.
        cues: what tells an agent from a customer.
        options: how claim and content are weighed.

    Returns:
        The likelier of the two orders. Claims other than one agent and one customer stand as they are. Of
        more than two channels without a claim for each, two that speak are decided as if they were alone,
        a single one that speaks is `unknown`, as is every further one.
    """
    if len(texts) > 2:
        return _decide_many(texts, claimed, default, cues, options)
    order = claimed if claimed is not None else default
    prior = options.manifest_prior if claimed is not None else options.default_prior
    if len(texts) != 2 or set(order) != {SpeakerRole.AGENT, SpeakerRole.CUSTOMER}:
        return RoleDecision(_fitted(order, len(texts)), logistic(prior))
    first = agent_llr(texts[0], cues, options.max_llr) - agent_llr(texts[1], cues, options.max_llr)
    content = min(max(first, -options.max_llr), options.max_llr)
    evidence = prior + (content if order[0] is SpeakerRole.AGENT else -content)
    if evidence >= 0:
        return RoleDecision(order, logistic(evidence))
    return RoleDecision((order[1], order[0]), logistic(-evidence), is_swapped=True)


def _decide_many(
    texts: Sequence[str],
    claimed: tuple[SpeakerRole, ...] | None,
    default: tuple[SpeakerRole, ...],
    cues: RoleCues,
    options: SpeakerOptions,
) -> RoleDecision:
    named = claimed if claimed is not None and len(claimed) >= len(texts) else None
    spoken = [channel for channel, text in enumerate(texts) if text]
    if named is None and len(spoken) == 1:
        return RoleDecision((SpeakerRole.UNKNOWN,) * len(texts), 0.5)
    if len(spoken) != 2:
        prior = options.manifest_prior if named is not None else options.default_prior
        return RoleDecision(_fitted(named or default, len(texts)), logistic(prior))
    order = tuple(named[channel] for channel in spoken) if named is not None else None
    pair = decide_roles([texts[channel] for channel in spoken], order, default, cues, options)
    roles = list(named[: len(texts)]) if named is not None else [SpeakerRole.UNKNOWN] * len(texts)
    for channel, role in zip(spoken, pair.roles, strict=True):
        roles[channel] = role
    return RoleDecision(tuple(roles), pair.confidence, pair.is_swapped)


def logistic(nats: float) -> float:
    """Probability of what `nats` of evidence speak for."""
    return 1.0 / (1.0 + exp(-nats))


def _fitted(order: Sequence[SpeakerRole], count: int) -> tuple[SpeakerRole, ...]:
    return (*order[:count], *[SpeakerRole.UNKNOWN] * (count - len(order)))


def _is_heard(cue: RoleCue, voice: Voice) -> bool:
    if cue.pattern.search(voice.said):
        return True
    return cue.text is not None and len(cue.text) >= SOUND_CUE_CHARS and _sound(cue.text) in voice.sound


def _sound(text: str) -> str:
    """Toneless syllables, each between spaces so that only whole syllables are found."""
    return " " + " ".join(lazy_pinyin(text, style=Style.NORMAL)) + " "
