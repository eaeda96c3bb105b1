"""The folder of one case library, read and checked. Edge: reads files; warehouse's door to yaml.

In: `cases/<library_id>/library.yaml` + `select.sql`. Out: `Library` shapes, in the order their files ask for.
"""

import difflib
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse.case import REPEAT_WORTH, Diversity, Floors, Folding, Library, PairPoints
from warehouse.errors import LibraryInvalid

LIBRARY_ID = re.compile(r"[a-z][a-z0-9_]{1,40}")

_Text = Annotated[str, Field(min_length=1, max_length=400)]
_Seconds = Annotated[float, Field(ge=0, le=300, strict=False)]
_Share = Annotated[float, Field(ge=0, le=1, strict=False)]
_Points = Annotated[float, Field(ge=-1_000, le=1_000, strict=False)]
_Trait = Literal["cause", "sub_cause", "matter", "team", "agent", "again"]
# What a select.sql may name besides the `numbers` of its library.yaml.
PARAMETERS = frozenset(("night", "quota", "candidates", "lookback_nights", "confidence", "role_confidence"))


class FloorsFile(BaseModel):
    """`floors`: how sure findings and roles must be, bound in select.sql as $confidence, $role_confidence."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    confidence: _Share = 0.5
    role_confidence: _Share = 0.6


class PairPointsFile(BaseModel):
    """`pair_points`: what being alike adds to the score of a pair."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    same_sub_cause: _Points = 10.0
    same_customer_type: _Points = 3.0
    same_night: _Points = 1.0
    same_agent: _Points = -2.0


class LibraryFile(BaseModel):
    """What `library.yaml` may say; unknown keys and loose types are refused.

    Attributes:
        title: name on the pages.
        audience: who listens to it and when.
        description: what a listener learns.
        order: place among the libraries, small first.
        quota: most cases chosen per night.
        padding_s: lead-in and run-out around the focus.
        min_clip_s: shortest clip.
        max_clip_s: longest clip.
        retention_days: how long a case stays listed.
        is_agent_named: whether pages show the agent's id.
        selection: cases, or pairs when select.sql returns good and bad sides that are to be paired.
        candidates_per_case: how many candidates per case of the quota select.sql is asked for.
        floors: how sure findings and roles must be.
        repeat_worth: share of its score that a case keeps per better one with the same, by what is the same.
        limits: most cases of a night with the same, by what is the same; no limit where left out.
        fold_similarity: from which likeness of their words on (cosine) two cases are one; above 1 never.
        fold_min_chars: fewest characters by which that is told.
        fold_days: within how many days the same customer with the same cause is one case.
        pair_points: what being alike adds to the score of a pair.
        numbers: thresholds that select.sql names as parameters, by name.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    title: _Text
    audience: _Text
    description: _Text
    order: Annotated[int, Field(ge=0, le=10_000)]
    quota: Annotated[int, Field(ge=1, le=1_000)]
    padding_s: _Seconds
    min_clip_s: _Seconds
    max_clip_s: _Seconds
    retention_days: Annotated[int, Field(ge=1, le=3_650)]
    is_agent_named: bool
    selection: Literal["cases", "pairs"] = "cases"
    candidates_per_case: Annotated[int, Field(ge=1, le=1_000)] = 10
    floors: FloorsFile = FloorsFile()
    repeat_worth: dict[_Trait, Annotated[float, Field(gt=0, le=1, strict=False)]] = Field(
        default_factory=dict
    )
    limits: dict[_Trait, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    fold_similarity: Annotated[float, Field(gt=0, le=2, strict=False)] = 0.9
    fold_min_chars: Annotated[int, Field(ge=2)] = 40
    fold_days: Annotated[int, Field(ge=0, le=366)] = 3
    pair_points: PairPointsFile = PairPointsFile()
    numbers: dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Annotated[float, Field(strict=False)]
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_lengths(self) -> "LibraryFile":
        if not self.min_clip_s <= self.max_clip_s:
            raise ValueError("min_clip_s must not exceed max_clip_s")
        if self.padding_s * 2 >= self.max_clip_s:
            raise ValueError("padding_s twice must be less than max_clip_s")
        if taken := sorted(PARAMETERS & self.numbers.keys()):
            raise ValueError(f"numbers may not be named {', '.join(taken)}: select.sql has these already")
        return self


def load_libraries(directory: Path) -> tuple[Library, ...]:
    """Return every library below `directory`, ordered by `order`, then id.

    A folder is a library when it holds `library.yaml`; both files are required then.

    Raises:
        LibraryInvalid: a file is missing or damaged, a key unknown, a value out of range.
    """
    if not directory.is_dir():
        raise LibraryInvalid(f"{directory}: 案例库目录不存在, 请检查安装或配置")
    folders = sorted(
        path for path in directory.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))
    )
    loaded = [(_read_file(folder / "library.yaml"), folder) for folder in folders]
    loaded.sort(key=lambda item: (item[0].order, item[1].name))
    return tuple(_to_library(entry, folder) for entry, folder in loaded)


def _to_library(entry: LibraryFile, folder: Path) -> Library:
    if not LIBRARY_ID.fullmatch(folder.name):
        raise LibraryInvalid(f"{folder}: 目录名 {folder.name!r} 只能用小写字母、数字和下划线, 且以字母开头")
    return Library(
        library_id=folder.name,
        title=entry.title,
        audience=entry.audience,
        description=entry.description,
        quota=entry.quota,
        padding_s=entry.padding_s,
        min_clip_s=entry.min_clip_s,
        max_clip_s=entry.max_clip_s,
        retention_days=entry.retention_days,
        is_agent_named=entry.is_agent_named,
        select_sql=_read_text(folder / "select.sql"),
        selection=entry.selection,
        candidates_per_case=entry.candidates_per_case,
        floors=Floors(**entry.floors.model_dump()),
        diversity=Diversity({**REPEAT_WORTH, **entry.repeat_worth}, {**entry.limits}),
        folding=Folding(entry.fold_similarity, entry.fold_min_chars, entry.fold_days),
        pair_points=PairPoints(**entry.pair_points.model_dump()),
        numbers=dict(entry.numbers),
    )


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as err:
        raise LibraryInvalid(f"{path}: 缺少这个文件, 每个案例库都需要 library.yaml 和 select.sql") from err
    except (OSError, UnicodeDecodeError) as err:
        raise LibraryInvalid(f"{path}: 无法读取 ({err}), 请检查权限和 UTF-8 编码") from err


def read_yaml_mapping(path: Path) -> dict[str, Any]:
    """Return a YAML file's top-level mapping.

    Raises:
        LibraryInvalid: the file is missing, is no YAML, has a key twice or no mapping at its top.
    """
    try:
        raw: object = yaml.load(_read_text(path), Loader=_NoDuplicates)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as err:
        raise LibraryInvalid(f"{path}: 不是合法的 YAML: {err}") from err
    if not isinstance(raw, dict):
        raise LibraryInvalid(f"{path}: 需要 '键: 值' 的形式, 例如 title: 优秀案例")
    return {str(key): value for key, value in raw.items()}


def _read_file(path: Path) -> LibraryFile:
    raw = read_yaml_mapping(path)
    try:
        return LibraryFile.model_validate(raw)
    except ValidationError as err:
        raise LibraryInvalid("\n".join(_explain(path, error) for error in err.errors())) from err


def _explain(path: Path, error: object) -> str:
    """Return file, key, value and what to do for one pydantic error."""
    if not isinstance(error, dict):
        return f"{path}: {error}"
    key = ".".join(str(part) for part in error.get("loc", ())) or "library.yaml"
    if error.get("type") == "extra_forbidden":
        near = difflib.get_close_matches(key, LibraryFile.model_fields, n=1, cutoff=0.0)
        return f"{path}: 未知的键 {key}, 是不是想写 {near[0]}?" if near else f"{path}: 未知的键 {key}, 请删除"
    if error.get("type") == "missing":
        return f"{path}: 缺少 {key}, 请补上"
    return f"{path}: {key} = {error.get('input')!r}: {error.get('msg')}, 请改正"


class _NoDuplicates(yaml.SafeLoader):
    """A SafeLoader that refuses a key written twice."""


def _mapping(loader: _NoDuplicates, node: yaml.MappingNode) -> dict[object, object]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(None, None, f"键 {key} 写了两次", node.start_mark)
    return {loader.construct_object(k): loader.construct_object(v, deep=True) for k, v in node.value}


_NoDuplicates.add_constructor("tag:yaml.org,2002:map", _mapping)
