"""Shapes of a recorded call: what arrives, what was heard, who said it.

Pure, standard library only. Every later stage imports these shapes; none of them changes one.
Times are seconds from the start of the recording, instants are UTC, ids are strings.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path


class SpeakerRole(StrEnum):
    """Who speaks on a channel or in a turn."""

    AGENT = "agent"
    CUSTOMER = "customer"
    IVR = "ivr"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """What a fault did to the call: `failed` keeps it out of `call`, `warning` does not."""

    FAILED = "failed"
    WARNING = "warning"


class FaultReason(StrEnum):
    """Why a recording is listed in `run_failure`; `FAULT_SEVERITY` tells how bad it is."""

    UNREADABLE = "unreadable"
    EMPTY = "empty"
    NOT_AUDIO = "not_audio"
    NO_RECORDING = "no_recording"
    DUPLICATE = "duplicate"
    STILL_GROWING = "still_growing"
    FORGOTTEN = "forgotten"
    TRUNCATED = "truncated"
    NO_MANIFEST_ROW = "no_manifest_row"
    MONO = "mono"
    CHANNELS_SWAPPED = "channels_swapped"
    CHANNELS_IDENTICAL = "channels_identical"
    NO_SPEECH = "no_speech"


FAULT_SEVERITY: dict[FaultReason, Severity] = {
    FaultReason.UNREADABLE: Severity.FAILED,
    FaultReason.EMPTY: Severity.FAILED,
    FaultReason.NOT_AUDIO: Severity.FAILED,
    FaultReason.NO_RECORDING: Severity.FAILED,
    FaultReason.DUPLICATE: Severity.FAILED,
    FaultReason.STILL_GROWING: Severity.FAILED,
    FaultReason.FORGOTTEN: Severity.FAILED,
    FaultReason.TRUNCATED: Severity.WARNING,
    FaultReason.NO_MANIFEST_ROW: Severity.WARNING,
    FaultReason.MONO: Severity.WARNING,
    FaultReason.CHANNELS_SWAPPED: Severity.WARNING,
    FaultReason.CHANNELS_IDENTICAL: Severity.WARNING,
    FaultReason.NO_SPEECH: Severity.WARNING,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of `run_failure`.

    `file` is the name as it may be shown (customers' digits masked), relative to the night's folder;
    `message` says what is wrong and what to do, in Chinese, without any customer's data.
    """

    reason: FaultReason
    message: str
    call_id: str | None = None
    file: str | None = None

    @property
    def severity(self) -> Severity:
        return FAULT_SEVERITY[self.reason]


@dataclass(frozen=True, slots=True, order=True)
class TimeSpan:
    """Half-open span [start_s, end_s) in seconds.

    Raises:
        ValueError: when end_s < start_s or start_s < 0.
    """

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if self.start_s < 0 or self.end_s < self.start_s:
            raise ValueError(f"TimeSpan: need 0 <= start_s <= end_s, got {self.start_s}, {self.end_s}")

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    def overlap_s(self, other: "TimeSpan") -> float:
        """Seconds that both spans cover, >= 0."""
        return max(0.0, min(self.end_s, other.end_s) - max(self.start_s, other.start_s))


@dataclass(frozen=True, slots=True)
class Recording:
    """One delivered call: its file or files (one per channel) and what the ACD said of it.

    `digest` is the sha256 (hex) of the content of all files in channel order; `call_id` + `digest` is
    the identity. What the manifest does not say is None, never guessed. `customer_key` is pseudonymous.
    `night` is the date of the drop folder, `call_date` the local business day.
    """

    call_id: str
    files: tuple[Path, ...]
    digest: str
    night: date
    call_date: date
    started_at: datetime | None = None
    direction: str | None = None
    line_of_business: str | None = None
    queue: str | None = None
    agent_id: str | None = None
    team: str | None = None
    agent_on_line_since: date | None = None
    customer_key: str | None = None
    hold_s: float | None = None
    acw_s: float | None = None
    satisfaction: float | None = None
    transferred_to_supervisor: bool | None = None
    channel_roles: tuple[SpeakerRole, ...] | None = None
    size_bytes: int = 0
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word (for Chinese usually one or two characters).

    `text` of all words of a turn, joined, is the turn's text: punctuation hangs on the word before it.
    `probability` in 0..1 is the mean probability of its tokens.
    """

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Segment:
    """What the recogniser returned for one stretch of speech on one channel."""

    channel: int
    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...]
    no_speech_probability: float = 0.0
    mean_log_probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Suspect:
    """A segment kept out of tagging, and why.

    `loop`, `repeated`, `no_speech`, `prompt`, `low_confidence`, `too_dense`, or `crosstalk`: said on the
    other channel.
    """

    segment: Segment
    reason: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One role speaking until another does.

    `text` is normalised (NFKC, simplified). `pinyin` has one toneless syllable per character of `text`
    (a character without a reading stands for itself), so both share offsets; `tokens` are jieba words
    whose concatenation is `text`. Both are empty until `tagging.prepare` has masked the turn.
    `gap_before_s` is silence since the latest end of any earlier turn (0 when overlapping), `overlap_s`
    the seconds in which another role speaks too; `loudness_dbfs` is RMS level, None when unknown.
    """

    turn_index: int
    channel: int
    role: SpeakerRole
    role_confidence: float
    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()
    pinyin: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    gap_before_s: float = 0.0
    overlap_s: float = 0.0
    loudness_dbfs: float | None = None


@dataclass(frozen=True, slots=True)
class ChannelAudit:
    """Where every second of detected speech of one channel went.

    speech_s = recognised_s + suspect_s + unrecognised_s (to 0.01 s).
    """

    channel: int
    role: SpeakerRole
    duration_s: float
    speech_s: float
    recognised_s: float
    suspect_s: float
    unrecognised_s: float
    suspects: tuple[Suspect, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """The turns of one call, in order of start: all that a tagger may look at."""

    call_id: str
    call_date: date
    duration_s: float
    turns: tuple[Turn, ...]
    line_of_business: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A recording that was heard: its transcript, the audit per channel and the warnings.

    `role_certainty` is how sure the roles are on average over all characters said by people, `unknown` ones
    counting 0; None when nobody spoke. `is_role_uncertain`: it is below what the settings ask for.
    """

    recording: Recording
    transcript: Transcript
    audits: tuple[ChannelAudit, ...] = ()
    faults: tuple[Fault, ...] = ()
    role_certainty: float | None = None
    is_role_uncertain: bool = False
