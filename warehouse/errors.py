"""Errors of the warehouse package. Pure. A message names file, key, value and what to do."""


class WarehouseError(Exception):
    """Anything that went wrong between findings and pages."""


class WarehouseLocked(WarehouseError):
    """Another process builds or holds the warehouse for writing."""


class CheckFailed(WarehouseError):
    """A data check of severity `fail` found rows: nothing is published."""


class ClipRefused(WarehouseError):
    """A clip cannot be cut without risk to personal data, or its recording is gone."""


class LibraryInvalid(WarehouseError):
    """A case library's folder cannot be used: the night stops before a case is chosen."""


class LabelsInvalid(WarehouseError):
    """A file of labels has cells that cannot be used: nothing of it is stored."""
