"""A clip's words as WebVTT, for players outside of our pages: who speaks, what was found, word by word.

In: the turns of a case as its page shows them (masked text, times from the start of the clip). Out: the text
of a .vtt file: cues of a line or two, `<v 客服>` for the speaker, `<c.taboo>` and the like for what was
found, a time stamp before each word. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from warehouse.pages.pieces import Piece, Run
from warehouse.pages.talk import TurnView

HEADER = "WEBVTT"
# Two lines of a small screen; a cue also ends where a sentence does, when it is not too short.
MAX_CHARACTERS, MIN_CHARACTERS = 32, 12
SENTENCE_ENDS = "。！？；，、,.!?;"
MIN_CUE_S = 0.3  # a cue must last: players leave out those of no length
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": " ", "\r": " ", "\0": " "})


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words that are shown together; seconds from the start of the clip."""

    start_s: float
    end_s: float
    speaker: str
    runs: tuple[Run, ...]


def webvtt(turns: Iterable[TurnView], length_s: float) -> str:
    """Return the file's text; every cue lies inside 0..`length_s`, in order of its beginning."""
    cues = [cue for turn in turns for cue in _cues(turn, length_s)]
    blocks = [_block(cue) for cue in sorted(cues, key=lambda cue: (cue.start_s, cue.end_s))]
    return "\n\n".join([HEADER, *blocks]) + "\n"


def _cues(turn: TurnView, length_s: float) -> Iterator[_Cue]:
    for runs in _lines(_timed(turn)):
        start_s = min(max(0.0, runs[0].start_s or 0.0), max(0.0, length_s - MIN_CUE_S))
        last_s = max(run.end_s or 0.0 for run in runs)
        end_s = min(length_s, max(last_s, start_s + MIN_CUE_S))
        if end_s > start_s:
            yield _Cue(start_s, end_s, turn.speaker, runs)


def _timed(turn: TurnView) -> tuple[Run, ...]:
    """Return the words inside the clip; a turn whose words have no times is one long word."""
    inside = tuple(run for run in turn.runs if run.start_s is not None)
    if inside or any(run.start_s is not None for run in turn.runs) or len(turn.runs) != 1:
        return inside
    return (Run(turn.runs[0].pieces, turn.start_s, turn.end_s),)


def _lines(runs: Sequence[Run]) -> Iterator[tuple[Run, ...]]:
    line: list[Run] = []
    length = 0
    for run in runs:
        text = "".join(piece.text for piece in run.pieces)
        if line and length + len(text) > MAX_CHARACTERS:
            yield tuple(line)
            line, length = [], 0
        line.append(run)
        length += len(text)
        if length >= MIN_CHARACTERS and text[-1:] in SENTENCE_ENDS:
            yield tuple(line)
            line, length = [], 0
    if line:
        yield tuple(line)


def _block(cue: _Cue) -> str:
    parts: list[str] = []
    told_s = cue.start_s
    for run in cue.runs:
        start_s = run.start_s or 0.0
        # A stamp inside a cue must lie behind the one before and before the cue's end.
        if told_s + 0.001 <= start_s <= cue.end_s - 0.001:
            parts.append(f"<{_stamp(start_s)}>")
            told_s = start_s
        parts.extend(_piece(piece) for piece in run.pieces)
    speaker = " ".join(cue.speaker.translate(_ESCAPES).split())
    return f"{_stamp(cue.start_s)} --> {_stamp(cue.end_s)}\n<v {speaker}>{''.join(parts)}</v>"


def _piece(piece: Piece) -> str:
    text = piece.text.translate(_ESCAPES)
    return f"<c.{piece.kind}>{text}</c>" if piece.kind else text


def _stamp(seconds: float) -> str:
    whole_ms = round(seconds * 1000)
    minutes, ms = divmod(whole_ms, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{ms // 1000:02d}.{ms % 1000:03d}"
