"""One night's ledger: what is delivered, what is done, what is stored. Edge file; no prefect here.

Each function is one step of `nightly.py`, works on plain data, and may be repeated after a kill.
"""

import fcntl
import hashlib
import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from flows.config import Config, ConfigInvalid
from flows.confirm import load_second_pass
from flows.ears import hearing_key
from flows.shards import Shard, ShardOptions, plan_from_json, plan_shards, plan_to_json
from flows.work import HearJob, load_masker, load_taggers
from tagging.causes.tagger import CauseTagger
from tagging.taggers import Tagger, taggers_digest
from transcribe.call import Fault, FaultReason, SpeakerRole
from transcribe.inbox import InboxOptions, Inventory, read_inbox
from transcribe.weights import Weights, find_weights
from warehouse.errors import WarehouseLocked
from warehouse.lake import Lake, RunRef
from warehouse.row_files import written_beside
from warehouse.rows import RunContext
from warehouse.tombstones import TombstoneStore


@dataclass(frozen=True, slots=True)
class Night:
    """One run of one night, and with what it works. `previous` is the run it may take rows from.

    `recognition_key` decides which stored turns are taken over; `shard_key` also has the masking rules, so
    that no shard in flight outlives a change of them.
    """

    config: Config
    night: date
    run: RunRef
    attempt: int
    started_at: datetime
    weights: Weights
    recognition_key: str
    shard_key: str
    lexicon_digest: str
    classifier_digest: str | None
    previous: RunRef | None

    @property
    def lake(self) -> Lake:
        return Lake(self.config.lake_path)

    @property
    def work_dir(self) -> Path:
        return self.lake.work_dir(self.night)

    @property
    def context(self) -> RunContext:
        return RunContext(run_id=self.run.run_id, night=self.night, recognition_key=self.recognition_key)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is still to be heard, and which calls are taken over from the previous run."""

    inventory: Inventory
    shards: tuple[Shard, ...]
    reused: frozenset[str]


@contextmanager
def only_one(config: Config) -> Generator[None]:
    """Hold the data directory's lock: one night at a time writes to it.

    Raises:
        WarehouseLocked: another night is running here.
        OSError: the data directory cannot be written.
    """
    folder = config.lake_path / "_work"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            raise WarehouseLocked(f"{config.data_dir}：另一个夜间任务正在运行。请等它结束后再试。") from err
        yield


def open_night(config: Config, night: date, now: datetime) -> Night:
    """Fix what this run works with: weights, lexicons, classifier, and the run it may take rows from.

    Raises:
        WeightsMissing, LexiconInvalid, ClassifierInvalid: the night cannot start.
    """
    lake = Lake(config.lake_path)
    weights = find_weights(config.recognition.weights, config.models_path)
    taggers = load_taggers(config)
    recognition_key = hearing_key(config, weights)
    shard_key = hashlib.sha256(f"{recognition_key} {load_masker(config).digest}".encode()).hexdigest()
    return Night(
        config=config,
        night=night,
        run=RunRef(night, new_run_id(night, now)),
        attempt=lake.next_attempt(night),
        started_at=now,
        weights=weights,
        recognition_key=recognition_key,
        shard_key=shard_key,
        lexicon_digest=findings_digest(config, taggers),
        classifier_digest=classifier_digest(taggers),
        previous=lake.newest_run(night),
    )


def find_recordings(night: Night) -> Inventory:
    """Read the night's drop folder and manifest.

    Raises:
        InboxError: the folder or its manifest cannot be used.
        ConfigInvalid: a customer key is asked for and cannot be read.
    """
    return read_drop_folder(night.config, night.night, night.started_at)


def read_drop_folder(config: Config, night: date, now: datetime) -> Inventory:
    """Read a night's drop folder and manifest; what another night in the lake already has is a duplicate.

    Raises:
        InboxError: the folder or its manifest cannot be used.
        ConfigInvalid: a customer key is asked for and cannot be read, or the night went by age.
    """
    tombstones = TombstoneStore(config.lake_path)
    if night in tombstones.nights():
        raise ConfigInvalid(f"{night}：这一夜的通话已按保留期限（[retention]）删除，不再处理。")
    options = InboxOptions(
        timezone=config.timezone,
        columns=config.inbox.columns.model_dump(),
        channel_roles=tuple(SpeakerRole(role) for role in config.inbox.channel_roles),
        customer_key=customer_key(config),
        is_customer_id_pseudonymous=config.inbox.is_customer_id_pseudonymous,
        settle_s=config.inbox.settle_s,
        growth_check_s=config.inbox.growth_check_s,
        forgotten=tombstones.hashes(),
    )
    folder = config.inbox_path / night.isoformat()
    return read_inbox(folder, night, options, Lake(config.lake_path).known_digests(night), now)


def plan_night(night: Night, inventory: Inventory) -> Plan:
    """Decide what to hear and write the plan down before the first shard; returns it."""
    stored = night.lake.reusable_calls(night.night, night.recognition_key)
    reused = frozenset(r.call_id for r in inventory.recordings if stored.get(r.call_id) == r.digest)
    todo = [recording for recording in inventory.recordings if recording.call_id not in reused]
    path = night.work_dir / f"plan-{night.shard_key[:12]}.json"
    existing = plan_from_json(path.read_text(encoding="utf-8")) if path.is_file() else ()
    workers = night.config.workers
    options = ShardOptions(shard_audio_s=workers.shard_audio_s, max_shards=workers.max_shards)
    shards = plan_shards(todo, existing, options, night.shard_key)
    write_text(path, plan_to_json(shards))
    return Plan(inventory=inventory, shards=shards, reused=reused)


def hear_jobs(night: Night, plan: Plan, shards: Sequence[Shard]) -> list[HearJob]:
    """Return one job per shard."""
    by_id = {recording.call_id: recording for recording in plan.inventory.recordings}
    return [
        HearJob(
            config=night.config,
            night=night.night,
            shard=shard,
            recordings=tuple(by_id[call_id] for call_id in shard.call_ids),
            recognition_key=night.recognition_key,
            target=night.work_dir / "heard" / shard.shard_id,
        )
        for shard in shards
    ]


def died_faults(shards: Sequence[Shard]) -> list[Fault]:
    """Return a fault for every recording whose own shard killed its worker again and again."""
    message = "处理该录音的进程反复异常退出，已跳过。请检查这个文件，重新导出后再跑这一夜。"
    return [
        Fault(reason=FaultReason.UNREADABLE, message=message, call_id=call_id)
        for shard in shards
        for call_id in shard.call_ids
    ]


def code_version() -> str:
    """Return the program's version."""
    return version("huiting")


def new_run_id(night: date, now: datetime) -> str:
    """Return an id that no other run has."""
    return f"{night:%Y%m%d}-{now.astimezone(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def classifier_digest(taggers: Sequence[Tagger]) -> str | None:
    """Return the digest of the cause classifier, None without one."""
    return next((tagger.model_digest for tagger in taggers if isinstance(tagger, CauseTagger)), None)


def model_warnings(taggers: Sequence[Tagger]) -> list[str]:
    """Return what an operator must know of the cause classifier in force."""
    return [t.model_warning for t in taggers if isinstance(t, CauseTagger) and t.model_warning]


def findings_digest(config: Config, taggers: Sequence[Tagger]) -> str:
    """Return what decides findings besides the turns: the taggers, and the second pass where there is one."""
    digest = taggers_digest(taggers)
    if not config.recognition.second_pass:
        return digest
    return hashlib.sha256(f"{digest} {load_second_pass(config).digest}".encode()).hexdigest()


def write_text(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_beside(path) as beside:
        beside.write_text(text, encoding="utf-8")


def customer_key(config: Config) -> str | None:
    """Return the key by which customers' ids become pseudonyms, None where there is none.

    Raises:
        ConfigInvalid: it is configured and cannot be read.
    """
    name = config.inbox.customer_key_file
    if not name:
        return None
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigInvalid(f"inbox.customer_key_file = {name!r} 读不了：{err}。请检查路径和权限。") from err
