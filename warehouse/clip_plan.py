"""Which seconds of a call become a clip, and which of them nobody may hear.

In: a case, its library, the call's turns and masks. Out: a `ClipPlan`. Pure.
A clip begins and ends in silence where there is any, never inside a word or a mask. Personal data is
silenced on every channel with a margin; where its time is doubtful, the clip stays away from the whole turn
or is refused. Speech that was not recognised could not be masked either, so each voice is let through only
where its words were heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tagging.finding import PiiMask
from transcribe.call import SpeakerRole, TimeSpan, Turn
from warehouse.case import Case, Library
from warehouse.clip_masks import (
    MaskOptions,
    forbidden_spans,
    intersect,
    merge_spans,
    widen,
    word_spans,
)
from warehouse.clip_span import SpanOptions, choose_cuts, solid_spans
from warehouse.errors import ClipRefused, RefusalReason


@dataclass(frozen=True, slots=True)
class ClipOptions:
    """How clips are planned.

    Attributes:
        masks: how far around personal data a clip is silent.
        span: how its ends are chosen.
        heard_margin_s: how far around recognised words a voice stays audible.
        max_masked_ratio: a clip of which more is masked teaches nothing and is refused, 0..1.
    """

    masks: MaskOptions = field(default_factory=MaskOptions)
    span: SpanOptions = field(default_factory=SpanOptions)
    heard_margin_s: float = 0.35
    max_masked_ratio: float = 0.5


@dataclass(frozen=True, slots=True)
class HeardCall:
    """What is known of a call: its turns, where its text is masked, where its agent is named.

    `recording_digest`: sha256 (hex) of the recording's files, None when nobody knows.
    """

    turns: tuple[Turn, ...]
    masks: tuple[PiiMask, ...] = ()
    mentions: tuple[PiiMask, ...] = ()
    recording_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """One role on one channel (0-based), and the spans in which it is let through, merged and ordered."""

    channel: int
    role: SpeakerRole
    spans: tuple[TimeSpan, ...]


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """What to cut: the span in the recording, what to silence everywhere, what is audible of each voice.

    `masks` are merged and ordered, inside the span; a channel without a voice stays silent. The cuts may be
    moved to the quietest sound inside `start_room` and `end_room`. Seconds of the recording.
    """

    case_id: str
    call_id: str
    start_s: float
    end_s: float
    masks: tuple[TimeSpan, ...]
    voices: tuple[Voice, ...]
    start_room: TimeSpan
    end_room: TimeSpan
    recording_digest: str | None = None
    reason: str | None = None

    @property
    def masked_s(self) -> float:
        return sum(mask.duration_s for mask in self.masks)


def plan_clip(case: Case, library: Library, call: HeardCall, options: ClipOptions | None = None) -> ClipPlan:
    """Return the span and the silenced stretches of the clip for `case`.

    The span holds the focus with the library's padding and lasts `min_clip_s`..`max_clip_s`; it is
    shorter only when the call is, and a focus longer than the clip may be is heard from its start.

    Raises:
        ClipRefused: no turns, no place to cut, personal data at a doubtful time that cannot be left out, or
            too much of the clip would be silenced.
    """
    options = options or ClipOptions()
    if not call.turns:
        raise ClipRefused(RefusalReason.NO_WORDS, f"通话 {case.call_id}: 没有可用的文字, 无法剪辑")
    mentions = () if library.is_agent_named else call.mentions
    forbidden = forbidden_spans(call.turns, call.masks, mentions, options.masks)
    words = [span for turn in call.turns for span in word_spans(turn)]
    solid = solid_spans([*words, *forbidden.silenced, *forbidden.barred])
    if not solid:
        raise ClipRefused(RefusalReason.NO_WORDS, f"通话 {case.call_id}: 文字没有时间, 无法剪辑")
    begin, end = choose_cuts(case, library, solid, forbidden.barred, options.span)
    clip = TimeSpan(begin.at_s, end.at_s)
    inside = tuple(span for raw in forbidden.silenced if (span := intersect(raw, clip)).duration_s > 0)
    _require_something_to_hear(case, clip, inside, options)
    return ClipPlan(
        case_id=case.case_id,
        call_id=case.call_id,
        start_s=clip.start_s,
        end_s=clip.end_s,
        masks=inside,
        voices=_voices(call.turns, TimeSpan(begin.room.start_s, end.room.end_s), options),
        start_room=begin.room,
        end_room=end.room,
        recording_digest=call.recording_digest,
        reason=case.reason,
    )


def _require_something_to_hear(
    case: Case, clip: TimeSpan, masks: Sequence[TimeSpan], options: ClipOptions
) -> None:
    masked_s = sum(span.duration_s for span in masks)
    if masked_s > options.max_masked_ratio * clip.duration_s:
        message = (
            f"通话 {case.call_id}: 片段 {clip.duration_s:.0f} 秒中有 {masked_s:.0f} 秒个人信息需静音, "
            "不再有教学价值"
        )
        raise ClipRefused(RefusalReason.MOSTLY_MASKED, message)


def _voices(turns: Sequence[Turn], clip: TimeSpan, options: ClipOptions) -> tuple[Voice, ...]:
    voices: list[Voice] = []
    for channel, role in sorted({(turn.channel, turn.role) for turn in turns}):
        spans = [
            span
            for turn in turns
            if (turn.channel, turn.role) == (channel, role)
            for span in word_spans(turn)
        ]
        wide = merge_spans(widen(span, options.heard_margin_s) for span in spans)
        heard = tuple(cut for span in wide if (cut := intersect(span, clip)).duration_s > 0)
        if heard:
            voices.append(Voice(channel, role, heard))
    return tuple(voices)
