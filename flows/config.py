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

from pydantic import BaseModel, ValidationError, field_validator

from flows.config_tables import (
    AlertConfig,
    CasesConfig,
    ConfigTable,
    InboxConfig,
    MorningConfig,
    RecognitionConfig,
    RetentionConfig,
    ReviewConfig,
    ScheduleConfig,
    SpeakersConfig,
    WarehouseConfig,
    WorkersConfig,
)

CONFIG_NAME = "huiting.toml"
PROFILES = ("demo", "production")


class ConfigInvalid(Exception):
    """The configuration cannot be used; the message names file, key, value and what to do."""


class Config(ConfigTable):
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
    retention: RetentionConfig = RetentionConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    alert: AlertConfig = AlertConfig()
    review: ReviewConfig = ReviewConfig()

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
    def review_path(self) -> Path:
        """Users, sessions, reservations and the audit log of `huiting review`."""
        return self.data_path / "review.sqlite"

    @property
    def packs_path(self) -> Path:
        """Trainers' morning packs, a folder or zip each."""
        return self.data_path / "packs"

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
