"""Raw keys to a checked model, every complaint with file, line, key, value and what to do. Pure.

In: mappings with the place of every key. Out: a pydantic model, or `LexiconInvalid` in Chinese.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tagging.errors import LexiconInvalid
from tagging.lexicon_schema import LexiconModel
from tagging.yaml_source import Value, YamlSource

FILE_KEYS = ("entries",)

ModelT = TypeVar("ModelT", bound=LexiconModel)
Place = tuple[YamlSource, tuple[str | int, ...]]

# pydantic's kind of error -> what to tell the lexicon's owner.
_ADVICE = {
    "missing": "缺少这个键；请补上",
    "string_type": "应为文字；数字、日期、yes/no/on/off 请加引号",
    "bool_type": "应为 true 或 false，不加引号",
    "tuple_type": "应为列表，每项前加「- 」",
    "date_type": "应为日期，写成 2026-01-31，不加引号",
    "float_type": "应为数字，不加引号",
    "int_type": "应为整数，不加引号",
    "too_short": "不够；至少写 {min_length} 项",
    "string_too_short": "太短",
    "string_pattern_mismatch": "只能用英文小写字母、数字和下划线，以字母开头",
    "literal_error": "不在允许的值之内",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "greater_than": "太小",
    "less_than": "太大",
    "model_type": "应为「键: 值」的形式",
    "dict_type": "应为「键: 值」的形式",
}


def check_keys(
    source: YamlSource, path: tuple[str | int, ...], keys: Iterable[str], known: Iterable[str]
) -> None:
    """Refuse a key that is not known, naming the nearest known one."""
    known = tuple(known)
    for key in keys:
        if key not in known:
            line = source.line_of((*path, key))
            raise LexiconInvalid(f"{source.file}:{line}：不认识的键 {key}；{nearest(key, known)}")


def nearest(key: str, known: Iterable[str]) -> str:
    """Return the advice that names the known key nearest to `key`."""
    close = get_close_matches(key, tuple(known), n=1, cutoff=0.0)
    return f"是不是 {close[0]}？" if close else "请删去"


def validate_at(
    keys: Mapping[str, Value],
    schema: type[ModelT],
    places: Mapping[str, Place],
    whole: Place,
) -> ModelT:
    """Return the model, or raise LexiconInvalid naming the first complaint's file, line, key and value.

    Args:
        keys: The raw keys.
        schema: The model they should make.
        places: Where each key was written.
        whole: Where the mapping itself begins, for a key that is missing.
    """
    try:
        return schema.model_validate(dict(keys))
    except ValidationError as err:
        raise _complaints(err, schema, (keys, places, whole))[0] from err


def complaints_at(
    keys: Mapping[str, Value],
    schema: type[BaseModel],
    places: Mapping[str, Place],
    whole: Place,
) -> tuple[LexiconInvalid, ...]:
    """Return all that `validate_at` could complain about, none when the keys make the model."""
    try:
        schema.model_validate(dict(keys))
    except ValidationError as err:
        return _complaints(err, schema, (keys, places, whole))
    return ()


def _complaints(
    err: ValidationError,
    schema: type[BaseModel],
    written: tuple[Mapping[str, Value], Mapping[str, Place], Place],
) -> tuple[LexiconInvalid, ...]:
    # A misspelt key is told before the key that is missing because of it.
    errors = sorted(err.errors(), key=lambda each: each["type"] != "extra_forbidden")
    told = [_complaint(each, schema, written) for each in errors]
    return tuple(LexiconInvalid(text) for text in dict.fromkeys(told))


def _complaint(
    error: ErrorDetails,
    schema: type[BaseModel],
    written: tuple[Mapping[str, Value], Mapping[str, Place], Place],
) -> str:
    keys, places, whole = written
    loc = error["loc"]
    source, path = places.get(str(loc[0]) if loc else "", whole)
    line = source.line_of((*path, *loc[1:]))
    name = ".".join(map(str, loc)) or "（整条）"
    if error["type"] == "extra_forbidden":
        known = _field_names(schema, loc[:-1])
        return f"{source.file}:{line}：不认识的键 {loc[-1]}；{nearest(str(loc[-1]), known)}"
    which = f"（id {keys['id']}）" if "id" in keys else ""
    if error["type"] == "value_error":
        # Our own words, of a model that checks several keys together: its input is the whole mapping.
        told = error.get("ctx", {}).get("error", error["msg"])
        return f"{source.file}:{line}{which}：{name}：{told}"
    advice = _ADVICE.get(error["type"], str(error["msg"]))
    advice = advice.replace("{min_length}", str(error.get("ctx", {}).get("min_length", 1)))
    if error["type"] == "literal_error":
        advice = f"{advice}（{error['msg']}）"
    if error["type"] == "missing":
        return f"{source.file}:{line}{which}：{advice}：{name}"
    return f"{source.file}:{line}{which}：键 {name} 的值 {error['input']!r} 不对：{advice}"


def path_to(written: str, value: Value) -> tuple[str | int, ...] | None:
    """Return the path of keys and indices at which a text stands in raw YAML, None when it does not."""
    if value == written:
        return ()
    inside = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, tuple) else ()
    )
    for key, each in inside:
        below = path_to(written, each)
        if below is not None:
            return (key, *below)
    return None


def _field_names(schema: type[BaseModel], path: Iterable[str | int]) -> tuple[str, ...]:
    """Return the keys that the model at `path` below `schema` may have."""
    current = schema
    for key in path:
        field = current.model_fields.get(str(key))
        if field is None:
            continue
        inner = [each for each in _leaves(field.annotation) if issubclass(each, BaseModel)]
        current = inner[0] if inner else current
    return tuple(current.model_fields)


def _leaves(annotation: object) -> list[type]:
    """Return the classes inside an annotation such as `tuple[Model, ...] | None`."""
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation]
    return [leaf for each in get_args(annotation) for leaf in _leaves(each)]
