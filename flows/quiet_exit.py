"""Loaded by every local Dask worker process: lets it end without a page of warnings. Edge file.

Prefect's threads outlive a worker's interpreter and keep DuckDB's objects, whose binding then prints what it
calls leaks into the operator's terminal. A worker has closed and renamed all it wrote when it ends.
"""

import atexit
import os
from typing import Any


def dask_setup(_worker: Any) -> None:
    """Called by Dask when the worker starts: the last thing its process does is leave at once."""
    atexit.register(os._exit, 0)
