"""What was said by each voice -> the turns of the call, in order. Pure.

A voice's words are cut into turns at pauses, and at short pauses in which another voice speaks. A short
backchannel (嗯, 对) during somebody's speech is a turn of its own and does not cut the speech it falls into.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from transcribe.call import Segment, SpeakerRole, TimeSpan, Turn, Word

Loudness = Callable[[int, TimeSpan], float | None]


@dataclass(frozen=True, slots=True)
class TurnOptions:
    """Where a turn ends.

    A pause of `max_pause_s` always ends it; from `min_yield_pause_s` on, a pause in which another voice
    begins to speak, or speaks all through it, ends it too.
    """

    max_pause_s: float = 0.9
    min_yield_pause_s: float = 0.25


@dataclass(frozen=True, slots=True)
class AttributedSegment:
    """A segment and who says it. Voices are told apart by channel and role."""

    segment: Segment
    role: SpeakerRole
    role_confidence: float

    @property
    def voice(self) -> tuple[int, SpeakerRole]:
        return self.segment.channel, self.role


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of one voice without a long pause."""

    channel: int
    role: SpeakerRole
    role_confidence: float
    words: tuple[Word, ...]

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        return max(self.start_s, self.words[-1].end_s)


def build_turns(
    segments: Sequence[AttributedSegment], options: TurnOptions, loudness: Loudness
) -> tuple[Turn, ...]:
    """The turns of a call, ordered by start; no word is lost.

    Args:
        segments: what was heard on all channels, in any order; segments without words are left out.
        options: where a turn ends.
        loudness: level in dBFS of a channel over a span, None when unknown.
    """
    voices: dict[tuple[int, SpeakerRole], list[AttributedSegment]] = {}
    for segment in sorted(segments, key=lambda item: item.segment.start_s):
        if segment.segment.words:
            voices.setdefault(segment.voice, []).append(segment)
    runs = {voice: _runs(spoken, options.min_yield_pause_s) for voice, spoken in voices.items()}
    pieces: list[_Piece] = []
    for voice, own in runs.items():
        others = sorted(
            (run.start_s, run.end_s) for key, theirs in runs.items() if key != voice for run in theirs
        )
        pieces += _joined(own, others, options)
    pieces.sort(key=lambda piece: (piece.start_s, piece.end_s, piece.channel))
    return tuple(_turns(pieces, loudness))


def _runs(spoken: Sequence[AttributedSegment], min_pause_s: float) -> list[_Piece]:
    """One voice's words, cut at every pause that could end a turn."""
    runs: list[_Piece] = []
    words: list[Word] = []
    confidence = 1.0
    for item in spoken:
        for word in item.segment.words:
            if words and word.start_s - words[-1].end_s >= min_pause_s:
                runs.append(_Piece(*item.voice, confidence, tuple(words)))
                words, confidence = [], 1.0
            words.append(word)
            confidence = min(confidence, item.role_confidence)
    if words:
        runs.append(_Piece(*spoken[0].voice, confidence, tuple(words)))
    return runs


def _joined(
    runs: Sequence[_Piece], others: Sequence[tuple[float, float]], options: TurnOptions
) -> list[_Piece]:
    """Runs of one voice joined over short pauses in which nobody else takes the word."""
    joined: list[_Piece] = []
    for run in runs:
        last = joined[-1] if joined else None
        if (
            last is None
            or run.start_s - last.end_s >= options.max_pause_s
            or _is_word_taken(last.end_s, run.start_s, others)
        ):
            joined.append(run)
        else:
            confidence = min(last.role_confidence, run.role_confidence)
            joined[-1] = replace(last, words=(*last.words, *run.words), role_confidence=confidence)
    return joined


def _is_word_taken(pause_start_s: float, pause_end_s: float, others: Sequence[tuple[float, float]]) -> bool:
    """True when somebody else begins to speak within the pause, or speaks all through it."""
    first = bisect_left(others, (pause_start_s, 0.0))
    if first < len(others) and others[first][0] < pause_end_s:
        return True
    return any(end_s >= pause_end_s for _, end_s in others[:first])


def _turns(pieces: Sequence[_Piece], loudness: Loudness) -> list[Turn]:
    turns: list[Turn] = []
    latest_end_s = 0.0
    starts = [piece.start_s for piece in pieces]
    longest_s = max((piece.end_s - piece.start_s for piece in pieces), default=0.0)
    for index, piece in enumerate(pieces):
        nearby = slice(bisect_left(starts, piece.start_s - longest_s), bisect_left(starts, piece.end_s))
        turns.append(
            Turn(
                turn_index=index,
                channel=piece.channel,
                role=piece.role,
                role_confidence=piece.role_confidence,
                start_s=piece.start_s,
                end_s=piece.end_s,
                text="".join(word.text for word in piece.words),
                words=piece.words,
                gap_before_s=max(0.0, piece.start_s - latest_end_s),
                overlap_s=_overlap_s(piece, pieces[nearby]),
                loudness_dbfs=loudness(piece.channel, TimeSpan(piece.start_s, piece.end_s)),
            )
        )
        latest_end_s = max(latest_end_s, piece.end_s)
    return turns


def _overlap_s(piece: _Piece, pieces: Sequence[_Piece]) -> float:
    """Seconds of `piece` in which at least one other voice speaks."""
    shared = sorted(
        (max(piece.start_s, other.start_s), min(piece.end_s, other.end_s))
        for other in pieces
        if (other.channel, other.role) != (piece.channel, piece.role)
        and other.start_s < piece.end_s
        and other.end_s > piece.start_s
    )
    covered_s, until_s = 0.0, piece.start_s
    for start_s, end_s in shared:
        covered_s += max(0.0, end_s - max(start_s, until_s))
        until_s = max(until_s, end_s)
    return covered_s
