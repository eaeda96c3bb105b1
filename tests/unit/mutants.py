"""Feeds damaged copies of a recording to the loader, in a process of its own: a crash must not end the tests.

In: a file, how many copies, a folder to write in. Out: one JSON object on standard output; exit 1 with a
traceback on standard error when a copy takes too long. The last line there names the copy in work.
"""

import faulthandler
import json
import random
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

from transcribe.audio import load_recording, probe
from transcribe.call import Recording
from transcribe.errors import AudioUnreadable

LIMIT_S = 10.0  # for one copy on a busy machine: an honest one takes milliseconds
HEADER_BYTES = 600
NIGHT = date(2026, 11, 20)
# What breaks parsers: ends of ranges, signs, sizes beside the true one.
EDGES = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)


def mutant(content: bytes, chance: random.Random) -> bytes:
    """A copy with a few bytes of its header changed, repeated, removed, and sometimes cut short."""
    changed = bytearray(content)
    tables = max(0, content.find(b"moov"))  # an m4a keeps its header at its end
    for _ in range(chance.randint(1, 6)):
        at = min(chance.randrange(HEADER_BYTES) + chance.choice((0, tables)), len(changed) - 1)
        kind = chance.random()
        if kind < 0.35:
            changed[at] = chance.randrange(256)
        elif kind < 0.6:
            changed[at] = chance.choice(EDGES)
        elif kind < 0.75:
            changed[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x00" * 4, b"\x7f\xff\xff\xff"))
        elif kind < 0.85:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind < 0.93:
            changed[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
        else:
            del changed[at : at + chance.randint(1, 8)]
    made = bytes(changed[: chance.randrange(len(changed) + 1)] if chance.random() < 0.2 else changed)
    return with_checksums(made) if made.startswith(b"OggS") and chance.random() < 0.9 else made


def with_checksums(content: bytes) -> bytes:
    """Ogg pages with their checksums set right (RFC 3533): else a reader drops every damaged page unread."""
    pages = content.split(b"OggS")
    for number, rest in enumerate(pages[1:], start=1):
        page = bytearray(b"OggS" + rest)
        if len(page) >= 27:
            page[22:26] = bytes(4)
            page[22:26] = ogg_checksum(page).to_bytes(4, "little")
        pages[number] = bytes(page)
    return b"".join(pages)


def ogg_checksum(page: bytes | bytearray) -> int:
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ CHECKSUMS[(value >> 24) ^ byte]
    return value


def _checksum_of(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = ((value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


CHECKSUMS = [_checksum_of(byte) for byte in range(256)]


def outcome(path: Path) -> str:
    """What the loader makes of a copy: `sound`, or the reason of its fault."""
    recording = Recording("c1", (path,), "", NIGHT, NIGHT)
    try:
        probe(path)
        loaded = load_recording(recording)
    except AudioUnreadable as err:
        return err.fault.reason.value
    if not (1 <= len(loaded.channels) <= 8 and loaded.duration_s > 0):
        raise ValueError(f"{len(loaded.channels)} channels, {loaded.duration_s} s")
    return "sound"


def main(source: Path, count: int, folder: Path) -> None:
    content = source.read_bytes()
    chance = random.Random(source.name)  # noqa: S311 - the same copies every time
    path = folder / source.name
    outcomes: Counter[str] = Counter()
    slowest_s = 0.0
    for index in range(count):
        path.write_bytes(mutant(content, chance))
        print(f"{source.name}: copy {index}", file=sys.stderr, flush=True)
        faulthandler.dump_traceback_later(LIMIT_S, exit=True)
        begun_s = time.perf_counter()
        outcomes[outcome(path)] += 1
        slowest_s = max(slowest_s, time.perf_counter() - begun_s)
        faulthandler.cancel_dump_traceback_later()
    # Not ru_maxrss: that one starts with what the parent held.
    status = Path("/proc/self/status").read_text("ascii")
    peak_mb = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"outcomes": outcomes, "slowest_s": slowest_s, "peak_mb": peak_mb}))


if __name__ == "__main__":
    faulthandler.enable()
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
