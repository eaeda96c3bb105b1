"""Recordings -> calls: load, find speech, recognise, sort out, attribute, order. Edge: reads the recordings.

One bad recording gives a Fault in its place and never stops the others. Recordings are taken in groups of
some minutes of audio, so that memory stays bounded while windows of many calls are recognised together.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from pathlib import Path

from transcribe.announcements import AnnouncementOptions
from transcribe.attribution import MonoOptions
from transcribe.audio import SAMPLE_RATE_HZ, LoadedAudio, load_recording, rms_dbfs
from transcribe.call import (
    Call,
    ChannelAudit,
    Fault,
    FaultReason,
    Recording,
    SpeakerRole,
    Suspect,
    TimeSpan,
    Transcript,
)
from transcribe.channels import Sound
from transcribe.crosstalk import CrosstalkOptions, are_copies, own_spans_of_call, split_echoes
from transcribe.diarise.choose import load_diariser
from transcribe.errors import AudioUnreadable
from transcribe.hallucination import HallucinationOptions, split_suspects
from transcribe.hearing import HeardChannel, HearingOptions, SourceAudio, hear
from transcribe.naming import shown_name
from transcribe.recognise.protocol import RecogniseOptions, Recogniser
from transcribe.roles import RoleRules, attribute_call, role_certainty
from transcribe.speakers import RoleDecision, SpeakerOptions
from transcribe.turns import TurnOptions, build_turns
from transcribe.vad import SpeechDetector, VadOptions
from transcribe.weights import Weights
from transcribe.wordlists import KNOWN_INVENTIONS_PATH, ROLE_CUES_PATH, load_known_inventions, load_role_cues

# Raise this whenever the code changes what is heard or how it is cut into turns: stored results are redone.
CODE_VERSION = 2


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    """All settings from recording to turns.

    `default_roles` is the centre's usual channel order, for recordings whose manifest row says none.
    `group_s` is how many seconds of audio are held in memory at once (a single longer call is held whole).
    `prompts` are (line of business, prompt) pairs that replace the recogniser's prompt for those calls.
    """

    vad: VadOptions = field(default_factory=VadOptions)
    recognise: RecogniseOptions = field(default_factory=RecogniseOptions)
    hearing: HearingOptions = field(default_factory=HearingOptions)
    hallucination: HallucinationOptions = field(default_factory=HallucinationOptions)
    crosstalk: CrosstalkOptions = field(default_factory=CrosstalkOptions)
    announcements: AnnouncementOptions = field(default_factory=AnnouncementOptions)
    speakers: SpeakerOptions = field(default_factory=SpeakerOptions)
    mono: MonoOptions = field(default_factory=MonoOptions)
    turns: TurnOptions = field(default_factory=TurnOptions)
    default_roles: tuple[SpeakerRole, ...] = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
    group_s: float = 1200.0
    prompts: tuple[tuple[str, str], ...] = ()

    def prompt_of(self, recording: Recording) -> str:
        """The text put before every window of the recording: its line of business', else the general one."""
        return dict(self.prompts).get(recording.line_of_business or "", self.recognise.prompt)


def recognition_key(weights: Weights, options: TranscribeOptions) -> str:
    """sha256 (hex) over all that changes a call's turns: weights, settings, word lists, code version.

    What only changes the speed (batch, device, threads, group size) is left out.
    """
    lists = [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in (ROLE_CUES_PATH, KNOWN_INVENTIONS_PATH)
    ]
    settings = "\n".join(_settings(options, ""))
    content = "\n".join([str(CODE_VERSION), weights.digest, *lists, settings])
    return hashlib.sha256(content.encode()).hexdigest()


def transcribe_calls(
    recordings: Sequence[Recording],
    recogniser: Recogniser,
    detector: SpeechDetector,
    options: TranscribeOptions,
) -> Iterator[Call | Fault]:
    """One Call or one Fault (severity failed) per recording, in order.

    Raises:
        WeightsMissing, TranscribeError: what would fail for every recording alike.
    """
    group: list[_Loaded | Fault] = []
    held_s = 0.0
    for recording in recordings:
        # No name of its own: it would keep the last call's sound in memory while the next is read.
        group.append(_load(recording, options.crosstalk))
        held_s += group[-1].audio_s if isinstance(group[-1], _Loaded) else 0.0
        if held_s >= options.group_s:
            yield from _transcribe_group(group, recogniser, detector, options)
            group, held_s = [], 0.0
    yield from _transcribe_group(group, recogniser, detector, options)


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    recording: Recording
    audio: LoadedAudio

    @property
    def audio_s(self) -> float:
        return self.audio.duration_s * len(self.audio.channels)

    def source(self, channel: int) -> str:
        return f"{self.recording.call_id}#{channel}"


def _load(recording: Recording, crosstalk: CrosstalkOptions) -> "_Loaded | Fault":
    try:
        return _Loaded(recording, _without_copies(load_recording(recording), crosstalk))
    except AudioUnreadable as err:
        fault = err.fault
        return Fault(fault.reason, fault.message, recording.call_id, fault.file or _shown_file(recording))


def _without_copies(audio: LoadedAudio, options: CrosstalkOptions) -> LoadedAudio:
    """One channel, the loudest, where all carry one sound at different levels or a little apart."""
    if are_copies(audio.channels, options):
        return replace(audio, channels=(max(audio.channels, key=rms_dbfs),), is_identical=True)
    return audio


def _transcribe_group(
    group: Sequence[_Loaded | Fault],
    recogniser: Recogniser,
    detector: SpeechDetector,
    options: TranscribeOptions,
) -> Iterator[Call | Fault]:
    calls = [item for item in group if isinstance(item, _Loaded)]
    channels = [(call, channel) for call in calls for channel in range(len(call.audio.channels))]
    spans = iter(detector.speech_spans_batch([call.audio.channels[channel] for call, channel in channels]))
    own = [
        found
        for call in calls
        for found in own_spans_of_call(
            call.audio.channels, [next(spans) for _ in call.audio.channels], options.crosstalk
        )
    ]
    sources = {
        call.source(channel): SourceAudio(
            channel, call.audio.channels[channel], found, options.prompt_of(call.recording)
        )
        for (call, channel), found in zip(channels, own, strict=True)
    }
    heard = hear(sources, recogniser, options.hearing)
    for item in group:
        yield item if isinstance(item, Fault) else _call(item, sources, heard, options)


def _call(
    loaded: _Loaded,
    sources: Mapping[str, SourceAudio],
    heard: Mapping[str, HeardChannel],
    options: TranscribeOptions,
) -> Call:
    names = [loaded.source(channel) for channel in range(len(loaded.audio.channels))]
    sorted_out = [
        split_suspects(
            heard[name].segments,
            options.hallucination,
            load_known_inventions(),
            options.prompt_of(loaded.recording),
        )
        for name in names
    ]
    channels = loaded.audio.channels
    own, echoes = split_echoes([kept for kept, _ in sorted_out], channels, options.crosstalk)
    recording = loaded.recording
    decision, attributed = attribute_call(own, channels, recording.channel_roles, _rules(options))
    turns = build_turns(attributed, options.turns, _Loudness(channels))
    audits = tuple(
        _audit(sources[name], heard[name], (*suspects, *said_twice), role)
        for name, (_, suspects), said_twice, role in zip(
            names, sorted_out, echoes, decision.roles, strict=True
        )
    )
    transcript = Transcript(
        call_id=recording.call_id,
        call_date=recording.call_date,
        duration_s=loaded.audio.duration_s,
        turns=turns,
        line_of_business=recording.line_of_business,
    )
    certainty = role_certainty(turns)
    is_uncertain = certainty is not None and certainty < options.speakers.min_call_certainty
    faults = _faults(loaded, decision, audits)
    return Call(
        recording, transcript, audits, faults, role_certainty=certainty, is_role_uncertain=is_uncertain
    )


def _rules(options: TranscribeOptions) -> RoleRules:
    return RoleRules(
        cues=load_role_cues(),
        diariser=load_diariser(options.mono.diariser),
        default_roles=options.default_roles,
        speakers=options.speakers,
        mono=options.mono,
        announcements=options.announcements,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Loudness:
    """Level of a stretch of a channel, each (n_samples,) at 16 kHz, in dBFS."""

    channels: Sequence[Sound]

    def __call__(self, channel: int, span: TimeSpan) -> float | None:
        first, last = round(span.start_s * SAMPLE_RATE_HZ), round(span.end_s * SAMPLE_RATE_HZ)
        stretch = self.channels[channel][first:last]
        return rms_dbfs(stretch) if stretch.size else None


def _audit(
    source: SourceAudio, heard: HeardChannel, suspects: tuple[Suspect, ...], role: SpeakerRole
) -> ChannelAudit:
    speech_s = sum(span.duration_s for span in source.spans)
    suspect_s = sum(suspect.segment.end_s - suspect.segment.start_s for suspect in suspects)
    unrecognised_s = sum(span.duration_s for span in heard.unheard)
    heard_s = sum(segment.end_s - segment.start_s for segment in heard.segments)
    return ChannelAudit(
        channel=source.channel,
        role=role,
        duration_s=source.samples.size / SAMPLE_RATE_HZ,
        speech_s=speech_s,
        recognised_s=heard_s - suspect_s,
        suspect_s=suspect_s,
        unrecognised_s=unrecognised_s,
        suspects=suspects,
    )


def _faults(loaded: _Loaded, decision: RoleDecision, audits: Sequence[ChannelAudit]) -> tuple[Fault, ...]:
    audio = loaded.audio
    found = (
        (audio.is_truncated, FaultReason.TRUNCATED, "录音不完整，后面缺一段；已转写能读出的部分，请重新导出"),
        (audio.is_mono, FaultReason.MONO, "单声道录音，坐席和客户混在一起；角色按内容判断，可信度较低"),
        (
            audio.is_identical,
            FaultReason.CHANNELS_IDENTICAL,
            "各声道内容相同（假立体声），按单声道处理，请检查录音系统的声道设置",
        ),
        (
            decision.is_swapped,
            FaultReason.CHANNELS_SWAPPED,
            "坐席与客户声道和登记的相反，已按内容更正，请检查声道设置",
        ),
        (
            not any(audit.speech_s for audit in audits),
            FaultReason.NO_SPEECH,
            "整段录音没有检测到人声，请确认是否为空呼或录音线路故障",
        ),
    )
    recording = loaded.recording
    shown = _shown_file(recording)
    return tuple(
        Fault(reason, f"{shown}：{message}", recording.call_id, shown)
        for is_so, reason, message in found
        if is_so
    )


def _shown_file(recording: Recording) -> str:
    return "+".join(shown_name(path.name) for path in recording.files)


_SPEED_ONLY = frozenset({"batch_size", "device", "threads", "group_s"})


def _settings(value: object, name: str) -> Iterator[str]:
    """One line per setting, nested ones by dotted name, those that only change the speed left out."""
    if is_dataclass(value):
        for item in fields(value):
            if item.name not in _SPEED_ONLY:
                yield from _settings(getattr(value, item.name), f"{name}.{item.name}")
    elif isinstance(value, tuple | list):
        yield f"{name}={[str(item) for item in value]}"
    elif isinstance(value, Enum | str | int | float | Path | None):
        yield f"{name}={value}"
