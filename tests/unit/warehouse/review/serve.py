"""The application over a data directory of the tests, with choices of our own instead of lexicons.

Run as a program it listens on a free port, prints the address and serves until it is killed.
"""

import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from warehouse.label_row import Choices
from warehouse.label_targets import CASE, CAUSE, TABOO
from warehouse.labels import load_labels
from warehouse.library_file import load_libraries
from warehouse.review.app import make_app
from warehouse.review.settings import Door, Outside, Places, Rules

CASES = Path(__file__).resolve().parents[4] / "warehouse" / "cases"
CHOICES = Choices(
    {
        CAUSE: {"费用": ("fees", None), "费用/年费": ("fees", "annual_fee"), "流程": ("process", None)},
        TABOO: {"这种问题我们见得多了": ("seen_plenty",), "我不知道，不清楚": ("dont_know",)},
        CASE: {"问题案例": ("problem",), "优秀案例": ("excellent",)},
    }
)


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def places(data: Path) -> Places:
    return Places(
        lake=data / "lake",
        warehouse=data / "warehouse.duckdb",
        pages=data / "pages",
        store=data / "review.sqlite",
        scratch=data / "_review",
    )


def outside(data: Path, clock=now) -> Outside:
    sounds = {path.stem: (path,) for path in (data / "inbox").glob("*.wav")}
    return Outside(
        choices=CHOICES,
        labels=load_labels(),
        library=load_libraries(CASES)[0],
        recordings=lambda _night: sounds,
        mask_text=lambda text: text.replace("13800000000", "*" * 11),
        publish=lambda: True,
        now=clock,
    )


def main(data: Path, local_name: str | None, rules: Rules) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        door = Door(frozenset({host}), local_name=local_name, start_token="let-me-in" if local_name else "")
        app = make_app(places(data), rules, door, outside(data))
        print(f"http://{host}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])


if __name__ == "__main__":
    name = sys.argv[2] if len(sys.argv) > 2 else ""
    share = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    main(Path(sys.argv[1]), name or None, Rules(second_opinion_share=share))
