"""Cut the planned clips out of the recordings. Edge: reads recordings, writes audio below `pages/clips/`.

In: a `ClipPlan` and the recording's files. Out: one immutable Ogg Opus (or MP3) file and its `Clip`.
A file's name comes from its plan, so a clip that exists is never cut twice. What a plan does not tell (where
exactly it was cut, how loud it is, its peaks) is a note inside the file: there with it or not at all.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from transcribe.audio import SAMPLE_RATE_HZ, Samples, read_note, read_span, write_audio
from transcribe.call import TimeSpan
from transcribe.errors import TranscribeError
from warehouse.case import Clip
from warehouse.clip_plan import ClipPlan
from warehouse.clip_sound import ClipSound, SoundOptions, quietest_s, render_clip
from warehouse.errors import ClipRefused, RefusalReason
from warehouse.loudness import peaks_of

RECIPE = 2  # part of every file name: raise it when the same plan should sound different
SUFFIX = {"opus": ".ogg", "mp3": ".mp3"}
CUES_SUFFIX = ".vtt"
_CHUNK_BYTES = 1 << 20
_HEX_DIGITS_OF_ID = 16


class _Note(BaseModel):
    """What a clip's file says of itself: seconds of the recording, LUFS, peaks as hex, two digits each."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    start_s: Annotated[float, Field(ge=0)]
    end_s: float
    lufs: float | None
    peaks: Annotated[str, Field(pattern="^([0-9a-f]{2})*$")]


@dataclass(frozen=True, slots=True)
class Source:
    """A recording: its files in channel order; `is_checked`: their content is known to be what was heard."""

    files: tuple[Path, ...]
    is_checked: bool = False


def cut_clip(plan: ClipPlan, source: Source, out_dir: Path, options: SoundOptions | None = None) -> Clip:
    """Write the clip of `plan` below `out_dir` and return its row; an existing file is reused.

    `Clip.file` is relative to `out_dir`: `clips/<2 hex>/<clip_id>.ogg`.

    Raises:
        ClipRefused: the recording is gone, is another one by now, cannot be read, or the clip cannot be
            written.
    """
    options = options or SoundOptions()
    if (clip := existing_clip(plan, out_dir, options)) is not None:
        return clip
    exact, sound = _cut(plan, source, options)
    note = _Note(
        start_s=round(exact.start_s, 3),
        end_s=round(exact.end_s, 3),
        lufs=None if sound.lufs is None else round(sound.lufs, 2),
        peaks=bytes(peaks_of(sound.samples, SAMPLE_RATE_HZ)).hex(),
    )
    clip_id = clip_id_of(plan, options)
    path = out_dir / clip_file_of(clip_id, options)
    _write(path, sound.samples, note, (plan, options))
    return _row(clip_id, plan, note, path, out_dir)


def existing_clip(plan: ClipPlan, out_dir: Path, options: SoundOptions) -> Clip | None:
    """Return the row of a clip that was cut before; None when there is none that can be read."""
    clip_id = clip_id_of(plan, options)
    path = out_dir / clip_file_of(clip_id, options)
    note = _note_of(path)
    return None if note is None else _row(clip_id, plan, note, path, out_dir)


def clip_id_of(plan: ClipPlan, options: SoundOptions) -> str:
    """Return the id of the clip (16 hex digits): changes with anything that changes the sound."""
    what = asdict(plan) | {"reason": None}  # a case chosen for another reason sounds the same
    recipe = json.dumps([RECIPE, what, asdict(options)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(recipe.encode()).hexdigest()[:_HEX_DIGITS_OF_ID]


def clip_file_of(clip_id: str, options: SoundOptions) -> str:
    """Return where a clip's file lies, relative to the folder of pages."""
    return f"clips/{clip_id[:2]}/{clip_id}{SUFFIX[options.codec]}"


def digest_of_files(files: Sequence[Path]) -> str:
    """Return sha256 (hex) over the content of a recording's files, one after the other.

    Raises:
        OSError: a file cannot be read.
    """
    sha256 = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                sha256.update(chunk)
    return sha256.hexdigest()


def remove_unlisted(out_dir: Path, listed: frozenset[str]) -> int:
    """Remove clip files that no row lists any more, and the cues beside them; return how many files.

    A clip is superseded when more of it must be silenced, so the old sound must not stay on disk.
    `listed` holds `Clip.file` values; only files named as this module names them are touched.
    """
    count = 0
    kept = {Path(file).with_suffix("").as_posix() for file in listed if file}
    for path in (out_dir / "clips").glob("[0-9a-f][0-9a-f]/*"):
        stem, relative = path.name.split(".")[0].lstrip("."), path.relative_to(out_dir)
        is_ours = path.suffix in {*SUFFIX.values(), CUES_SUFFIX} and len(stem) == _HEX_DIGITS_OF_ID
        is_listed = relative.as_posix() in listed
        if path.suffix == CUES_SUFFIX:
            is_listed = relative.with_suffix("").as_posix() in kept
        if is_ours and not is_listed:
            path.unlink(missing_ok=True)
            count += 1
    return count


def _note_of(path: Path) -> _Note | None:
    """Return what an existing clip says of itself; None when there is none, or none that can be read."""
    if not path.is_file():
        return None
    try:
        return _Note.model_validate_json(read_note(path))
    except (TranscribeError, ValidationError):
        return None


def _cut(plan: ClipPlan, source: Source, options: SoundOptions) -> tuple[ClipPlan, ClipSound]:
    """Return the plan with its cuts at the quietest places, and the sound between them."""
    origin_s = plan.start_room.start_s
    around = _read(plan, source, TimeSpan(origin_s, plan.end_room.end_s))
    start_s = quietest_s(around, origin_s, plan.start_room, plan.start_s)
    end_s = quietest_s(around, origin_s, plan.end_room, plan.end_s)
    exact = replace(plan, start_s=start_s, end_s=end_s)
    begin, end = (round((at_s - origin_s) * SAMPLE_RATE_HZ) for at_s in (start_s, end_s))
    return exact, render_clip(exact, around[:, begin:end], options)


def _read(plan: ClipPlan, source: Source, span: TimeSpan) -> Samples:
    missing = [file for file in source.files if not file.is_file()]
    if missing or not source.files:
        message = f"通话 {plan.call_id}: 原始录音已不在, 案例保留, 没有片段"
        raise ClipRefused(RefusalReason.RECORDING_GONE, message)
    try:
        if plan.recording_digest and not source.is_checked:
            _require_same(plan, source)
        channels = read_span(source.files, span.start_s, span.end_s)
    except (TranscribeError, OSError) as err:
        message = f"通话 {plan.call_id}: 录音读不出来, 没有片段 ({err})"
        raise ClipRefused(RefusalReason.RECORDING_UNREADABLE, message) from err
    if channels.size == 0:
        message = f"通话 {plan.call_id}: 录音在 {span.start_s:.0f} 秒之前就结束了, 没有片段"
        raise ClipRefused(RefusalReason.RECORDING_UNREADABLE, message)
    return channels


def _require_same(plan: ClipPlan, source: Source) -> None:
    """Masks are seconds of the recording that was heard: in another one they would hide the wrong words."""
    if digest_of_files(source.files) != plan.recording_digest:
        message = f"通话 {plan.call_id}: 录音文件在识别之后被换过, 静音的位置不再可靠, 没有片段; 请重跑这一夜"
        raise ClipRefused(RefusalReason.RECORDING_CHANGED, message)


def _write(path: Path, samples: Samples, note: _Note, made: tuple[ClipPlan, SoundOptions]) -> None:
    plan, options = made
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_audio(path, samples, SAMPLE_RATE_HZ, options.codec, note.model_dump_json())
    except (OSError, TranscribeError) as err:
        message = f"通话 {plan.call_id}: 片段写不进 {path.parent} ({err}), 请检查磁盘"
        raise ClipRefused(RefusalReason.NOT_WRITTEN, message) from err


def _row(clip_id: str, plan: ClipPlan, note: _Note, path: Path, out_dir: Path) -> Clip:
    return Clip(
        clip_id=clip_id,
        case_id=plan.case_id,
        call_id=plan.call_id,
        start_s=note.start_s,
        end_s=note.end_s,
        file=path.relative_to(out_dir).as_posix(),
        digest=digest_of_files([path]),
        mask_count=len(plan.masks),
        masked_s=round(plan.masked_s, 3),
        recording_digest=plan.recording_digest,
        masks=plan.masks,
        reason=plan.reason,
        loudness_lufs=note.lufs,
        peaks=tuple(bytes.fromhex(note.peaks)),
    )
