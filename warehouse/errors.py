"""Errors of the warehouse package. Pure. A message names file, key, value and what to do."""

from enum import StrEnum


class WarehouseError(Exception):
    """Anything that went wrong between findings and pages."""


class WarehouseLocked(WarehouseError):
    """Another process builds or holds the warehouse for writing."""


class CheckFailed(WarehouseError):
    """A data check of severity `fail` found rows: nothing is published."""


class RefusalReason(StrEnum):
    """Why a case stays without a clip; the names that people read are in `labels.yaml`, `clip_refusal`."""

    NO_WORDS = "no_words"
    DOUBTFUL_TIMES = "doubtful_times"
    NO_PAUSE = "no_pause"
    MOSTLY_MASKED = "mostly_masked"
    RECORDING_GONE = "recording_gone"
    RECORDING_CHANGED = "recording_changed"
    RECORDING_UNREADABLE = "recording_unreadable"
    NOT_WRITTEN = "not_written"
    CUTTER_DIED = "cutter_died"


class ClipRefused(WarehouseError):
    """A clip cannot be cut without risk to personal data, or its recording is gone."""

    def __init__(self, reason: RefusalReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class LibraryInvalid(WarehouseError):
    """A case library's folder cannot be used: the night stops before a case is chosen."""


class LabelsInvalid(WarehouseError):
    """A file of labels has cells that cannot be used: nothing of it is stored."""
