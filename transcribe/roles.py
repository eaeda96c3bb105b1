"""Who speaks in a call: segments of its channels in, segments with roles out. Pure.

Announcements first: what a machine says tells nothing of agent and customer. Then roles per channel, or, per
stretch, where one channel carries all voices.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from transcribe.announcements import AnnouncementOptions, split_announcements
from transcribe.attribution import MonoOptions, RoleJudge, attribute_mono
from transcribe.call import Segment, SpeakerRole, Turn
from transcribe.channels import Sound
from transcribe.diarise.protocol import Diariser
from transcribe.speakers import RoleCues, RoleDecision, SpeakerOptions, decide_roles
from transcribe.turns import AttributedSegment

ANNOUNCED_CONFIDENCE = 0.95  # wording and place agree; nothing finer is known


@dataclass(frozen=True, slots=True)
class RoleRules:
    """All that roles are told by; `diariser` is asked only where one channel carries several voices."""

    cues: RoleCues
    diariser: Diariser
    default_roles: tuple[SpeakerRole, ...]
    speakers: SpeakerOptions
    mono: MonoOptions
    announcements: AnnouncementOptions


def attribute_call(
    kept: Sequence[Sequence[Segment]],
    channels: Sequence[Sound],
    claimed: tuple[SpeakerRole, ...] | None,
    rules: RoleRules,
) -> tuple[RoleDecision, list[AttributedSegment]]:
    """The channels' roles, and every word with the role of who says it.

    Args:
        kept: segments of each channel, in order of time.
        channels: their sound, (n_samples,) each at 16 kHz; a single one may carry several voices, and is
            then `unknown` itself.
        claimed: the manifest's roles in channel order; None when it says nothing.
        rules: what roles are told by.
    """
    split = [split_announcements(segments, rules.cues, rules.announcements) for segments in kept]
    attributed = [
        AttributedSegment(segment, SpeakerRole.IVR, ANNOUNCED_CONFIDENCE)
        for announced, _ in split
        for segment in announced
    ]
    people = [rest for _, rest in split]
    if len(channels) == 1:
        judge = RoleJudge(rules.cues, rules.speakers)
        attributed += attribute_mono(people[0], channels[0], rules.diariser, judge, rules.mono)
        return RoleDecision((SpeakerRole.UNKNOWN,), 0.5), attributed
    texts = ["".join(segment.text for segment in segments) for segments in people]
    decision = decide_roles(texts, claimed, rules.default_roles, rules.cues, rules.speakers)
    attributed += [
        AttributedSegment(segment, role, decision.confidence)
        for segments, role in zip(people, decision.roles, strict=True)
        for segment in segments
    ]
    return decision, attributed


def role_certainty(turns: Sequence[Turn]) -> float | None:
    """How sure the roles of people's `turns` are on average, weighed by characters, 0..1; see `Call`."""
    people = [turn for turn in turns if turn.role is not SpeakerRole.IVR]
    total = sum(len(turn.text) for turn in people)
    sure = sum(len(t.text) * t.role_confidence for t in people if t.role is not SpeakerRole.UNKNOWN)
    return sure / total if total else None
