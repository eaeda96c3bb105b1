"""Recordings without a night: files in, transcripts in the asked-for formats out. Edge file.

No manifest, no warehouse: the weights and the masking rules are all that is taken from the data directory.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from flows.config import Config, ConfigInvalid
from flows.ears import load_ears
from flows.explain import ROLE_NAMES
from flows.work import load_masker
from tagging.finding import PiiMask
from tagging.prepare import prepare_call
from tagging.words import Tokenizer
from transcribe.call import Call, Fault, Recording, SpeakerRole
from transcribe.naming import shown_name
from transcribe.pipeline import CODE_VERSION, transcribe_calls
from transcribe.writers.call_json import call_json
from transcribe.writers.subtitles import srt_text, vtt_text
from transcribe.writers.textgrid import textgrid_text

_NO_NIGHT = date(1970, 1, 1)  # a file alone has no night, and nothing that is written here tells one
_NAMES = {role: ROLE_NAMES[role.value] for role in SpeakerRole}


class OutputFormat(StrEnum):
    """What can be written of a transcript."""

    JSON = "json"
    SRT = "srt"
    VTT = "vtt"
    TEXTGRID = "textgrid"


_SUFFIXES = {OutputFormat.TEXTGRID: ".TextGrid"}


@dataclass(frozen=True, slots=True)
class LoneFileOptions:
    """What to write where; `roles` are the channels' in order, None when not known."""

    output_dir: Path
    formats: tuple[OutputFormat, ...]
    roles: tuple[SpeakerRole, ...] | None = None
    is_masked: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """One recording's files; `shown` is its name with customers' digits masked."""

    shown: str
    call: Call
    paths: tuple[Path, ...]


def transcribe_files(
    files: Sequence[Path], config: Config, options: LoneFileOptions
) -> Iterator[Written | Fault]:
    """Transcribe each file and write it; one result per file, in order.

    Raises:
        WeightsMissing, LexiconInvalid: what would fail for every file.
        OSError: the output directory cannot be written to.
    """
    stems = output_stems(files)
    options.output_dir.mkdir(parents=True, exist_ok=True)
    ears = load_ears(config)
    masker, tokenizer = load_masker(config), Tokenizer()
    recordings = [
        Recording(stem, (file,), "", _NO_NIGHT, _NO_NIGHT, channel_roles=options.roles)
        for file, stem in zip(files, stems, strict=True)
    ]
    for item in transcribe_calls(recordings, ears.recogniser, ears.detector, ears.options):
        if isinstance(item, Fault):
            yield item
            continue
        call, masks = prepare_call(item, masker, tokenizer) if options.is_masked else (item, ())
        yield _write(call, masks, config, options)


def output_stems(files: Sequence[Path]) -> list[str]:
    """Return each file's output name without suffix: its own stem, its whole name where stems are equal.

    Raises:
        ConfigInvalid: two files have the same name, so that one result would replace the other.
    """
    stems = Counter(file.stem for file in files)
    names = [file.stem if stems[file.stem] == 1 else file.name for file in files]
    for name, count in Counter(names).items():
        if count > 1:
            raise ConfigInvalid(f"有 {count} 个文件都叫 {shown_name(name)}，结果会互相覆盖：请分开转写。")
    return names


def _write(call: Call, masks: Sequence[PiiMask], config: Config, options: LoneFileOptions) -> Written:
    stem, shown = call.recording.call_id, shown_name(call.recording.files[0].name)
    turns = call.transcript.turns
    about = {
        "file": shown,
        "is_masked": options.is_masked,
        "masks": [asdict(mask) for mask in masks],
        "recognition": {
            "weights": config.recognition.weights,
            "language": config.recognition.language,
            "beam_size": config.recognition.beam_size,
            "code_version": CODE_VERSION,
        },
    }
    paths: list[Path] = []
    for output in options.formats:
        match output:
            case OutputFormat.JSON:
                text = call_json(call, about)
            case OutputFormat.SRT:
                text = srt_text(turns, _NAMES)
            case OutputFormat.VTT:
                text = vtt_text(turns)
            case OutputFormat.TEXTGRID:
                text = textgrid_text(turns, call.transcript.duration_s)
        paths.append(options.output_dir / f"{stem}{_SUFFIXES.get(output, f'.{output.value}')}")
        _replace(paths[-1], text)
    return Written(shown, call, tuple(paths))


def _replace(path: Path, text: str) -> None:
    """Write beside and rename: whoever reads sees the old text or the new one."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
