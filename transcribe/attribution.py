"""Who says what on a channel that carries several voices: segments in, segments with a role each out. Pure.

Segments are cut into stretches where the voice may change, stretches are grouped by voice, and the voices
get their roles by what they say. What is not clear stays `unknown`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

import numpy as np

from transcribe.call import Segment, SpeakerRole, TimeSpan, Word
from transcribe.channels import Sound
from transcribe.diarise.protocol import Diariser, Floats
from transcribe.speakers import RoleCues, SpeakerOptions, agent_llr, logistic
from transcribe.turns import AttributedSegment

CLAUSE_ENDS = "。?!,"


@dataclass(frozen=True, slots=True)
class MonoOptions:
    """How one channel is divided between voices.

    `diariser` names what tells the voices apart (see `transcribe.diarise.choose`). A stretch ends at a pause
    of `min_pause_s`, or after a clause. `stay_llr` speaks for the same voice going on when less than
    `min_pause_s` lies between two stretches. What a stretch says tells of a voice when it is that voice's by
    `min_voice_share`. `first_speaker_llr`: who speaks first is more often the agent.
    """

    diariser: str = "light"
    min_pause_s: float = 0.2
    stay_llr: float = 1.0
    min_voice_share: float = 0.75
    first_speaker_llr: float = 1.0


@dataclass(frozen=True, slots=True)
class RoleJudge:
    """What tells an agent from a customer, and the bounds of what content can say."""

    cues: RoleCues
    options: SpeakerOptions

    def agent_llr(self, text: str) -> float:
        """Nats by which `text` speaks for the agent."""
        return agent_llr(text, self.cues, self.options.max_llr)


def attribute_mono(
    segments: Sequence[Segment],
    sound: Sound,
    diariser: Diariser,
    judge: RoleJudge,
    options: MonoOptions,
) -> list[AttributedSegment]:
    """Stretches of `segments` with roles; every word is kept.

    Args:
        segments: of one channel, in order of time.
        sound: that channel (n_samples,) at 16 kHz.
        diariser: tells voices apart.
        judge: tells roles apart.
        options: how stretches are cut and joined.
    """
    stretches = [stretch for segment in segments for stretch in _stretches(segment, options)]
    if not stretches:
        return []
    groups = diariser.group(sound, [TimeSpan(stretch.start_s, stretch.end_s) for stretch in stretches])
    if groups.voice_count < 2:
        return [_attributed(stretch, judge.agent_llr(stretch.text), judge.options) for stretch in stretches]
    shares = _voice_shares(groups.nats, stretches, options)
    is_agent = shares @ _agent_probabilities(shares, stretches, judge, options)
    floor = 1.0 - logistic(judge.options.max_llr)
    bounded = np.clip(is_agent, floor, 1.0 - floor)
    llrs = np.log(bounded / (1.0 - bounded)).tolist()
    return [_attributed(stretch, llr, judge.options) for stretch, llr in zip(stretches, llrs, strict=True)]


def _agent_probabilities(
    shares: Floats, stretches: Sequence[Segment], judge: RoleJudge, options: MonoOptions
) -> Floats:
    """(n_voices,): how likely each voice is an agent's, by all that it says and by who speaks first.

    Every way of naming the voices is weighed in which there is an agent and a customer.
    """
    owners = np.where(shares.max(axis=1) >= options.min_voice_share, shares.argmax(axis=1), -1)
    texts = [
        "".join(s.text for s, owner in zip(stretches, owners, strict=True) if owner == voice)
        for voice in range(shares.shape[1])
    ]
    llrs = np.array([judge.agent_llr(text) for text in texts])
    llrs[shares[0].argmax()] += options.first_speaker_llr
    every = product((0.0, 1.0), repeat=len(llrs))
    namings = np.array([naming for naming in every if 0 < sum(naming) < len(llrs)])
    nats = np.clip(namings @ llrs - (1.0 - namings) @ llrs, -judge.options.max_llr, judge.options.max_llr) / 2
    weights = np.exp(nats - nats.max())
    return (weights / weights.sum()) @ namings


def _attributed(stretch: Segment, llr: float, options: SpeakerOptions) -> AttributedSegment:
    confidence = logistic(abs(llr))
    if confidence < options.min_confidence:
        return AttributedSegment(stretch, SpeakerRole.UNKNOWN, confidence)
    return AttributedSegment(stretch, SpeakerRole.AGENT if llr > 0 else SpeakerRole.CUSTOMER, confidence)


def _stretches(segment: Segment, options: MonoOptions) -> Iterator[Segment]:
    """The segment cut wherever another voice may begin."""
    words: list[Word] = []
    for word in segment.words:
        if words and (
            word.start_s - words[-1].end_s >= options.min_pause_s or words[-1].text[-1] in CLAUSE_ENDS
        ):
            yield _of_words(segment, words)
            words = []
        words.append(word)
    if words:
        yield _of_words(segment, words)


def _of_words(segment: Segment, words: Sequence[Word]) -> Segment:
    end_s = max(words[0].start_s, words[-1].end_s)
    text = "".join(word.text for word in words)
    return replace(segment, start_s=words[0].start_s, end_s=end_s, text=text, words=tuple(words))


def _voice_shares(nats: Floats, stretches: Sequence[Segment], options: MonoOptions) -> Floats:
    """(n_stretches, n_voices): each stretch's voice with its neighbours' evidence, rows sum to 1.

    Forward-backward over a chain in which the same voice going on is exp(stay_llr) times as likely as a
    change to any one other, where no pause lies between.
    """
    stay = [
        options.stay_llr if after.start_s - before.end_s < options.min_pause_s else 0.0
        for before, after in pairwise(stretches)
    ]
    forward, backward = np.zeros_like(nats), np.zeros_like(nats)
    for n in range(1, len(nats)):
        forward[n] = _passed_on(forward[n - 1] + nats[n - 1], stay[n - 1])
        backward[-n - 1] = _passed_on(backward[-n] + nats[-n], stay[-n])
    total = nats + forward + backward
    shares = np.exp(total - total.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def _passed_on(nats: Floats, stay_llr: float) -> Floats:
    """What evidence (n_voices,) about one stretch says about the next."""
    likeness = np.exp(nats - nats.max())
    return np.log(likeness.sum() + (np.exp(stay_llr) - 1.0) * likeness)
