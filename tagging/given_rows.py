"""Transcripts that came from elsewhere -> calls that taggers read. Pure.

In: one row, `{"id", "text"}` or `{"id", "turns": [...]}`, as JSON text. Out: a `GivenCall`, whose transcript
has turns in order of time. Nothing is masked here: `tagging.prepare.prepare_turns` does that next.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from tagging.errors import GivenRowInvalid
from transcribe.call import SpeakerRole, TimeSpan, Transcript, Turn

# Where a row tells no times, turns follow each other without a pause at the usual rate of spoken Mandarin,
# so that no silence, overlap or hurry is read into them.
CHARS_PER_S = 4.5
RoleName = Literal["agent", "customer", "ivr", "unknown"]
_CHANNELS = {SpeakerRole.AGENT: 0, SpeakerRole.CUSTOMER: 1, SpeakerRole.UNKNOWN: 2, SpeakerRole.IVR: 3}


class _Given(BaseModel):
    # Rows of other systems carry more than we read: other keys are none of ours.
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class GivenTurn(_Given):
    """One turn of a row; seconds count from the start of the call."""

    text: str
    role: RoleName | None = None
    start_s: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    end_s: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_s is not None and (self.start_s is None or self.end_s < self.start_s):
            raise ValueError("end_s 要与 start_s 一起给出，且不早于它")
        return self


class GivenRow(_Given):
    """One row: a whole text, or turns (a bare string is a turn of unknown role)."""

    id: str | int
    text: str | None = None
    turns: list[GivenTurn] | None = None
    line_of_business: str | None = None

    @field_validator("turns", mode="before")
    @classmethod
    def _bare_texts(cls, value: object) -> object:
        turns: list[object] | None = value if isinstance(value, list) else None
        return (
            value if turns is None else [{"text": each} if isinstance(each, str) else each for each in turns]
        )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.text is None) == (self.turns is None):
            raise ValueError("需要 text 或 turns，且只要其中一个")
        return self


@dataclass(frozen=True, slots=True)
class GivenCall:
    """A row as a transcript; `order[i]` is the place in the row of the transcript's turn i."""

    row_id: str | int
    transcript: Transcript
    order: tuple[int, ...]


def read_row(line: str) -> GivenRow:
    """Return the row of one line of JSON Lines.

    Raises:
        GivenRowInvalid: which key is wrong, why, and what to write; the row's own words are not repeated.
    """
    try:
        return GivenRow.model_validate_json(line)
    except ValidationError as err:
        raise GivenRowInvalid("；".join(map(_explained, err.errors(include_url=False)[:3]))) from err


def given_call(
    row: GivenRow, default_role: SpeakerRole, call_date: date, normalise: Callable[[str], str]
) -> GivenCall:
    """Return the row as a call.

    Args:
        row: What was given.
        default_role: Of turns that name none.
        call_date: The day whose rules are in force.
        normalise: Text to the form that taggers read (NFKC, simplified).
    """
    given = [GivenTurn(text=row.text)] if row.text is not None else row.turns or []
    spans = _spans_of(given)
    order = sorted(range(len(given)), key=lambda at: (spans[at].start_s, at))
    turns = [
        _turn(index, normalise(given[at].text), spans[at], given[at].role or default_role)
        for index, at in enumerate(order)
    ]
    duration_s = max((span.end_s for span in spans), default=0.0)
    transcript = Transcript(str(row.id), call_date, duration_s, _with_gaps(turns), row.line_of_business)
    return GivenCall(row.id, transcript, tuple(order))


def _explained(error: ErrorDetails) -> str:
    place = ".".join(map(str, error["loc"]))
    reason = error["msg"].removeprefix("Value error, ")
    known = {
        "missing": "缺少这个键",
        "string_type": "应为字符串",
        "literal_error": "只能是 agent、customer、ivr、unknown",
        "greater_than_equal": "不能小于 0",
        "float_type": "应为数字（秒）",
        "list_type": "应为列表",
        "json_invalid": "不是一行完整的 JSON",
        "model_type": "应为一个 JSON 对象",
    }
    return f"{place or '整行'}：{known.get(error['type'], reason)}"


def _spans_of(turns: Sequence[GivenTurn]) -> list[TimeSpan]:
    """Return every turn's span: as given when all tell their start, else one after the other."""
    if all(turn.start_s is not None for turn in turns):
        return [
            TimeSpan(
                start_s, turn.end_s if turn.end_s is not None else start_s + len(turn.text) / CHARS_PER_S
            )
            for turn in turns
            if (start_s := turn.start_s) is not None
        ]
    spans: list[TimeSpan] = []
    at_s = 0.0
    for turn in turns:
        end_s = at_s + max(1, len(turn.text)) / CHARS_PER_S
        spans.append(TimeSpan(at_s, end_s))
        at_s = end_s
    return spans


def _turn(index: int, text: str, span: TimeSpan, role: str) -> Turn:
    speaker = SpeakerRole(role)
    return Turn(index, _CHANNELS[speaker], speaker, 1.0, span.start_s, span.end_s, text)


def _with_gaps(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the turns with the silence before each and the seconds in which another role speaks too."""
    made: list[Turn] = []
    latest_s = 0.0
    for turn in turns:
        span = TimeSpan(turn.start_s, turn.end_s)
        overlap_s = sum(
            span.overlap_s(TimeSpan(other.start_s, other.end_s))
            for other in turns[max(0, turn.turn_index - 3) : turn.turn_index + 4]
            if other.channel != turn.channel
        )
        gap_s = max(0.0, turn.start_s - latest_s) if made else 0.0
        made.append(replace(turn, gap_before_s=gap_s, overlap_s=min(overlap_s, span.duration_s)))
        latest_s = max(latest_s, turn.end_s)
    return tuple(made)
