"""The second pass over what agents almost said: near matches are heard again. Edge file.

In: a job naming stored, masked calls and where their recordings lie. Out: a folder, by one rename, with the
complete taboo hits of those calls and a count of what was done. The recordings of calls with a near match
are read again, those parts alone; a model is loaded only where there is one. A mask is never undone: texts
and sound end where a mask begins.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from flows.config import Config
from flows.ears import load_ears
from flows.work import UNNUMBERED, TagJob, state_of, write_together
from tagging.finding import Findings
from tagging.options import TaggerOptions
from tagging.taboo.confirm import SecondPass, build_second_pass
from tagging.taboo.near import NearMatch
from tagging.taboo.tagger import build
from transcribe.audio import read_span
from transcribe.call import TimeSpan, Transcript
from transcribe.errors import AudioUnreadable
from transcribe.recognise.protocol import Window
from warehouse.lake import Lake
from warehouse.rows import Row, call_context, finding_rows

TABLE = "taboo_hit"
COUNTS_NAME = "counts.json"


@dataclass(frozen=True, slots=True)
class ConfirmJob:
    """The calls of a tag job, the files of their recordings, and the folder that says it is done."""

    tagged: TagJob
    files: tuple[tuple[str, tuple[Path, ...]], ...]
    target: Path

    @property
    def config(self) -> Config:
        return self.tagged.config

    @property
    def call_ids(self) -> tuple[str, ...]:
        return self.tagged.call_ids


@dataclass(frozen=True, slots=True)
class Counts:
    """What a second pass did: near matches found, those heard again, hits made, and calls without sound."""

    near_count: int = 0
    heard_count: int = 0
    hit_count: int = 0
    silent_call_count: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        mine, others = asdict(self), asdict(other)
        return Counts(**{name: mine[name] + others[name] for name in mine})


def confirm(job: ConfirmJob) -> Path:
    """Hear near matches again, write all taboo hits of the job's calls; returns the job's folder.

    Raises:
        LexiconInvalid, WeightsMissing, WarehouseError: the night stops.
    """
    if job.target.is_dir():
        return job.target
    lake = Lake(job.config.lake_path)
    second = load_second_pass(job.config)
    columns = ["call_id", "night", "call_date"]
    calls = {row["call_id"]: row for row in lake.read_rows("call", job.tagged.run, columns, job.call_ids)}
    files = dict(job.files)
    rows: list[Row] = []
    counts = Counts()
    for transcript in lake.iter_transcripts(job.tagged.run, job.call_ids):
        found, done = _confirm_call(job.config, second, transcript, files.get(transcript.call_id, ()))
        context = call_context(calls[transcript.call_id], UNNUMBERED)
        rows += finding_rows(found, context)[TABLE]
        counts += done
    note = json.dumps(asdict(counts))
    return write_together(lake, {TABLE: rows}, job.target, {COUNTS_NAME: note})


def load_second_pass(config: Config) -> SecondPass:
    """Return the second pass with today's taboo lexicon and settings; kept until one of them changes."""
    return _second_pass(config.own_lexicons, config.models_path, state_of(config.lexicons_path))


@lru_cache(maxsize=1)
def _second_pass(lexicons: Path | None, models: Path, state: frozenset[tuple[str, int, int]]) -> SecondPass:
    del state  # only there so that an edited lexicon is read again by a resident worker
    tagger = build(TaggerOptions(override_dir=lexicons, models_dir=models))
    return build_second_pass(tagger, lexicons)


def total_counts(jobs: Sequence[ConfirmJob]) -> Counts:
    """Return what all finished jobs did together."""
    counts = Counts()
    for job in jobs:
        path = job.target / COUNTS_NAME
        if path.is_file():
            counts += Counts(**json.loads(path.read_text(encoding="utf-8")))
    return counts


def _confirm_call(
    config: Config, second: SecondPass, transcript: Transcript, files: tuple[Path, ...]
) -> tuple[Findings, Counts]:
    hits = second.hits_of(transcript)
    near = second.near_matches(transcript, hits)
    windows = _windows(near, transcript.call_id, files)
    ratios = _ratios(config, [(each, windows[each.channel, each.span]) for each in near]) if windows else {}
    found = second.confirmed(transcript, hits, ratios)
    is_silent = bool(near) and not windows
    counts = Counts(len(near), len(ratios), len(found) - len(hits), int(is_silent))
    return Findings(call_id=transcript.call_id, items=found), counts


def _windows(
    near: Sequence[NearMatch], call_id: str, files: tuple[Path, ...]
) -> dict[tuple[int, TimeSpan], Window]:
    """What to hear again, once per place; nothing where a recording is gone or no longer what was heard."""
    windows: dict[tuple[int, TimeSpan], Window] = {}
    for place in dict.fromkeys((each.channel, each.span) for each in near if files):
        channel, span = place
        try:
            samples = read_span(files, span.start_s, span.end_s)
        except AudioUnreadable:
            return {}
        if channel >= len(samples):
            return {}
        windows[place] = Window(f"{call_id}#{channel}@{span.start_s:.2f}", samples[channel])
    return windows


def _ratios(config: Config, asked: Sequence[tuple[NearMatch, Window]]) -> dict[NearMatch, list[float]]:
    """How much likelier than what was written each text is over the sound, natural logarithm."""
    windows: list[Window] = []
    texts: list[str] = []
    for near, window in asked:
        own = [near.written, *(each.text for each in near.instead)]
        windows += [window] * len(own)
        texts += own
    scores = iter(load_ears(config).recogniser.score(windows, texts))
    ratios: dict[NearMatch, list[float]] = {}
    for near, _ in asked:
        written = next(scores)
        ratios[near] = [next(scores) - written for _ in near.instead]
    return ratios
