"""What tells voices apart on one channel: stretches of speech in, likelihoods of voices out. Pure.

A diariser knows sounds only: how many voices there are and which stretch is whose. Who is the agent is
decided by content, in `transcribe.attribution`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from transcribe.call import TimeSpan
from transcribe.channels import Samples, Sound, as_float
from transcribe.recognise.protocol import SAMPLE_RATE_HZ

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class VoiceGroups:
    """Voices of one channel and how well each stretch fits each of them.

    `nats` (n_stretches, n_voices): log-likelihood up to a constant of its row; one column where the
    diariser hears a single voice, or cannot tell the voices apart.
    """

    nats: Floats

    @property
    def voice_count(self) -> int:
        return self.nats.shape[1]


class Diariser(Protocol):
    """Anything that groups stretches of speech by voice."""

    def group(self, sound: Sound, stretches: Sequence[TimeSpan]) -> VoiceGroups:
        """Voices of `stretches` of one channel (n_samples,) at 16 kHz; the same for the same input."""
        ...


def one_voice(count: int) -> VoiceGroups:
    """All `count` stretches by one voice, as far as can be told."""
    return VoiceGroups(np.zeros((count, 1)))


def cut(sound: Sound, span: TimeSpan) -> Samples:
    """float32 (n,): what sounds within `span`."""
    return as_float(sound[round(span.start_s * SAMPLE_RATE_HZ) : round(span.end_s * SAMPLE_RATE_HZ)])
