"""How a morning pack is chosen and what it says: two YAML files, read and checked. Edge: reads them."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warehouse.errors import LibraryInvalid
from warehouse.library_file import read_yaml_mapping

HERE = Path(__file__).resolve().parent
_Seconds = Annotated[float, Field(ge=0, le=1_800, strict=False)]
_Nights = Annotated[int, Field(ge=1, le=400)]
_Weight = Annotated[float, Field(ge=0, le=100, strict=False)]
_Lines = Annotated[list[str], Field(min_length=1)]
ModelT = TypeVar("ModelT", bound=BaseModel)


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TalkSeconds(_Model):
    """Seconds of discussion after a pair, after what went wrong, and after what right looks like."""

    pair: _Seconds
    wrong: _Seconds
    right: _Seconds


class PackSettings(_Model):
    """What `settings.yaml` says; the file explains each key."""

    recent_nights: _Nights
    before_nights: _Nights
    case_nights: _Nights
    heard_nights: _Nights
    problem_count: Annotated[int, Field(ge=1, le=10)]
    item_count: Annotated[int, Field(ge=1, le=20)]
    opening_s: _Seconds
    closing_s: _Seconds
    talk_s: TalkSeconds
    common_share: Annotated[float, Field(ge=0, le=1, strict=False)]
    common_ratio: Annotated[float, Field(ge=1, le=100, strict=False)]
    wrong_libraries: _Lines
    right_libraries: _Lines
    kind_weights: Mapping[str, _Weight]
    severity_weights: Mapping[str, _Weight]
    lift_limit: Annotated[float, Field(ge=1, le=100, strict=False)]
    prior_calls: Annotated[int, Field(ge=1, le=100_000)]
    cures: Mapping[str, list[str]]

    def cures_of(self, kind: str, problem_id: str) -> frozenset[str]:
        """Return the behaviours and steps that a good call shows where this went wrong."""
        return frozenset(self.cures.get(f"{kind}.{problem_id}", self.cures.get(kind, [])))


class PackTexts(_Model):
    """What `texts.yaml` says, Chinese."""

    kinds: Mapping[str, str]
    bases: Mapping[str, str]
    opening: str
    closing: str
    questions: Mapping[str, _Lines]

    def name_of(self, kind: str, name: str) -> str:
        """Return what a problem is called."""
        return self.kinds.get(kind, "{name}").replace("{name}", name)

    def questions_of(self, kind: str, problem_id: str = "") -> tuple[str, ...]:
        """Return suggested questions for a problem; kinds `pair` and `right` are for what is heard."""
        return tuple(self.questions.get(f"{kind}.{problem_id}", self.questions.get(kind, ())))


@lru_cache(maxsize=1)
def load_pack_settings() -> PackSettings:
    """Return the shipped settings.

    Raises:
        LibraryInvalid: a key is missing or unknown, or a value is out of range.
    """
    return _load("settings.yaml", PackSettings)


@lru_cache(maxsize=1)
def load_pack_texts() -> PackTexts:
    """Return the shipped texts.

    Raises:
        LibraryInvalid: a key is missing or unknown.
    """
    return _load("texts.yaml", PackTexts)


def _load(name: str, schema: type[ModelT]) -> ModelT:
    path = HERE / name
    try:
        return schema.model_validate(read_yaml_mapping(path))
    except ValidationError as err:
        first = err.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise LibraryInvalid(f"{path}: {key}: {first['msg']}, 请改正") from err
