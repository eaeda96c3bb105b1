"""Where messages go: results to standard output, problems to standard error. Edge file."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

FILE_WIDTH = 160  # columns of tables when the output is a file or a pipe

# Neither markup nor highlighting: names from outside must never be read as markup.
console = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else FILE_WIDTH)
_errors = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)


def fail(message: str) -> None:
    """Print an error."""
    _errors.print(f"错误：{message}", style="bold red")


def warn(message: str) -> None:
    """Print a warning."""
    _errors.print(f"提醒：{message}", style="yellow")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Return a table of texts; numbers are set right."""
    made = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        made.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        made.add_row(*("" if value is None else str(value) for value in row))
    return made
