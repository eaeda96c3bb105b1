"""The words of a clip, turn by turn, with what was found in them and what to say instead.

In: rows of turns and evidence, the clip's span, labels. Out: `TurnView`. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transcribe.call import TimeSpan, Word
from warehouse.labels import Labels
from warehouse.pages.lane import is_louder, silence_of, usual_levels
from warehouse.pages.names import clock, typeset
from warehouse.pages.pieces import PRIORITY, Mark, Run, runs_of
from warehouse.pages.said import Said, label, said
from warehouse.pages.settings import PageSettings

Row = Mapping[str, Any]
QUIET = ("good", "cause", "sign")  # shown as small chips; what went wrong gets a line of its own


@dataclass(frozen=True, slots=True)
class Note:
    """A line below a turn: what was found there, and what to say instead ("" for nothing)."""

    kind: str
    title: Said
    replacement: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn; times in seconds from the start of the clip. `pause` names a long silence before it.

    `speaker` is the role in Chinese, for files beside the clip.
    """

    index: int
    role: str
    role_name: Said
    speaker: str
    start_s: float
    end_s: float
    clock: str
    runs: tuple[Run, ...]
    chips: tuple[Note, ...]
    notes: tuple[Note, ...]
    signals: tuple[Said, ...]
    pause: Said | None


@dataclass(frozen=True, slots=True)
class Talk:
    """What `turn_views` reads: the call's turns, its likely evidence, the span that is shown."""

    turns: Sequence[Row]
    marks: Sequence[Row]
    clip: TimeSpan


def turn_views(talk: Talk, labels: Labels, settings: PageSettings) -> tuple[TurnView, ...]:
    """Return the turns that are heard in the clip, at least in part."""
    by_turn: dict[int, list[Row]] = {}
    for mark in talk.marks:
        by_turn.setdefault(mark["turn_index"], []).append(mark)
    heard = _Heard(talk.clip, usual_levels(talk.turns), settings)
    return tuple(
        _turn_view(turn, by_turn.get(turn["turn_index"], []), heard, labels)
        for turn in talk.turns
        if turn["start_s"] < talk.clip.end_s and turn["end_s"] > talk.clip.start_s
    )


def mark_title(mark: Row, labels: Labels) -> Said:
    """Return what a piece of evidence is called."""
    kind, label_id = mark["kind"], mark["label_id"]
    if kind in ("taboo", "sensitive"):
        name = label(labels, "kind", "sensitive" if kind == "sensitive" else "forbidden")
        return said("mark.phrase", kind=(name,), phrase=typeset(label_id))
    if kind == "cause":
        return said("mark.cause", cause=(label(labels, "cause", label_id),))
    if kind == "escalation":
        return label(labels, "escalation", label_id)
    if kind == "sign":
        return label(labels, "customer_sign", label_id)
    behaviour = label(labels, "behaviour", label_id)
    if mark["step"]:
        return said("mark.step", step=(label(labels, "step", mark["step"]),), behaviour=(behaviour,))
    return behaviour


def _turn_view(turn: Row, marks: Sequence[Row], heard: "_Heard", labels: Labels) -> TurnView:
    clip = heard.clip
    words = tuple(Word(**word) for word in turn["words"])
    spans = [
        Mark(mark["char_start"], mark["char_end"], mark["kind"], mark_title(mark, labels)) for mark in marks
    ]
    start_s = max(0.0, turn["start_s"] - clip.start_s)
    notes = _notes(marks, labels)
    return TurnView(
        index=turn["turn_index"],
        role=turn["role"],
        role_name=label(labels, "role", turn["role"]),
        speaker=labels.of("role", turn["role"]),
        start_s=round(start_s, 3),
        end_s=round(min(turn["end_s"], clip.end_s) - clip.start_s, 3),
        clock=clock(start_s),
        runs=runs_of(turn["text"], words, spans, clip),
        chips=tuple(note for note in notes if note.kind in QUIET),
        notes=tuple(note for note in notes if note.kind not in QUIET),
        signals=heard.besides(turn),
        pause=heard.pause(turn),
    )


@dataclass(frozen=True, slots=True)
class _Heard:
    """What is heard besides words; `usual` is the median loudness per role, dBFS."""

    clip: TimeSpan
    usual: Mapping[str, float]
    settings: PageSettings

    def besides(self, turn: Row) -> tuple[Said, ...]:
        found: list[Said] = []
        if turn["overlap_s"] >= self.settings.overlap_s:
            found.append(said("signal.overlap", seconds=round(turn["overlap_s"], 1)))
        if is_louder(turn, self.usual, self.settings):
            level = round(turn["loudness_dbfs"] - self.usual[turn["role"]])
            found.append(said("signal.louder", level=level))
        return tuple(found)

    def pause(self, turn: Row) -> Said | None:
        gap_s = turn["gap_before_s"]
        return silence_of(gap_s) if gap_s >= self.settings.silence_s else None


def _notes(marks: Sequence[Row], labels: Labels) -> tuple[Note, ...]:
    notes = [
        Note(mark["kind"], mark_title(mark, labels), typeset(mark["replacement"] or "")) for mark in marks
    ]
    return tuple(sorted(dict.fromkeys(notes), key=lambda note: PRIORITY.index(note.kind)))
