"""Recorded files to samples, whole or in part, and samples to a file that a browser plays. Edge.

In: paths of recordings. Out: 16-bit samples, channel by channel, at 16 kHz, decoded as a stream: never more
than one recording's `Pcm` is held. Short spans come as float32 in -1..1, shape (n_channels, n_samples).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from transcribe.call import FaultReason, Recording
from transcribe.channels import (
    Pcm,
    Samples,
    are_channels_identical,
    as_float,
    as_pcm,
    remove_offset,
    rms_dbfs,
)
from transcribe.container import ends_inside_ogg_page
from transcribe.errors import AudioUnreadable
from transcribe.file_edges import read_edges
from transcribe.media import Media, open_media, read_media_note, write_media
from transcribe.mixes import without_mixes
from transcribe.naming import shown_name
from transcribe.tape import MAX_CHANNEL_S, SAMPLE_RATE_HZ, Tape

__all__ = [
    "SAMPLE_RATE_HZ",
    "AudioInfo",
    "Decoded",
    "LoadedAudio",
    "Samples",
    "decode",
    "load_recording",
    "probe",
    "read_note",
    "read_span",
    "rms_dbfs",
    "write_audio",
]

# A container may round its length; half a second less than promised is a loss.
_SHORTFALL_S = 0.5
# Decoding starts a little before a span: codecs need some frames to settle.
_PREROLL_S = 1.0
_MIX_BLOCK_SAMPLES = 1 << 20


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file's header says. `duration_s` is an estimate for formats that store none, 0 if unknown."""

    duration_s: float
    channels: int
    sample_rate_hz: int
    codec: str


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """One file, decoded: `pcm` (n_channels, n_samples) at 16 kHz.

    `is_truncated`: the container promises clearly more than could be decoded, or it ends inside a frame.
    """

    pcm: Pcm
    duration_s: float
    is_truncated: bool

    @property
    def samples(self) -> Samples:
        """All of it as float32: for short files."""
        return as_float(self.pcm)


@dataclass(frozen=True, slots=True, eq=False)
class LoadedAudio:
    """One call's sound: `channels`, each (n_samples,) at 16 kHz, all of one length.

    `is_mono`: delivered as one channel. `is_identical`: delivered as several channels with the same sound,
    of which one is kept. Of more than two channels, those that only mix or repeat others are silent.
    """

    channels: tuple[Pcm, ...]
    is_truncated: bool
    is_mono: bool
    is_identical: bool

    @property
    def samples(self) -> Samples:
        """(n_channels, n_samples) float32, all of it: for short calls."""
        return as_float(np.stack(self.channels))

    @property
    def duration_s(self) -> float:
        return self.channels[0].size / SAMPLE_RATE_HZ


def probe(path: Path) -> AudioInfo:
    """Reads a file's header; decodes no more than the library needs to know the codec.

    Raises:
        AudioUnreadable: EMPTY, NOT_AUDIO (text, a document, no sound in it) or UNREADABLE.
    """
    edges = read_edges(path)
    with open_media(path, is_wav_length_wrong=edges.is_wav_length_wrong) as media:
        return AudioInfo(media.header_s * edges.growth_ratio, media.channels, media.rate_hz, media.codec)


def decode(path: Path) -> Decoded:
    """Decodes one file whole. Damaged stretches become silence; what follows keeps its time.

    A constant offset of a channel is taken out; what is louder than full scale is clipped.

    Raises:
        AudioUnreadable: EMPTY, NOT_AUDIO or UNREADABLE (nothing, or mostly damage, could be decoded, or more
            than fits into memory).
    """
    edges = read_edges(path)
    with open_media(path, is_wav_length_wrong=edges.is_wav_length_wrong) as media:
        header_s, format_names = media.header_s, media.format_names
        tape = _taped(media, path)
    duration_s = tape.length / SAMPLE_RATE_HZ
    if tape.length == 0 or media.damaged > media.decoded:
        shown = shown_name(path.name)
        message = f"{shown}: 解码后几乎没有声音数据, 文件可能已损坏, 请向录音系统重新导出"
        raise AudioUnreadable(FaultReason.UNREADABLE, message, file=shown)
    for channel in tape.pcm:
        remove_offset(channel)
    promised_s = edges.promised_s(duration_s, header_s, format_names)
    is_short = promised_s - duration_s > _SHORTFALL_S
    return Decoded(tape.pcm, duration_s, is_short or media.is_broken or ends_inside_ogg_page(edges.tail))


def load_recording(recording: Recording) -> LoadedAudio:
    """Decodes a call: one file with its channels, or several with one channel each, padded to the longest.

    Raises:
        AudioUnreadable: a file of the call cannot be heard; the fault carries the call_id.
    """
    parts: list[Decoded] = []
    for path in recording.files:
        try:
            parts.append(decode(path))
        except AudioUnreadable as err:
            fault = err.fault
            raise AudioUnreadable(
                fault.reason, fault.message, file=fault.file, call_id=recording.call_id
            ) from err
    is_truncated = any(part.is_truncated for part in parts)
    channels = _channels_of([part.pcm for part in parts])
    is_identical = are_channels_identical(channels)
    return LoadedAudio(
        # A copy, so that the other channels' memory is given back.
        channels=(channels[0].copy(),) if is_identical else without_mixes(channels),
        is_truncated=is_truncated,
        is_mono=len(channels) == 1,
        is_identical=is_identical,
    )


def read_span(files: Path | Sequence[Path], start_s: float, end_s: float) -> Samples:
    """Returns the samples of [start_s, end_s), (n_channels, n_samples) float32 at 16 kHz.

    Times are those of `decode`. Only the neighbourhood of the span is decoded; what lies beyond the end of
    a file is silence. Several files give one channel each.

    Raises:
        AudioUnreadable: EMPTY, NOT_AUDIO or UNREADABLE.
        ValueError: when start_s < 0 or end_s < start_s.
    """
    if start_s < 0 or end_s < start_s:
        raise ValueError(f"read_span: need 0 <= start_s <= end_s, got {start_s}, {end_s}")
    paths = [files] if isinstance(files, Path) else files
    return as_float(np.stack(_channels_of([_read_file_span(path, start_s, end_s) for path in paths])))


def write_audio(
    path: Path, samples: Samples, sample_rate_hz: int, codec: Literal["opus", "mp3"], note: str = ""
) -> None:
    """Writes samples, (n_samples,) or (1..2, n_samples) float32 in -1..1, as Opus in Ogg or as MP3.

    The same samples and note (for `read_note`) give the same bytes. The file appears whole or not at all.

    Raises:
        ValueError: an unknown codec, a rate that Opus does not have, more than two channels.
        OSError: the folder is missing, not writable or full.
    """
    write_media(path, np.atleast_2d(samples), sample_rate_hz, codec, note)


def read_note(path: Path) -> str:
    """Returns the note that a file was written with, "" when there is none.

    Raises:
        AudioUnreadable: the file is damaged or gone.
    """
    return read_media_note(path)


def _taped(media: Media, path: Path) -> Tape:
    tape = Tape(media.channels)
    for block in media.blocks():
        tape.append(block)
        if tape.is_full:
            shown = shown_name(path.name)
            hours = tape.length / SAMPLE_RATE_HZ / 3600
            message = (
                f"{shown}: 录音太长({media.channels} 个声道, 已有 {hours:.1f} 小时还没有结束), "
                f"各声道合计最多处理 {MAX_CHANNEL_S // 3600} 小时, 请分段导出"
            )
            raise AudioUnreadable(FaultReason.UNREADABLE, message, file=shown)
    return tape


def _read_file_span(path: Path, start_s: float, end_s: float) -> Pcm:
    first, last = round(start_s * SAMPLE_RATE_HZ), round(end_s * SAMPLE_RATE_HZ)
    edges = read_edges(path)
    with open_media(path, is_wav_length_wrong=edges.is_wav_length_wrong) as media:
        span = np.zeros((media.channels, last - first), np.int16)
        wanted_s = start_s - _PREROLL_S
        is_moved = wanted_s > 0 and media.is_seekable and media.seek(media.start_s + wanted_s)
        tape = Tape(media.channels)
        offset = 0
        for block in media.blocks():
            tape.append(block)
            if is_moved and tape.origin_s is not None:
                offset = round((tape.origin_s - media.start_s) * SAMPLE_RATE_HZ)
            if offset + tape.length >= last or tape.is_full:
                break
    for channel in tape.pcm:
        remove_offset(channel)
    begin, end = max(first, offset), min(last, offset + tape.length)
    if end > begin:
        span[:, begin - first : end - first] = tape.pcm[:, begin - offset : end - offset]
    return span


def _channels_of(parts: Sequence[Pcm]) -> tuple[Pcm, ...]:
    """The channels of one file; of several files one each, as long as the longest."""
    if len(parts) == 1:
        return tuple(parts[0])
    length = max(part.shape[1] for part in parts)
    channels = (part[0] if part.shape[0] == 1 else _mixed(part) for part in parts)
    return tuple(
        channel if channel.size == length else np.pad(channel, (0, length - channel.size))
        for channel in channels
    )


def _mixed(part: Pcm) -> Pcm:
    """(n_channels, n_samples) to one channel (n_samples,): the mean, block by block."""
    mixed = np.empty(part.shape[1], np.int16)
    for at in range(0, mixed.size, _MIX_BLOCK_SAMPLES):
        stretch = slice(at, at + _MIX_BLOCK_SAMPLES)
        mixed[stretch] = as_pcm(as_float(part[:, stretch]).mean(axis=0))
    return mixed
