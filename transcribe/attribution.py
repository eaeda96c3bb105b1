"""Who says what on a channel that carries both voices: segments in, segments with a role each out. Pure.

Segments are cut into stretches where the voice may change, stretches are grouped by voice, and the groups
get their roles by what they say. What is not clear stays `unknown`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from transcribe.call import Segment, SpeakerRole, TimeSpan, Word
from transcribe.recognise.protocol import Samples
from transcribe.speakers import RoleCues, SpeakerOptions, agent_llr, logistic
from transcribe.turns import AttributedSegment
from transcribe.voices import Floats, group_voices

SENTENCE_ENDS = "。?!"


@dataclass(frozen=True, slots=True)
class MonoOptions:
    """How one channel is divided between two voices.

    A stretch ends at a pause of `min_pause_s`, or after a sentence. `stay_llr` speaks for the same voice
    going on when less than `min_pause_s` lies between two stretches. Below `min_separation` the two groups
    are taken for one voice. `first_speaker_llr`: who speaks first is more often the agent.
    """

    min_pause_s: float = 0.2
    stay_llr: float = 1.0
    min_separation: float = 1.5
    first_speaker_llr: float = 1.0


def attribute_mono(
    segments: Sequence[Segment],
    samples: Samples,
    cues: RoleCues,
    speakers: SpeakerOptions,
    options: MonoOptions,
) -> list[AttributedSegment]:
    """Stretches of `segments` with roles; every word is kept.

    Args:
        segments: of one channel, in order of time.
        samples: that channel, float32 (n_samples,) at 16 kHz.
        cues: what tells an agent from a customer.
        speakers: bounds of what content can say, and of confidence.
        options: how stretches are cut and grouped.
    """
    stretches = [stretch for segment in segments for stretch in _stretches(segment, options)]
    if not stretches:
        return []
    groups = group_voices(samples, [TimeSpan(stretch.start_s, stretch.end_s) for stretch in stretches])
    content = np.array([agent_llr(stretch.text, cues, speakers.max_llr) for stretch in stretches])
    if groups.separation < options.min_separation:
        return [
            _attributed(stretch, llr, speakers)
            for stretch, llr in zip(stretches, content.tolist(), strict=True)
        ]
    second = _smoothed(groups.llr, stretches, options)
    first_text = "".join(s.text for s, llr in zip(stretches, second, strict=True) if llr < 0)
    second_text = "".join(s.text for s, llr in zip(stretches, second, strict=True) if llr >= 0)
    order = agent_llr(second_text, cues, speakers.max_llr) - agent_llr(first_text, cues, speakers.max_llr)
    order += options.first_speaker_llr if second[0] >= 0 else -options.first_speaker_llr
    is_second_agent = logistic(min(max(order, -speakers.max_llr), speakers.max_llr))
    attributed: list[AttributedSegment] = []
    for stretch, llr in zip(stretches, second.tolist(), strict=True):
        is_second = logistic(min(max(llr, -speakers.max_llr), speakers.max_llr))
        is_agent = is_second * is_second_agent + (1 - is_second) * (1 - is_second_agent)
        attributed.append(_attributed(stretch, float(np.log(is_agent / (1 - is_agent))), speakers))
    return attributed


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
            word.start_s - words[-1].end_s >= options.min_pause_s or words[-1].text[-1] in SENTENCE_ENDS
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


def _smoothed(llr: Floats, stretches: Sequence[Segment], options: MonoOptions) -> Floats:
    """Each stretch's evidence with its neighbours' (forward-backward over a two-state chain)."""
    stay = np.array(
        [
            options.stay_llr if after.start_s - before.end_s < options.min_pause_s else 0.0
            for before, after in pairwise(stretches)
        ]
    )
    forward, backward = np.zeros(len(llr)), np.zeros(len(llr))
    for n in range(1, len(llr)):
        forward[n] = _passed_on(forward[n - 1] + llr[n - 1], stay[n - 1])
        backward[-n - 1] = _passed_on(backward[-n] + llr[-n], stay[-n])
    return llr + forward + backward


def _passed_on(llr: float, stay_llr: float) -> float:
    """What evidence about one stretch says about the next; staying is exp(stay_llr) times as likely."""
    return float(np.logaddexp(llr + stay_llr, 0.0) - np.logaddexp(llr, stay_llr))
