"""What the pages draw and from where on. Edge: reads `settings.yaml` of this package."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from warehouse.library_file import read_yaml_mapping

SETTINGS_FILE = Path(__file__).resolve().parent / "settings.yaml"


class PageSettings(BaseModel):
    """The keys of `settings.yaml`; the file says what each does. Times in seconds, levels in dB."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    silence_s: Annotated[float, Field(gt=0)]
    overlap_s: Annotated[float, Field(gt=0)]
    louder_db: Annotated[float, Field(gt=0)]
    quietest_dbfs: Annotated[float, Field(lt=0)]
    loudest_dbfs: Annotated[float, Field(le=0)]
    wave_points: Annotated[int, Field(ge=10, le=2_000)]
    static_cards: Annotated[int, Field(ge=0, le=1_000)]
    likely: Annotated[float, Field(ge=0, le=1)]


@lru_cache(maxsize=1)
def page_settings() -> PageSettings:
    """Return the settings that ship with the pages."""
    return PageSettings.model_validate(read_yaml_mapping(SETTINGS_FILE))
