"""Transcripts that came from elsewhere, tagged: JSON Lines in, JSON Lines out. Edge file.

No night, no warehouse, no recogniser: today's lexicons and classifiers are all that is taken from the data
directory. Rows are read as they are needed, so a file may be larger than memory; the result appears by one
rename.
"""

import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import TextIO

from flows.config import Config
from flows.work import load_masker, load_taggers
from tagging.errors import GivenRowInvalid
from tagging.finding import Findings
from tagging.given_rows import GivenCall, GivenRow, given_call, read_row
from tagging.pii.masker import Masker
from tagging.prepare import prepare_turns
from tagging.tagged_rows import tagged_row
from tagging.taggers import Tagger, tag_transcript
from tagging.words import Tokenizer
from transcribe.call import SpeakerRole
from transcribe.normalize import normalise

ROWS_AT_ONCE = 64
# Starting a process costs seconds (scikit-learn, jieba): that long one process tags some thousand rows.
ROWS_FOR_ONE_PROCESS = 2_000


@dataclass(frozen=True, slots=True)
class TagOptions:
    """How rows are tagged.

    `default_role` is that of turns which name none; on `day` rules have to be in force.
    """

    default_role: SpeakerRole
    day: date
    with_details: bool = False
    processes: int = 1


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that could not be read: its line in the file, counted from 1, and what is wrong with it."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class TaggedFile:
    """How many rows were tagged, and those that were not."""

    rows: int
    faults: tuple[RowFault, ...]


_Lines = Sequence[tuple[int, str]]
_Tagged = list[str | RowFault]


@dataclass(frozen=True, slots=True)
class TextTagger:
    """All that is needed to tag a given call, as a night would tag it."""

    masker: Masker
    taggers: tuple[Tagger, ...]
    tokenizer: Tokenizer

    def tag(self, call: GivenCall) -> Findings:
        """Return the findings of the call: personal data is masked before a tagger reads it."""
        turns = prepare_turns(call.transcript.turns, self.masker.find(call.transcript.turns), self.tokenizer)
        return tag_transcript(replace(call.transcript, turns=turns), self.taggers)


def as_call(row: GivenRow, default_role: SpeakerRole, day: date) -> GivenCall:
    """Return a row as the call that a `TextTagger` tags, its text normalised as recognised text is."""
    return given_call(row, default_role, day, lambda text: normalise(text).text)


def tag_file(source: Path, target: Path, config: Config, options: TagOptions) -> TaggedFile:
    """Tag every row of `source` and write the results to `target`, in the same order.

    A row that cannot be read is left out of the result and told in `faults`.

    Raises:
        LexiconInvalid, ClassifierInvalid: nothing can be tagged.
        OSError: a file cannot be read or written.
        UnicodeDecodeError: the file is not UTF-8.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    rows, faults = 0, list[RowFault]()
    try:
        with source.open(encoding="utf-8-sig") as lines, beside.open("w", encoding="utf-8") as out:
            for tagged in _tag_all(_chunks(lines), config, options):
                for each in tagged:
                    if isinstance(each, RowFault):
                        faults.append(each)
                    else:
                        out.write(f"{each}\n")
                        rows += 1
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
    return TaggedFile(rows, tuple(faults))


def tag_lines(lines: _Lines, config: Config, options: TagOptions) -> _Tagged:
    """Return the result row of every numbered line as JSON, or what is wrong with it."""
    tagger = load_text_tagger(config)
    return [_tag_line(number, line, tagger, options) for number, line in lines]


def _tag_line(number: int, line: str, tagger: TextTagger, options: TagOptions) -> str | RowFault:
    try:
        row = read_row(line)
    except GivenRowInvalid as err:
        return RowFault(number, str(err))
    call = as_call(row, options.default_role, options.day)
    found = tagged_row(call, tagger.tag(call), with_details=options.with_details)
    return json.dumps(found, ensure_ascii=False)


def _chunks(lines: TextIO) -> Iterator[_Lines]:
    """Yield numbered lines, some at a time; empty ones are left out."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    while chunk := tuple(islice(numbered, ROWS_AT_ONCE)):
        yield chunk


def _tag_all(chunks: Iterator[_Lines], config: Config, options: TagOptions) -> Iterator[_Tagged]:
    """Yield the results of the chunks in order: the first here, the rest in processes when there are many."""
    for chunk in islice(chunks, ROWS_FOR_ONE_PROCESS // ROWS_AT_ONCE):
        yield tag_lines(chunk, config, options)
    first = next(chunks, None)
    if first is None:
        return
    if options.processes < 2:
        for chunk in chain([first], chunks):
            yield tag_lines(chunk, config, options)
        return
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[_Tagged]] = deque([pool.submit(tag_lines, first, config, options)])
        for chunk in chunks:
            waiting.append(pool.submit(tag_lines, chunk, config, options))
            if len(waiting) > 4 * options.processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@lru_cache(maxsize=1)
def load_text_tagger(config: Config) -> TextTagger:
    """Return today's taggers and masking rules; kept for the life of the process."""
    return TextTagger(load_masker(config), load_taggers(config), Tokenizer())
