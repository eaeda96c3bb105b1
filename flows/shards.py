"""Which recordings are heard together, and which of them are already done. Pure.

A shard is the unit of work that survives a kill: its output folder is named by `shard_id` and appears
by one rename. The plan is written before the first shard is heard; after a kill it is extended, never
re-cut, so that finished shards stay valid.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from transcribe.call import Recording


@dataclass(frozen=True, slots=True)
class Shard:
    """Calls that one task hears: (call_id, digest) pairs in the order of the inventory."""

    shard_id: str
    members: tuple[tuple[str, str], ...]
    audio_s: float

    @property
    def call_ids(self) -> tuple[str, ...]:
        return tuple(call_id for call_id, _ in self.members)


@dataclass(frozen=True, slots=True)
class ShardOptions:
    """`shard_audio_s` seconds of recording per shard, raised so that at most `max_shards` are made."""

    shard_audio_s: float
    max_shards: int


def plan_shards(
    todo: Sequence[Recording], existing: Sequence[Shard], options: ShardOptions, shard_key: str
) -> tuple[Shard, ...]:
    """Cut the recordings to hear into shards.

    Args:
        todo: recordings of the night that no stored run covers.
        existing: shards of an earlier, interrupted plan of the same night and recognition settings.
        options: target size.
        shard_key: digest of all that decides a shard's rows; part of every shard's id.

    Returns:
        Shards that cover every recording of `todo` exactly once: first those of `existing` whose
        members are all still to do, then new ones of about `shard_audio_s` seconds.
    """
    wanted = {(recording.call_id, recording.digest) for recording in todo}
    kept: list[Shard] = []
    covered: set[tuple[str, str]] = set()
    for shard in existing:
        members = set(shard.members)
        if members <= wanted and not members & covered:
            kept.append(shard)
            covered |= members
    rest = [recording for recording in todo if (recording.call_id, recording.digest) not in covered]
    return (*kept, *_cut(rest, options, shard_key))


def single_shards(shard: Shard, recordings: Mapping[str, Recording], shard_key: str) -> tuple[Shard, ...]:
    """Return one shard per recording of `shard`: how a shard that keeps dying is taken apart."""
    members = [recordings[call_id] for call_id in shard.call_ids]
    return tuple(_shard([recording], shard_key) for recording in members)


def _cut(todo: Sequence[Recording], options: ShardOptions, shard_key: str) -> Iterable[Shard]:
    total_s = sum(_cost_s(recording) for recording in todo)
    target_s = max(options.shard_audio_s, total_s / options.max_shards)
    group: list[Recording] = []
    group_s = 0.0
    for recording in todo:
        group.append(recording)
        group_s += _cost_s(recording)
        if group_s >= target_s:
            yield _shard(group, shard_key)
            group, group_s = [], 0.0
    if group:
        yield _shard(group, shard_key)


def _cost_s(recording: Recording) -> float:
    """Seconds of audio, at least one so that unknown lengths still fill shards."""
    return max(1.0, recording.duration_s)


def _shard(group: Sequence[Recording], shard_key: str) -> Shard:
    members = tuple((recording.call_id, recording.digest) for recording in group)
    text = json.dumps([shard_key, members], ensure_ascii=False)
    shard_id = hashlib.sha256(text.encode()).hexdigest()[:20]
    return Shard(shard_id=shard_id, members=members, audio_s=sum(_cost_s(r) for r in group))


def plan_to_json(shards: Sequence[Shard]) -> str:
    """Return the plan as JSON text, one shard per line (inverse: `plan_from_json`)."""
    rows = [
        json.dumps({"shard_id": s.shard_id, "audio_s": s.audio_s, "members": s.members}, ensure_ascii=False)
        for s in shards
    ]
    return "[\n" + ",\n".join(rows) + "\n]\n"


def plan_from_json(text: str) -> tuple[Shard, ...]:
    """Return the shards of a stored plan."""
    return tuple(
        Shard(
            shard_id=row["shard_id"],
            members=tuple((call_id, digest) for call_id, digest in row["members"]),
            audio_s=row["audio_s"],
        )
        for row in json.loads(text)
    )
