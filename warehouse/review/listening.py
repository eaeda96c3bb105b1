"""What a person hears of one item: the case's clip, or a short cut around the evidence. Edge.

In: a target. Out: encoded sound in memory. Personal data is silenced as in every clip; the recording itself
is never handed out, and a cut that cannot be made safe is refused. Cuts lie on disk only while they are made.
"""

import shutil
import tempfile
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from threading import Lock

from transcribe.call import TimeSpan
from warehouse.case import Case, Library
from warehouse.case_clips import read_call
from warehouse.clip_plan import plan_clip
from warehouse.clips import Source, cut_clip
from warehouse.connect import Connection, open_reading
from warehouse.errors import ClipRefused, RefusalReason
from warehouse.label_targets import CASE, Target
from warehouse.pages.names import clip_file
from warehouse.review.items import stamp_of
from warehouse.review.judging import evidence_of, focus_of
from warehouse.review.settings import Outside, Places

_KEPT = 24  # sounds in memory, about 300 kB each
_PADDING_S, _MIN_S, _MAX_S = 6.0, 12.0, 60.0
_Key = tuple[str, tuple[int, int, int] | None]
TYPES = {".ogg": "audio/ogg", ".mp3": "audio/mpeg"}


@dataclass(frozen=True, slots=True)
class Sound:
    """Encoded sound, its media type, and which second of the recording it begins and ends with."""

    content: bytes
    media_type: str
    start_s: float
    end_s: float


@dataclass(slots=True)
class Listening:
    """Makes sounds, one at a time, and keeps the last few in memory."""

    places: Places
    outside: Outside
    _kept: OrderedDict[tuple[object, ...], Sound] = field(
        default_factory=OrderedDict[tuple[object, ...], Sound]
    )
    _lock: Lock = field(default_factory=Lock)

    def prepare(self) -> None:
        """Remove what a killed server left while cutting."""
        shutil.rmtree(self.places.scratch, ignore_errors=True)

    def sound_of(self, target: Target) -> Sound:
        """Return what there is to hear.

        Raises:
            ClipRefused: the recording is gone, or personal data in it cannot be silenced for sure.
            WarehouseError: the warehouse cannot be read.
        """
        key = (target.target_id, stamp_of(self.places.warehouse))
        with self._lock:
            found = self._kept.pop(key, None)
            if found is None:
                with open_reading(self.places.warehouse) as con:
                    found = self._clip(con, target) or self._cut(con, target)
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return found

    def _clip(self, con: Connection, target: Target) -> Sound | None:
        if target.table != CASE:
            return None
        rows = evidence_of(con, target)
        file = clip_file(rows[0]["file"]) if rows else ""
        path = self.places.pages / file
        if not file or not path.is_file():
            return None
        row = rows[0]
        return Sound(path.read_bytes(), TYPES[path.suffix], row["clip_start_s"], row["clip_end_s"])

    def _cut(self, con: Connection, target: Target) -> Sound:
        call_id: str = target.row["call_id"]
        night: date = target.row["night"]
        focus = focus_of(con, target)
        if focus is None:
            raise ClipRefused(RefusalReason.NO_WORDS, f"通话 {call_id}: 仓库里已没有这通电话")
        case = _case(target, focus)
        plan = plan_clip(case, _around(self.outside.library), read_call(con, call_id))
        files = self.outside.recordings(night).get(call_id, ())
        self.places.scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self.places.scratch) as folder:
            clip = cut_clip(plan, Source(files), Path(folder))
            path = Path(folder) / clip.file
            return Sound(path.read_bytes(), TYPES[path.suffix], clip.start_s, clip.end_s)


def _around(library: Library) -> Library:
    return replace(library, padding_s=_PADDING_S, min_clip_s=_MIN_S, max_clip_s=_MAX_S, is_agent_named=False)


def _case(target: Target, focus: TimeSpan) -> Case:
    end_s = min(focus.end_s, focus.start_s + _MAX_S - 2 * _PADDING_S)
    return Case(
        case_id=target.target_id,
        library_id="",
        call_id=target.row["call_id"],
        rank=1,
        score=0.0,
        reason="",
        focus_start_s=focus.start_s,
        focus_end_s=max(focus.start_s, end_s),
    )
