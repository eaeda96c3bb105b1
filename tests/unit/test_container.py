import struct

import pytest

from transcribe.container import ends_inside_ogg_page, has_frame_count, is_document, wav_completeness


def wav_head(size, extra=b""):
    return (
        b"RIFF\0\0\0\0WAVE"
        + extra
        + b"fmt "
        + struct.pack("<I", 16)
        + bytes(16)
        + b"data"
        + struct.pack("<I", size)
    )


@pytest.mark.parametrize(
    ("head", "size_bytes", "expected"),
    [
        (wav_head(1000), 44 + 1000, 1.0),
        (wav_head(1000), 44 + 2000, 1.0),  # a trailing list of tags
        (wav_head(1000), 44 + 250, 0.25),
        (wav_head(1000, b"LIST\x03\0\0\0abc\0"), 56 + 500, 0.5),  # chunks are padded to even sizes
        (wav_head(0), 2000, None),
        (wav_head(0xFFFF_FFFF), 2000, None),
        (wav_head(1000)[:40], 40, None),
        (b"OggS", 4, None),
    ],
)
def test_wav_completeness(head, size_bytes, expected):
    assert wav_completeness(head, size_bytes) == expected


def ogg_page(segments, payload):
    return b"OggS" + bytes(22) + bytes([len(segments), *segments]) + bytes(payload)


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (ogg_page([100, 50], 150), False),
        (ogg_page([100, 50], 149), True),
        (ogg_page([100], 100) + ogg_page([200], 10), True),
        (b"OggS" + bytes(10), True),
        (b"no page", False),
    ],
)
def test_ends_inside_ogg_page(tail, expected):
    assert ends_inside_ogg_page(tail) is expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("中".encode() * 2000, True),  # the head ends inside a character
        ("中文说明".encode("gb18030"), True),
        (b"plain\r\n", True),
        (b"\xff\xd8\xff\xe0", True),
        (b"#!AMR\n<<<<", False),
        (b"ID3abc", False),
        (b"\x00\x01\x02\x03", False),
        (b"", False),
    ],
)
def test_is_document(head, expected):
    assert is_document(head) is expected


def test_has_frame_count():
    assert has_frame_count(b"\xff\xfb\x90" + bytes(32) + b"Xing")
    assert not has_frame_count(b"\xff\xfb\x90" + bytes(400))
