"""Shapes of teaching material: libraries, the cases chosen for them, and the clips cut from them.

Pure, standard library only (besides the shapes of earlier stages). Times are seconds in the recording.
"""

from dataclasses import dataclass

from transcribe.call import TimeSpan


@dataclass(frozen=True, slots=True)
class Library:
    """A case library as its folder describes it (`library.yaml` + `select.sql`)."""

    library_id: str
    title: str
    audience: str
    description: str
    quota: int
    padding_s: float
    min_clip_s: float
    max_clip_s: float
    retention_days: int
    is_agent_named: bool
    select_sql: str


@dataclass(frozen=True, slots=True)
class Why:
    """One point of why a case was chosen: `kind` is a group of labels.yaml, `label_id` an id of it.

    `value` is what was counted or measured (None: nothing to tell), `points` what it adds to the case's
    score. Points of kind `repeat` and `folded` are no part of the score: they tell what other cases did to
    its rank (`repeat`: points lost because of `value` better cases with the same cause, team ...) or how many
    near-duplicates stand behind it.
    """

    kind: str
    label_id: str
    value: float | None = None
    points: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A call chosen to teach. `pair_key` joins the two sides of a comparison, `side` is good | bad.

    `focus_start_s`..`focus_end_s` is the moment worth hearing, `reason` says in Chinese why it was chosen,
    `why` the same point by point; `folded_count` is how many near-duplicates it stands for.
    """

    case_id: str
    library_id: str
    call_id: str
    rank: int
    score: float
    reason: str
    focus_start_s: float
    focus_end_s: float
    pair_key: str | None = None
    side: str | None = None
    why: tuple[Why, ...] = ()
    folded_count: int = 0


@dataclass(frozen=True, slots=True)
class Clip:
    """An audio file cut for a case: span in the recording, file below `pages/`, its sha256 (hex).

    `masks` are the silenced spans (seconds of the recording), `reason` why the case was chosen, `peaks` the
    loudest sample of each tenth of a second, 0..255 of full scale. None in rows of older versions.
    """

    clip_id: str
    case_id: str
    call_id: str
    start_s: float
    end_s: float
    file: str
    digest: str
    mask_count: int
    masked_s: float
    recording_digest: str | None = None
    masks: tuple[TimeSpan, ...] | None = None
    reason: str | None = None
    loudness_lufs: float | None = None
    peaks: tuple[int, ...] | None = None
