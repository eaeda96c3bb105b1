"""One night's drop folder to recordings, each with its digest and what the manifest says of it. Edge.

In: the folder with recordings and manifest.csv or manifest.jsonl. Out: `Inventory`: recordings in manifest
order, faults, and notes in Chinese on what was left null. Nothing is moved, changed or invented.
"""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from transcribe import audio
from transcribe.call import Fault, FaultReason, Recording, SpeakerRole
from transcribe.customer_key import has_mobile_number, is_identifying, pseudonym
from transcribe.delivery import Candidate, Delivery, look_at, match
from transcribe.errors import AudioUnreadable, InboxError
from transcribe.forgotten import trace_hash
from transcribe.manifest import read_manifest
from transcribe.manifest_row import ManifestRow
from transcribe.naming import shown_name

__all__ = ["InboxOptions", "Inventory", "read_inbox", "shown_name"]

# Hashing waits for the disk and both hashing and probing let other threads run.
_THREADS = 8
_CHUNK_BYTES = 1 << 20
_MASKED_ID_DIGITS = 8


@dataclass(frozen=True, slots=True)
class InboxOptions:
    """How to read a centre's delivery.

    `columns` maps our column name to the export's (missing key: the same name; "": not delivered).
    `channel_roles` holds where the manifest is silent. `customer_key` is the HMAC-SHA256 key for customer
    ids that are not pseudonymous yet. `naive_timezone` is the zone of manifest times that name none; None:
    such times are not used. A file younger than `settle_s` is looked at twice, `growth_check_s` apart.
    `forgotten` holds `trace_hash` of call_ids and digests that were deleted for good.
    """

    timezone: str = "Asia/Shanghai"
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    channel_roles: tuple[SpeakerRole, ...] | None = None
    customer_key: str | None = field(default=None, repr=False)
    is_customer_id_pseudonymous: bool = True
    naive_timezone: str | None = None
    settle_s: float = 30.0
    growth_check_s: float = 1.0
    forgotten: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Inventory:
    """What lies in a night's folder. `notes`: sentences in Chinese, without customers' data."""

    recordings: tuple[Recording, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Content:
    digest: str
    duration_s: float


def read_inbox(
    folder: Path, night: date, options: InboxOptions, known: Mapping[str, str], now: datetime
) -> Inventory:
    """Reads the folder of one night.

    Args:
        folder: the night's own folder.
        night: its date; the business day of calls whose start is unknown.
        options: how to read it.
        known: content digest -> call_id of recordings processed in earlier nights (not in this one).
        now: the current instant, with zone; decides which files are young enough to be looked at twice.

    Returns:
        Recordings without the failed ones. A warning (`no_manifest_row`) leaves the recording in.

    Raises:
        InboxError: the folder or the manifest cannot be used at all, or the options contradict themselves.
    """
    zone = _zone(options.timezone, "timezone")
    naive_zone = _zone(options.naive_timezone, "naive_timezone") if options.naive_timezone else None
    if not options.is_customer_id_pseudonymous and not options.customer_key:
        raise InboxError(
            "配置 inbox.customer_key: 客户号没有匿名化(is_customer_id_pseudonymous = false), 请提供加密密钥"
        )
    delivery = look_at(folder, now, options.settle_s, options.growth_check_s)
    manifest = read_manifest(folder, options.columns, naive_zone)
    matching = match(manifest.rows if manifest else (), delivery)
    faults, notes = list(matching.faults), list(manifest.notes if manifest else ())
    if manifest is None:
        notes.append("文件夹里没有 manifest.csv 或 manifest.jsonl, 坐席、时间等全部记为空")
    notes += matching.notes
    with ThreadPoolExecutor(_THREADS) as pool:
        contents = list(pool.map(partial(_examined, delivery), matching.candidates))
    maker = _Maker(night, zone, options, dict(known))
    for candidate, content in zip(matching.candidates, contents, strict=True):
        faults += [content] if isinstance(content, Fault) else maker.add(candidate, content)
    shown = tuple(_unnamed(fault, options.forgotten) for fault in faults)
    return Inventory(tuple(maker.recordings), shown, (*notes, *maker.notes()))


@dataclass(slots=True)
class _Maker:
    """Makes recordings one after another, because only the first of several copies is one."""

    night: date
    zone: ZoneInfo
    options: InboxOptions
    call_of: dict[str, str]
    recordings: list[Recording] = field(default_factory=list[Recording])
    identifying: int = 0

    def add(self, candidate: Candidate, content: _Content) -> list[Fault]:
        call_id = candidate.call_id
        if candidate.is_masked:
            call_id = f"{call_id}-{content.digest[:_MASKED_ID_DIGITS]}"
        if not self.options.forgotten.isdisjoint((trace_hash(call_id), trace_hash(content.digest))):
            return [
                _forgotten(f"清单第 {candidate.row.line} 行" if candidate.row else "清单里没有的一个文件")
            ]
        if earlier := self.call_of.get(content.digest):
            message = f"{candidate.shown}: 内容与通话 {shown_name(earlier)} 完全相同, 不再处理"
            return [Fault(FaultReason.DUPLICATE, message, call_id, candidate.shown)]
        self.call_of[content.digest] = call_id
        self.recordings.append(self._recording(call_id, candidate, content))
        if candidate.row is not None:
            return []
        message = f"{candidate.shown}: 清单里没有这个录音, 坐席、时间等记为空, 请补清单"
        return [Fault(FaultReason.NO_MANIFEST_ROW, message, call_id, candidate.shown)]

    def _recording(self, call_id: str, candidate: Candidate, content: _Content) -> Recording:
        row = candidate.row or ManifestRow(line=0)
        return Recording(
            call_id=call_id,
            files=tuple(file.path for file in candidate.files),
            digest=content.digest,
            night=self.night,
            call_date=row.started_at.astimezone(self.zone).date() if row.started_at else self.night,
            started_at=row.started_at,
            direction=row.direction,
            line_of_business=row.line_of_business,
            queue=row.queue,
            agent_id=row.agent_id,
            team=row.team,
            agent_on_line_since=row.agent_on_line_since,
            customer_key=self._customer_key(row.customer_id),
            hold_s=row.hold_s,
            acw_s=row.acw_s,
            satisfaction=row.satisfaction,
            transferred_to_supervisor=row.transferred_to_supervisor,
            channel_roles=row.channel_roles or self.options.channel_roles,
            size_bytes=sum(file.size_bytes for file in candidate.files),
            duration_s=content.duration_s,
        )

    def _customer_key(self, customer_id: str | None) -> str | None:
        if customer_id is None:
            return None
        if not self.options.is_customer_id_pseudonymous:
            return pseudonym(customer_id, self.options.customer_key or "")
        if is_identifying(customer_id):
            self.identifying += 1
            return None
        return customer_id

    def notes(self) -> list[str]:
        made = self.recordings
        counts = (
            ("不知道坐席, agent_id 记为空", sum(not recording.agent_id for recording in made)),
            (
                "不知道开始时间, call_date 用文件夹的日期",
                sum(not recording.started_at for recording in made),
            ),
            (
                "通话日期与文件夹日期相差一天以上, 请核对时区和导出",
                sum(abs((recording.call_date - self.night).days) > 1 for recording in made),
            ),
            ("customer_id 是手机号或身份证号, 没有保存, 请导出匿名的客户号, 或让我们加密", self.identifying),
            (
                "call_id 里有像手机号的数字, 会出现在表里, 请换用不含客户号码的编号",
                sum(has_mobile_number(recording.call_id) for recording in made),
            ),
        )
        return [f"{count} 个录音: {what}" for what, count in counts if count]


def _unnamed(fault: Fault, forgotten: frozenset[str]) -> Fault:
    """The fault itself, or one that names nothing when its call was forgotten."""
    if fault.call_id is None or trace_hash(fault.call_id) not in forgotten:
        return fault
    return _forgotten("清单")


def _forgotten(where: str) -> Fault:
    """Neither call nor file is named: the fault is stored, and they were to be forgotten."""
    message = f"{where}: 已按要求删除的录音又送来了, 没有处理; 请用 huiting forget 再删一次, 并让导出不再带它"
    return Fault(FaultReason.FORGOTTEN, message)


def _examined(delivery: Delivery, candidate: Candidate) -> _Content | Fault:
    """Digest and length of a candidate, or why it cannot be used."""
    shown, call_id = candidate.shown, candidate.call_id
    if any(file.name in delivery.growing for file in candidate.files):
        message = f"{shown}: 还在写入, 下次运行再处理"
        return Fault(FaultReason.STILL_GROWING, message, call_id, shown)
    durations_s: list[float] = []
    try:
        for file in candidate.files:
            durations_s.append(audio.probe(file.path).duration_s)
        return _Content(_digest([file.path for file in candidate.files]), max(durations_s))
    except AudioUnreadable as err:
        return Fault(err.fault.reason, err.fault.message, call_id, shown)
    except OSError as err:
        message = f"{shown}: 读到一半出错({err.strerror}), 请检查磁盘和读取权限"
        return Fault(FaultReason.UNREADABLE, message, call_id, shown)


def _digest(paths: Sequence[Path]) -> str:
    sha256 = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                sha256.update(chunk)
    return sha256.hexdigest()


def _zone(name: str, key: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as err:
        raise InboxError(f"配置 inbox.{key}: 没有时区 {name}, 请写 IANA 名称, 例如 Asia/Shanghai") from err
