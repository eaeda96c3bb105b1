"""The first and last bytes of a recorded file, read once before any decoder is asked. Edge.

In: a path. Out: `Edges`, or the reason why the file is no recording.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from transcribe.call import FaultReason
from transcribe.container import (
    BEHIND_BYTES,
    HEAD_BYTES,
    TAIL_BYTES,
    has_frame_count,
    is_document,
    is_sound_after_data,
    wav_completeness,
    wav_data,
    wav_format,
)
from transcribe.errors import AudioUnreadable
from transcribe.media import check_claims
from transcribe.naming import shown_name

# Formats whose length the library estimates from bit rates: no promise to hold the file to.
_ESTIMATED_LENGTH = frozenset({"amr", "amrnb", "amrwb", "gsm", "aac", "ogg"})


@dataclass(frozen=True, slots=True)
class Edges:
    """The first bytes of a file, for Ogg also the last, and its size.

    `is_wav_length_wrong`: sound goes on where a wav header says that it ends; `growth_ratio` is how many
    times as long as promised it is (else 1).
    """

    head: bytes
    tail: bytes
    size_bytes: int
    is_wav_length_wrong: bool = False
    growth_ratio: float = 1.0

    def promised_s(self, decoded_s: float, header_s: float, format_names: frozenset[str]) -> float:
        """Seconds that the container promises, 0 when it promises nothing.

        Args:
            decoded_s: how much was decoded.
            header_s: the length as the library tells it.
            format_names: what the library calls the container.
        """
        is_estimated = "mp3" in format_names and not has_frame_count(self.head)
        if is_estimated or format_names & _ESTIMATED_LENGTH:
            return 0.0
        if "wav" in format_names:
            completeness = wav_completeness(self.head, self.size_bytes)
            return decoded_s / completeness if completeness else 0.0
        return header_s


def read_edges(path: Path) -> Edges:
    """Reads both ends of a file.

    Raises:
        AudioUnreadable: EMPTY, NOT_AUDIO (text or a document), or UNREADABLE (no such file, no right to read
            it, a header that no recorder writes).
    """
    shown = shown_name(path.name)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            size_bytes = file.seek(0, os.SEEK_END)
            file.seek(max(0, size_bytes - TAIL_BYTES))
            tail = file.read() if head.startswith(b"OggS") else b""
            begin, promised = wav_data(head) or (size_bytes, 0)
            behind_at = min(begin + promised + promised % 2, size_bytes)
            behind = b""
            for at in (behind_at, (behind_at + size_bytes) // 2, max(behind_at, size_bytes - BEHIND_BYTES)):
                file.seek(at)
                behind += file.read(BEHIND_BYTES)
    except OSError as err:
        message = f"{shown}: 打不开文件({err.strerror}), 请检查文件和读取权限"
        raise AudioUnreadable(FaultReason.UNREADABLE, message, file=shown) from err
    if not head:
        message = f"{shown}: 文件是空的(0 字节), 请向录音系统重新导出"
        raise AudioUnreadable(FaultReason.EMPTY, message, file=shown)
    if is_document(head):
        message = f"{shown}: 内容是文本或文档, 不是录音, 请检查导出设置"
        raise AudioUnreadable(FaultReason.NOT_AUDIO, message, file=shown)
    if claims := wav_format(head):
        check_claims(shown, *claims)  # the decoder would make room for 65,535 channels first
    is_length_wrong = is_sound_after_data(behind, size_bytes - behind_at)
    growth_ratio = (size_bytes - begin) / promised if is_length_wrong and promised else 1.0
    return Edges(head, tail, size_bytes, is_length_wrong, growth_ratio)
