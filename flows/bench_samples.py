"""Recordings whose truth is written down: what is found in their words as said, and as heard. Edge file.

In: a folder of `<call_id>.yaml` (turns, forbidden and sensitive wordings, causes, tier) and the stored turns
of the same calls. Out: per call what is true and what was found in either text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.config import ConfigInvalid
from flows.tag_texts import TextTagger, as_call
from tagging.finding import Findings
from tagging.given_rows import GivenRow, GivenTurn
from tagging.taggers import tag_transcript
from tagging.yaml_source import read_yaml
from transcribe.call import SpeakerRole
from warehouse.lake import Lake


class _Truth(BaseModel):
    # Truth files tell more than is measured here.
    model_config = ConfigDict(extra="ignore", frozen=True)


class TrueHit(_Truth):
    """A wording that an agent truly said."""

    kind: str
    phrase_id: str


class TrueCause(_Truth):
    """A cause that is truly there, and whether the customer said so."""

    top: str
    source: str


class SampleTruth(_Truth):
    """What is true of one recording."""

    call_id: str
    turns: tuple[GivenTurn, ...]
    taboo: tuple[TrueHit, ...] = ()
    causes: tuple[TrueCause, ...] = ()
    tier: str
    line_of_business: str | None = None


@dataclass(frozen=True, slots=True)
class SampleCall:
    """What is true of a recording; what was found in its words as said and as heard (None: not stored)."""

    truth: SampleTruth
    said: Findings
    heard: Findings | None


def tag_samples(folder: Path, tagger: TextTagger, lake: Lake, day: date) -> tuple[SampleCall, ...]:
    """Return the calls of a truth folder in order of id, tagged as said and, where they are stored, as heard.

    Raises:
        ConfigInvalid: no truth file, or one that cannot be read; with file and keys.
        LexiconInvalid: a file is no YAML.
    """
    truths = sorted(_read_truths(folder), key=lambda truth: truth.call_id)
    if not truths:
        raise ConfigInvalid(f"--truth {folder}：没有 <通话号>.yaml")
    heard = _heard([truth.call_id for truth in truths], tagger, lake)
    return tuple(SampleCall(truth, _said(truth, tagger, day), heard.get(truth.call_id)) for truth in truths)


def _read_truths(folder: Path) -> Iterator[SampleTruth]:
    for file in folder.glob("*.yaml"):
        value = read_yaml(file).value
        if isinstance(value, dict) and "call_id" in value:
            try:
                yield SampleTruth.model_validate(value)
            except ValidationError as err:
                keys = "、".join(".".join(map(str, each["loc"])) for each in err.errors())
                raise ConfigInvalid(f"{file}：缺少或写错了 {keys}") from err


def _said(truth: SampleTruth, tagger: TextTagger, day: date) -> Findings:
    row = GivenRow(id=truth.call_id, turns=list(truth.turns), line_of_business=truth.line_of_business)
    return tagger.tag(as_call(row, SpeakerRole.UNKNOWN, day))


def _heard(call_ids: Sequence[str], tagger: TextTagger, lake: Lake) -> dict[str, Findings]:
    """Return today's findings in the stored turns of the newest run of every night, a later night winning."""
    return {
        transcript.call_id: tag_transcript(transcript, tagger.taggers)
        for run in sorted(lake.newest_runs(), key=lambda run: run.night)
        for transcript in lake.iter_transcripts(run)
        if transcript.call_id in call_ids
    }
