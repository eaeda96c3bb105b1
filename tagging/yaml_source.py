"""YAML text to plain values that remember their lines. Edge in spirit: the only importer of yaml.

In: the text of one YAML file. Out: mappings, tuples and scalars, with the line of every value by its path.
Refused: duplicate keys, keys that are no strings, more than one document, what YAML itself cannot read.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from tagging.errors import LexiconInvalid

Scalar = str | int | float | bool | date | None
Value = Scalar | dict[str, "Value"] | tuple["Value", ...]
Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class YamlSource:
    """What one file says; `lines` holds the 1-based line of every value by its path of keys and indices."""

    file: Path
    value: Value
    lines: dict[Path_, int] = field(repr=False)

    def line_of(self, path: Path_) -> int:
        """Return the line of the value at `path`, or of the nearest value around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


def read_yaml(file: Path) -> YamlSource:
    """Read one YAML file.

    Raises:
        LexiconInvalid: unreadable file or encoding, broken YAML, a duplicate or non-string key.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise LexiconInvalid(f"{file}：无法读取（{err}）；请确认文件存在、可读，并以 UTF-8 保存") from err
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as err:
        mark = getattr(err, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        problem = getattr(err, "problem", None) or err
        advice = "请检查缩进与冒号，以 [ { * & 开头的句式整句加引号"
        raise LexiconInvalid(f"{file}:{line}：YAML 语法错误（{problem}）；{advice}") from err
    lines: dict[Path_, int] = {}
    value = None if node is None else _construct(file, node, (), lines)
    return YamlSource(file, value, lines)


def _construct(file: Path, node: yaml.Node, path: Path_, lines: dict[Path_, int]) -> Value:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _construct_mapping(file, node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return tuple(_construct(file, item, (*path, index), lines) for index, item in enumerate(node.value))
    return _construct_scalar(file, node)


def _construct_mapping(
    file: Path, node: yaml.MappingNode, path: Path_, lines: dict[Path_, int]
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _construct_scalar(file, key_node) if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str):
            raise LexiconInvalid(f"{file}:{line}：键 {key_node.value!r} 不是文字；请给它加上引号")
        if key in found:
            first = lines[(*path, key)]
            raise LexiconInvalid(f"{file}:{line}：键 {key} 重复（第一次在第 {first} 行）；请合并或删去一个")
        found[key] = _construct(file, value_node, (*path, key), lines)
        lines[(*path, key)] = line
    return found


def _construct_scalar(file: Path, node: yaml.Node) -> Scalar:
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError) as err:
        raise LexiconInvalid(
            f"{file}:{node.start_mark.line + 1}：值 {node.value!r} 无法识别（{err}）；文字请加引号"
        ) from err
