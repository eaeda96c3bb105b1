"""The word lists of this package, read from their TOML files into frozen rules. Edge.

In: paths of role_cues.toml and known_inventions.toml (the shipped ones lie beside this module).
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from transcribe.errors import TranscribeError
from transcribe.hallucination import KnownInventions
from transcribe.speakers import RoleCue, RoleCues

ROLE_CUES_PATH = Path(__file__).with_name("role_cues.toml")
KNOWN_INVENTIONS_PATH = Path(__file__).with_name("known_inventions.toml")
Text = Annotated[str, Field(min_length=1)]
Shape = TypeVar("Shape", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _CueEntry(_Strict):
    text: Text | None = None
    pattern: Text | None = None
    llr: float = Field(gt=0, le=10)

    @model_validator(mode="after")
    def _one_of_two(self) -> "_CueEntry":
        if (self.text is None) == (self.pattern is None):
            raise ValueError("give either text or pattern")
        return self

    def cue(self) -> RoleCue:
        return RoleCue(
            llr=self.llr,
            pattern=re.compile(self.pattern if self.pattern is not None else re.escape(self.text or "")),
            text=self.text,
        )


class _RoleCuesFile(_Strict):
    agent: list[_CueEntry]
    customer: list[_CueEntry]
    ivr: list[_CueEntry]
    person: list[_CueEntry]


class _InventionsFile(_Strict):
    whole: list[Text]
    within: list[Text]


@cache
def load_role_cues(path: Path = ROLE_CUES_PATH) -> RoleCues:
    """What tells an agent, a customer and a machine apart.

    Raises:
        TranscribeError: the file is missing or not as it should be; the message names file and key.
    """
    entries = _parse(_RoleCuesFile, path)
    try:
        return RoleCues(
            agent=tuple(entry.cue() for entry in entries.agent),
            customer=tuple(entry.cue() for entry in entries.customer),
            ivr=tuple(entry.cue() for entry in entries.ivr),
            person=tuple(entry.cue() for entry in entries.person),
        )
    except re.error as err:
        raise TranscribeError(f"{path}: pattern 不是正确的正则表达式: {err.pattern} ({err})") from err


@cache
def load_known_inventions(path: Path = KNOWN_INVENTIONS_PATH) -> KnownInventions:
    """What Whisper writes where nobody speaks.

    Raises:
        TranscribeError: the file is missing or not as it should be; the message names file and key.
    """
    entries = _parse(_InventionsFile, path)
    return KnownInventions(whole=frozenset(entries.whole), within=tuple(entries.within))


def _parse(shape: type[Shape], path: Path) -> Shape:
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as err:
        raise TranscribeError(f"{path}: 读不了词表({err.strerror}), 请检查安装是否完整") from err
    except tomllib.TOMLDecodeError as err:
        raise TranscribeError(f"{path}: 不是正确的 TOML: {err}") from err
    except ValidationError as err:
        first = err.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise TranscribeError(f"{path}: {key}: {first['msg']}") from err
