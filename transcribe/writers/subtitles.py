"""Turns -> subtitles: SubRip (.srt) and WebVTT (.vtt). Pure.

In: turns. Out: the text of a file, in UTF-8 when written. WebVTT: https://www.w3.org/TR/webvtt1/.
"""

from collections.abc import Mapping, Sequence

from transcribe.call import SpeakerRole, Turn
from transcribe.writers.cues import CueOptions, cues_of

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def srt_text(
    turns: Sequence[Turn], names: Mapping[SpeakerRole, str], options: CueOptions | None = None
) -> str:
    """Returns numbered cues, each with the name of its role before the words."""
    return "".join(
        f"{number}\n{_time(cue.start_s, ',')} --> {_time(cue.end_s, ',')}\n"
        f"{names.get(cue.role, cue.role.value)}: {_line(cue.text)}\n\n"
        for number, cue in enumerate(cues_of(turns, options), start=1)
    )


def vtt_text(turns: Sequence[Turn], options: CueOptions | None = None) -> str:
    """Returns cues with a voice tag each, `<v agent>`: players and style sheets tell the roles by it."""
    blocks = [
        f"{number}\n{_time(cue.start_s, '.')} --> {_time(cue.end_s, '.')}\n"
        f"<v {cue.role.value}>{_line(cue.text).translate(_ESCAPES)}</v>\n"
        for number, cue in enumerate(cues_of(turns, options), start=1)
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _line(text: str) -> str:
    """One line: an empty one would end the cue."""
    return " ".join(text.split())


def _time(time_s: float, point: str) -> str:
    ms = round(time_s * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{point}{ms % 1000:03}"
