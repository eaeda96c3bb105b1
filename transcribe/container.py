"""What the first and last bytes of a file tell of it, before any decoder is asked.

In: bytes. Out: is it text or a document, how much sound does the header promise. Pure.
"""

import codecs

HEAD_BYTES = 64 * 1024
TAIL_BYTES = 64 * 1024 + 512  # an Ogg page is at most 65,307 bytes

# Files that are certainly no audio, whatever their name says: PDF, zip (docx, xlsx), PNG, JPEG, GIF, old
# Office, 7z, RAR, Windows and Linux programs.
_DOCUMENT_MAGIC = (
    b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0",
    b"7z\xbc\xaf", b"Rar!", b"MZ\x90\x00", b"\x7fELF",
)  # fmt: skip
_AUDIO_MAGIC = (b"RIFF", b"RF64", b"BW64", b"OggS", b"ID3", b"#!AMR", b"fLaC", b"FORM", b"caff", b".snd")
_TEXT_ENCODINGS = ("utf-8", "gb18030")
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0c\x1b")
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# A recorder that streams does not know the length yet and writes 0, 4 GiB or 2 GiB: no promise.
_UNKNOWN_LENGTH_BYTES = 0x7FFF_0000
# Less behind the promised end is filling, not a lost part of the call.
_MIN_HIDDEN_BYTES = 4096
BEHIND_BYTES = 4096


def is_document(head: bytes) -> bool:
    """Returns whether these first bytes belong to text, an office document, a picture or a program."""
    if head.startswith(_DOCUMENT_MAGIC):
        return True
    return not head.startswith(_AUDIO_MAGIC) and _is_text(head[:4096])


def wav_completeness(head: bytes, size_bytes: int) -> float | None:
    """Returns which part (0..1) of the sound a RIFF header promises is in the file, None without promise.

    Counted in bytes of the data chunk, so it needs no byte rate, which ADPCM recorders leave wrong or empty.
    RF64 is left to the decoder.
    """
    data = _wav_chunk(head, b"data")
    if data is None or not 0 < data[1] < _UNKNOWN_LENGTH_BYTES:
        return None
    offset, size = data
    return min(1.0, (size_bytes - offset) / size)


def wav_format(head: bytes) -> tuple[int, int] | None:
    """Returns channels and sample rate in Hz as a RIFF header claims them, None without such a header."""
    chunk = _wav_chunk(head, b"fmt ")
    if chunk is None or len(head) < chunk[0] + 8:
        return None
    offset = chunk[0]
    return (
        int.from_bytes(head[offset + 2 : offset + 4], "little"),
        int.from_bytes(head[offset + 4 : offset + 8], "little"),
    )


def wav_data(head: bytes) -> tuple[int, int] | None:
    """Returns where in the file a RIFF header says that its sound begins, and how many bytes it has.

    None when it does not say.
    """
    data = _wav_chunk(head, b"data")
    return data if data is not None and data[1] < _UNKNOWN_LENGTH_BYTES else None


def is_sound_after_data(behind: bytes, rest_bytes: int) -> bool:
    """Returns whether a wav goes on with sound where its header says that it ends.

    A recorder that broke off, or counted beyond 4 GiB, leaves too small a length. What follows rightly is
    another chunk (tags, cue points): four printable characters and a size that fits; or a little filling.

    Args:
        behind: the first bytes behind the promised end, from the next even position, and some further on.
        rest_bytes: how many bytes follow in the file.
    """
    if rest_bytes < _MIN_HIDDEN_BYTES:
        return False
    name, size = behind[:4], int.from_bytes(behind[4:8], "little")
    is_chunk = all(0x20 <= byte < 0x7F for byte in name) and size <= rest_bytes
    return not is_chunk and not name.startswith((b"ID3", b"TAG")) and any(behind)


def _wav_chunk(head: bytes, wanted: bytes) -> tuple[int, int] | None:
    """Offset and promised size of a chunk's content; what lies behind the sound is not looked at."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    offset = 12
    while offset + 8 <= len(head):
        name, size = head[offset : offset + 4], int.from_bytes(head[offset + 4 : offset + 8], "little")
        offset += 8
        if name == wanted:
            return offset, size
        if name == b"data":
            return None
        offset += size + size % 2
    return None


def has_frame_count(head: bytes) -> bool:
    """Returns whether an MP3 carries a Xing, Info or VBRI header: without one its length is a guess."""
    return any(tag in head for tag in (b"Xing", b"Info", b"VBRI"))


def ends_inside_ogg_page(tail: bytes) -> bool:
    """Returns whether the last Ogg page was cut: its segment table promises more bytes than follow.

    Page layout: RFC 3533, section 6.
    """
    start = tail.rfind(b"OggS")
    if start < 0:
        return False
    page = tail[start:]
    if len(page) < 27:
        return True
    segments = page[26]
    return len(page) < 27 + segments + sum(page[27 : 27 + segments])


def _is_text(head: bytes) -> bool:
    if head.startswith(_UTF16_BOMS):
        return True
    if not head or any(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in head):
        return False
    return any(_decodes(head, encoding) for encoding in _TEXT_ENCODINGS)


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        # The last character may be cut at the end of the head: not final.
        codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True
