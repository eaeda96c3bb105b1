"""Voice prints of stretches -> how many voices there are, and which stretch fits which. Pure.

Average-linkage clustering (Sokal & Michener 1958) of the prints by cosine. How alike two prints of one voice
are depends on line and codec, so nothing is judged by an absolute likeness: two groups are two voices when
prints within them are clearly more alike than prints across.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from transcribe.diarise.protocol import Floats, VoiceGroups, one_voice


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """When groups are voices, and how much a print says.

    Only stretches from `core_s` on decide which groups there are: shorter prints are noisy. Where they show
    one voice, somebody may say nothing longer: then those from `least_core_s` on are asked. A group needs
    `min_voice_s` in all, and prints across groups must be `min_gap` (cosine) less alike than within: one
    voice cut in two reaches 0.1, two of one sex on a narrow line 0.15. A print that lies as much nearer to
    one voice as voices lie apart speaks `max_evidence` nats for it, a shorter stretch in proportion to its
    length up to `full_evidence_s`. `max_core` bounds memory on recordings of hours.
    """

    core_s: float = 0.8
    least_core_s: float = 0.5
    min_voice_s: float = 1.6
    min_gap: float = 0.11
    max_voices: int = 4
    max_evidence: float = 6.0
    full_evidence_s: float = 1.0
    max_core: int = 1500


def cluster_voices(
    prints: NDArray[np.float32], durations_s: Sequence[float], options: ClusterOptions
) -> VoiceGroups:
    """Voices of stretches with `prints` (n_stretches, n_dimensions), each of length 1."""
    seconds = np.asarray(durations_s, np.float64)
    for core_s in (options.core_s, options.least_core_s):
        found = _cluster(prints, seconds, core_s, options)
        if found.voice_count > 1:
            return found
    return one_voice(len(seconds))


def _cluster(
    prints: NDArray[np.float32], seconds: Floats, core_s: float, options: ClusterOptions
) -> VoiceGroups:
    """Voices, by the stretches from `core_s` on."""
    longest = np.argsort(-seconds, kind="stable")[: options.max_core]
    core = np.sort(longest[seconds[longest] >= core_s])
    if len(core) < 2:
        return one_voice(len(seconds))
    likeness = np.asarray(prints[core], np.float64) @ prints[core].T
    tree = linkage(prints[core].astype(np.float64), "average", metric="cosine")
    best, best_gap = [np.arange(len(core))], 0.0
    # A stray print may be a branch of its own: look a little deeper than there can be voices.
    for count in range(2, min(2 * options.max_voices, len(core)) + 1):
        found, gap = _voices(fcluster(tree, count, "maxclust"), likeness, seconds[core], options)
        if len(best) < len(found) <= options.max_voices:
            best, best_gap = found, gap
    if len(best) < 2:
        return one_voice(len(seconds))
    centres = np.stack([_centre(prints[core[own]], seconds[core[own]]) for own in best])
    evidence = options.max_evidence * np.minimum(1.0, seconds / options.full_evidence_s)
    return VoiceGroups(evidence[:, None] / best_gap * (prints @ centres.T))


def _voices(
    labels: NDArray[np.int32], likeness: Floats, seconds: Floats, options: ClusterOptions
) -> tuple[list[NDArray[np.int64]], float]:
    """Groups that are long enough and apart from each other, and the least gap between two; ([], 0) else."""
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    groups = [own for own in groups if len(own) > 1 and seconds[own].sum() >= options.min_voice_s]
    if len(groups) < 2:
        return [], 0.0
    gaps = [
        (_within(one, likeness, seconds) + _within(other, likeness, seconds)) / 2
        - _mean(one, other, likeness, seconds)
        for n, one in enumerate(groups)
        for other in groups[:n]
    ]
    return (groups, min(gaps)) if min(gaps) >= options.min_gap else ([], 0.0)


def _within(own: NDArray[np.int64], likeness: Floats, seconds: Floats) -> float:
    """Mean likeness of different prints of one group, by seconds."""
    weights = np.outer(seconds[own], seconds[own])
    np.fill_diagonal(weights, 0.0)
    return float((likeness[np.ix_(own, own)] * weights).sum() / weights.sum())


def _mean(one: NDArray[np.int64], other: NDArray[np.int64], likeness: Floats, seconds: Floats) -> float:
    weights = np.outer(seconds[one], seconds[other])
    return float((likeness[np.ix_(one, other)] * weights).sum() / weights.sum())


def _centre(prints: NDArray[np.float32], seconds: Floats) -> Floats:
    centre = (prints * seconds[:, None]).sum(axis=0)
    return centre / np.linalg.norm(centre)
