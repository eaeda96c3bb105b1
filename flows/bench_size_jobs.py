"""What the processes of `huiting bench sizes` are told and what they answer. Pure."""

from dataclasses import dataclass
from pathlib import Path

from whisper.model import ModelDimensions

CHECKPOINT = "random.pt"
WHISPER, OURS, OURS_FAST, PEER = "whisper.decode", "huiting", "huiting ctranslate2", "faster-whisper-batched"
CONTENDERS = (WHISPER, PEER, OURS, OURS_FAST)


@dataclass(frozen=True, slots=True)
class SizeJob:
    """What one process does: `windows` windows heard by `contender`, `batch` at once, `tokens` each.

    An empty `contender` writes the weights into `folder`, which the others read.
    """

    contender: str
    size: ModelDimensions
    folder: Path
    device: str
    threads: int
    tokens: int
    windows: int
    batch: int


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds for `windows` windows, peak resident memory, and whether each was written down in full."""

    windows: int
    seconds: float
    peak_mb: float
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Absent:
    """Why a contender cannot run: a package or library is missing, or memory does not suffice."""

    reason: str
    is_memory: bool = False
