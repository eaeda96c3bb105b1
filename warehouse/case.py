"""Shapes of teaching material: libraries, the cases chosen for them, and the clips cut from them.

Pure, standard library only (besides the shapes of earlier stages). Times are seconds in the recording.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from transcribe.call import TimeSpan

# What a case keeps of its score per better one with the same; `again`: the same agent in the same matter.
REPEAT_WORTH: Mapping[str, float] = {
    "cause": 0.9,
    "sub_cause": 0.8,
    "matter": 0.85,
    "team": 0.95,
    "agent": 0.7,
    "again": 0.4,
}


@dataclass(frozen=True, slots=True)
class Floors:
    """How sure findings (`confidence`) and roles (`role_confidence`) must be to count, both 0..1."""

    confidence: float = 0.5
    role_confidence: float = 0.6


@dataclass(frozen=True, slots=True)
class Diversity:
    """How often cases of a night may share a cause, sub_cause, matter, team, agent, or agent and matter.

    `repeat_worth` is the share of its score (0..1] that a case keeps per better one that has the same;
    `limits` is how many may have the same at most, no limit where none is given.
    """

    repeat_worth: Mapping[str, float] = field(default_factory=lambda: REPEAT_WORTH)
    limits: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Folding:
    """When two cases are nearly the same: `similarity` of their words (cosine, 0..1; above 1 never), told by
    at least `min_chars` characters, or the same customer and cause within `days`."""

    similarity: float = 0.9
    min_chars: int = 40
    days: int = 3


@dataclass(frozen=True, slots=True)
class PairPoints:
    """What being alike adds to the score of a pair, besides the scores of its sides."""

    same_sub_cause: float = 10.0
    same_customer_type: float = 3.0
    same_night: float = 1.0
    same_agent: float = -2.0


@dataclass(frozen=True, slots=True)
class Library:
    """A case library as its folder describes it (`library.yaml` + `select.sql`).

    `selection` is cases | pairs: whether select.sql returns cases, or good and bad sides to be paired.
    `candidates_per_case` bounds the candidates that it may return, per case of the quota; `numbers` are
    thresholds that it names as parameters.
    """

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
    selection: str = "cases"
    candidates_per_case: int = 10
    floors: Floors = field(default_factory=Floors)
    diversity: Diversity = field(default_factory=Diversity)
    folding: Folding = field(default_factory=Folding)
    pair_points: PairPoints = field(default_factory=PairPoints)
    numbers: Mapping[str, float] = field(default_factory=dict[str, float])


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
