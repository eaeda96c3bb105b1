"""Shard plans cover every recording once, stay valid after a kill, and keep within their bounds."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from flows.shards import ShardOptions, plan_from_json, plan_shards, plan_to_json, single_shards
from transcribe.call import Recording

NIGHT = date(2026, 11, 20)


def _recording(index: int, duration_s: float) -> Recording:
    return Recording(
        call_id=f"c{index}",
        files=(Path(f"c{index}.wav"),),
        digest=f"d{index}",
        night=NIGHT,
        call_date=NIGHT,
        duration_s=duration_s,
    )


recordings = st.lists(st.floats(0, 4000), max_size=60).map(
    lambda lengths: [_recording(index, length) for index, length in enumerate(lengths)]
)
options = st.builds(ShardOptions, shard_audio_s=st.floats(1, 5000), max_shards=st.integers(1, 20))


@given(recordings, options)
def test_every_recording_is_in_exactly_one_shard_and_shards_are_few(todo, given_options):
    shards = plan_shards(todo, (), given_options, "key")
    assert [m for shard in shards for m in shard.members] == [(r.call_id, r.digest) for r in todo]
    assert len(shards) <= given_options.max_shards + 1
    assert len({shard.shard_id for shard in shards}) == len(shards)


@given(recordings, options, st.data())
def test_an_interrupted_plan_is_extended_never_cut_anew(todo, given_options, data):
    first = plan_shards(todo, (), given_options, "key")
    corrected = data.draw(st.sets(st.sampled_from([r.call_id for r in todo])) if todo else st.just(set()))
    later = [replace(r, digest=r.digest + "x") if r.call_id in corrected else r for r in todo]
    later.append(_recording(999, 30))
    second = plan_shards(later, first, given_options, "key")
    members = [m for shard in second for m in shard.members]
    assert sorted(members) == sorted((r.call_id, r.digest) for r in later)
    untouched = [shard for shard in first if not corrected & set(shard.call_ids)]
    assert set(untouched) <= set(second)


@given(recordings, options)
def test_a_plan_survives_its_file(todo, given_options):
    shards = plan_shards(todo, (), given_options, "key")
    assert plan_from_json(plan_to_json(shards)) == shards


def test_other_settings_make_other_shards():
    todo = [_recording(1, 10)]
    wide = ShardOptions(100, 10)
    assert plan_shards(todo, (), wide, "a")[0].shard_id != plan_shards(todo, (), wide, "b")[0].shard_id


def test_a_shard_is_taken_apart_into_single_recordings():
    todo = [_recording(index, 10) for index in range(3)]
    (shard,) = plan_shards(todo, (), ShardOptions(100, 10), "key")
    singles = single_shards(shard, {r.call_id: r for r in todo}, "key")
    assert [s.call_ids for s in singles] == [("c0",), ("c1",), ("c2",)]
