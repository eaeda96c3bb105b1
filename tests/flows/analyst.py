"""An analyst at work, in a process of its own: queries the published warehouse until told to stop.

    python analyst.py WAREHOUSE STOP_FILE REPORT_FILE HOLD_S

Every connection is read-only and is kept for HOLD_S seconds, then opened anew. Nothing is caught but what is
reported: an error while reading ends up in the report, and the test fails.
"""

import json
import sys
import time
from pathlib import Path

import duckdb

QUERIES = (
    "SELECT call_id, count(*), max(length(text)) FROM call LEFT JOIN turn USING (call_id) GROUP BY ALL",
    "SELECT top_cause, count(*) FROM cause_tag GROUP BY ALL",
    "SELECT * FROM agent_taboo",
    "SELECT max(len(words)), sum(len(pinyin)) FROM turn",
)


def read_until(warehouse: Path, stop: Path, hold_s: float) -> dict:
    report: dict = {"opens": 0, "queries": 0, "nights": [], "errors": []}
    while not warehouse.exists() and not stop.exists():
        time.sleep(0.05)
    is_last = False
    while not is_last:
        is_last = stop.exists()  # once more after the end: what was published last must be seen
        try:
            with duckdb.connect(str(warehouse), read_only=True) as con:
                report["opens"] += 1
                until = time.monotonic() + hold_s
                first = con.execute("SELECT DISTINCT night FROM call ORDER BY night").fetchall()
                while True:
                    for query in QUERIES:
                        con.execute(query).fetchall()
                        report["queries"] += 1
                    if con.execute("SELECT DISTINCT night FROM call ORDER BY night").fetchall() != first:
                        report["errors"].append("an open connection changed what it sees")
                    if is_last or stop.exists() or time.monotonic() > until:
                        break
                    time.sleep(0.1)
                seen = [str(night) for (night,) in first]
                if seen not in report["nights"]:
                    report["nights"].append(seen)
        except duckdb.Error as err:
            report["errors"].append(str(err))
            time.sleep(0.1)
    return report


if __name__ == "__main__":
    made = read_until(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[4]))
    Path(sys.argv[3]).write_text(json.dumps(made), encoding="utf-8")
