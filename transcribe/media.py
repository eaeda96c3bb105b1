"""Media files through PyAV: packets to 16 kHz blocks, samples to Opus or MP3. Edge, only importer of av.

In: a path. Out: blocks of float32 samples (n_channels, n_samples) in the order they were recorded, with
their time stamps; or a written file. What goes wrong inside a damaged file is counted, not raised.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet

from transcribe.call import FaultReason
from transcribe.channels import Samples
from transcribe.errors import AudioUnreadable
from transcribe.naming import shown_name
from transcribe.tape import SAMPLE_RATE_HZ, Block

MAX_CHANNELS = 8
# Outside of this a header is damaged: 4 kHz could not carry speech.
MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 192_000

# Formats that can hold a recording. The list keeps playlists and devices shut, which would make the
# decoder open other files, and keeps guesses about damaged files sober.
_FORMATS = "wav,w64,mp3,ogg,mov,amr,amrnb,amrwb,gsm,flac,aac,caf,aiff,au,asf,matroska,avi"
_OPEN_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
_TO_THE_END = {"ignore_length": "1"}
# Larger packets of plain wav: a quarter of the work per second of G.711.
_WAV_PACKETS = {"max_size": "16384"}

_OPUS_RATES_HZ = (8_000, 12_000, 16_000, 24_000, 48_000)
_LAYOUTS = {1: "mono", 2: "stereo"}
# Container, encoder, its samples (packed or planes), options per name; bitexact keeps dates, versions and
# random serial numbers out. Opus is several times as fast as with its defaults, at no loss that can be
# heard in speech at 32 kbit/s, with its transform coder, a low complexity and longer packets.
_OPUS = {"application": "audio", "compression_level": "0", "frame_duration": "60"}
_BITEXACT_FILE = {"fflags": "+bitexact"}
_BITEXACT_CODEC = {"flags": "+bitexact"}
_WRITERS = {
    "opus": ("ogg", "libopus", "flt", _OPUS | _BITEXACT_CODEC),
    "mp3": ("mp3", "libmp3lame", "fltp", {"compression_level": "7", **_BITEXACT_CODEC}),
}
_BITS_PER_CHANNEL_S = {"opus": 16_000, "mp3": 32_000}
_MIN_BITS_S = 24_000
# In wav, what a second is worth in bytes is exact for these.
_STEADY_CODECS = ("pcm_", "gsm")
# Where a note is kept: players show it as the file's comment, if at all.
_NOTE = "comment"


@dataclass(slots=True, eq=False)
class Media:
    """An open recording. `damaged` and `decoded` count packets while `blocks` runs.

    `is_broken` afterwards: reading stopped early, or the file ended inside a frame.
    """

    container: InputContainer
    stream: AudioStream
    channels: int
    rate_hz: int
    codec: str
    decoded: int = 0
    damaged: int = 0
    is_broken: bool = field(default=False)

    @property
    def format_names(self) -> frozenset[str]:
        return frozenset(self.container.format.name.split(","))

    @property
    def is_seekable(self) -> bool:
        """Whether time stamps can be trusted after a jump: in wav, of PCM and GSM (ADPCM drifts by 1 %)."""
        return "wav" not in self.format_names or self.codec.startswith(_STEADY_CODECS)

    @property
    def header_s(self) -> float:
        """Length in seconds as the container tells or the library estimates it, 0 when unknown."""
        if self.stream.duration and self.stream.time_base:
            return max(0.0, float(self.stream.duration * self.stream.time_base))
        return max(0.0, (self.container.duration or 0) / av.time_base)

    @property
    def start_s(self) -> float:
        if self.stream.start_time is None or self.stream.time_base is None:
            return 0.0
        return float(self.stream.start_time * self.stream.time_base)

    def seek(self, time_s: float) -> bool:
        """Moves to a frame at or before `time_s` (time stamps of the file); returns whether it worked."""
        if self.stream.time_base is None:
            return False
        try:
            self.container.seek(int(time_s / self.stream.time_base), stream=self.stream, backward=True)
        except FFmpegError:
            return False
        return True

    def blocks(self) -> Iterator[Block]:
        """Decodes from the current position to the end, skipping what is damaged."""
        converter: _Converter | None = None
        for frame in self._frames():
            if converter is None or not converter.takes(frame):
                if converter is not None:
                    yield from converter.flush()
                converter = _Converter(frame, self.channels)
            yield from converter.convert(frame)
        if converter is not None:
            yield from converter.flush()

    def _frames(self) -> Iterator[AudioFrame]:
        packets = self.container.demux(self.stream)
        is_last_damaged = False
        while True:
            try:
                packet = next(packets, None)
            except FFmpegError:
                self.is_broken = True
                return
            if packet is None:
                break
            frames = _decoded(packet)
            if frames is None:
                self.damaged += 1
                is_last_damaged = True
                continue
            self.decoded += bool(frames)
            # The last packet is the empty one that flushes the decoder: it tells nothing of damage.
            is_last_damaged = is_last_damaged and packet.size == 0
            yield from (frame for frame in frames if frame.samples > 0)
        self.is_broken = is_last_damaged


@contextmanager
def open_media(path: Path, *, is_wav_length_wrong: bool = False) -> Generator[Media]:
    """Opens a recording's first audio stream.

    Args:
        path: the file.
        is_wav_length_wrong: the file is a wav whose header is not to be believed about its length.

    Raises:
        AudioUnreadable: NOT_AUDIO when there is no sound in it, UNREADABLE when no decoder takes it.
    """
    shown = shown_name(path.name)
    damaged = f"{shown}: 无法解码, 文件可能已损坏或格式不受支持, 请向录音系统重新导出"
    try:
        options = _OPEN_OPTIONS | _WAV_PACKETS | (_TO_THE_END if is_wav_length_wrong else {})
        container = av.open(f"file:{path}", metadata_errors="replace", options=options)
    except (FFmpegError, ValueError) as err:
        raise AudioUnreadable(FaultReason.UNREADABLE, damaged, file=shown) from err
    with container:
        if not container.streams.audio:
            message = f"{shown}: 文件里没有声音, 请检查导出设置"
            raise AudioUnreadable(FaultReason.NOT_AUDIO, message, file=shown)
        stream = container.streams.audio[0]
        # None when the codec is not known, whatever the types say.
        context = cast(AudioCodecContext | None, stream.codec_context)
        if context is None or context.sample_rate == 0 or context.channels == 0:
            raise AudioUnreadable(FaultReason.UNREADABLE, damaged, file=shown)
        # Kept as they are now: damage further on may change the decoder's mind.
        media = Media(container, stream, context.channels, context.sample_rate, context.name)
        check_claims(shown, media.channels, media.rate_hz)
        yield media


def check_claims(shown: str, channels: int, rate_hz: int) -> None:
    """Refuses a header that no recorder writes, before anything is made room for.

    Raises:
        AudioUnreadable: UNREADABLE.
    """
    if MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ and 1 <= channels <= MAX_CHANNELS:
        return
    message = (
        f"{shown}: 文件头写着采样率 {rate_hz} Hz、{channels} 个声道, "
        f"可处理的是 {MIN_RATE_HZ} 到 {MAX_RATE_HZ} Hz、1 到 {MAX_CHANNELS} 个声道"
    )
    raise AudioUnreadable(FaultReason.UNREADABLE, message, file=shown)


def write_media(path: Path, samples: Samples, sample_rate_hz: int, codec: str, note: str = "") -> None:
    """Writes samples (n_channels 1..2, n_samples) as Opus in Ogg or MP3 with a note, beside and renamed.

    Raises:
        ValueError: an unknown codec, a rate Opus does not have, more than two channels.
        OSError: the folder is missing, not writable or full.
    """
    if codec not in _WRITERS or samples.shape[0] not in _LAYOUTS:
        raise ValueError(
            f"write_audio: need codec {sorted(_WRITERS)} and 1..2 channels, got {codec}, {samples.shape}"
        )
    if codec == "opus" and sample_rate_hz not in _OPUS_RATES_HZ:
        raise ValueError(f"write_audio: opus needs a rate of {_OPUS_RATES_HZ} Hz, got {sample_rate_hz}")
    beside = path.with_name(f".{path.name}.part")
    try:
        _encode(beside, samples, sample_rate_hz, codec, note)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def read_media_note(path: Path) -> str:
    """Reads the note of a file written by `write_media`, "" when there is none.

    Raises:
        AudioUnreadable: no decoder takes the file.
    """
    with open_media(path) as media:
        found = {**media.container.metadata, **media.stream.metadata}
        return next((text for key, text in found.items() if key.lower() == _NOTE), "")


def _encode(path: Path, samples: Samples, sample_rate_hz: int, codec: str, note: str) -> None:
    container_format, encoder, sample_format, options = _WRITERS[codec]
    layout = _LAYOUTS[samples.shape[0]]
    with av.open(f"file:{path}", "w", format=container_format, options=_BITEXACT_FILE) as output:
        stream = output.add_stream(encoder, rate=sample_rate_hz, options=options)
        if not isinstance(stream, AudioStream):  # the library types it as any kind of stream
            raise TypeError(f"{encoder}: not an audio encoder")
        if note:
            output.metadata[_NOTE] = note
        context = stream.codec_context
        context.layout = layout
        context.format = av.AudioFormat(sample_format)
        context.bit_rate = max(_MIN_BITS_S, _BITS_PER_CHANNEL_S[codec] * samples.shape[0])
        context.open()
        whole = np.clip(samples, -1.0, 1.0).astype(np.float32)
        for begin in range(0, whole.shape[1], context.frame_size):
            piece = whole[:, begin : begin + context.frame_size]
            plain = piece if context.format.is_planar else piece.T.reshape(1, -1)
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(plain), context.format.name, layout)
            frame.sample_rate, frame.pts = sample_rate_hz, begin
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


class _Converter:
    """One frame layout to packed float at 16 kHz; a new one is made when the stream changes its layout.

    Packed and not planar, because PyAV reads at most seven planes of a frame.
    """

    def __init__(self, frame: AudioFrame, channels: int):
        self._key = _layout_key(frame)
        self._channels = channels
        self._resampler = av.AudioResampler("flt", frame.layout, SAMPLE_RATE_HZ)
        self._next_s: float | None = None

    def takes(self, frame: AudioFrame) -> bool:
        return _layout_key(frame) == self._key

    def convert(self, frame: AudioFrame) -> Iterator[Block]:
        yield from self._unpacked(self._resampler.resample(frame), frame.time)

    def flush(self) -> Iterator[Block]:
        yield from self._unpacked(self._resampler.resample(None), None)

    def _unpacked(self, frames: list[AudioFrame], time_s: float | None) -> Iterator[Block]:
        for frame in frames:
            samples = np.asarray(frame.to_ndarray(), np.float32).reshape(-1, frame.layout.nb_channels).T
            yield Block(_with_channels(samples, self._channels), time_s)
            time_s = None


def _with_channels(samples: Samples, channels: int) -> Samples:
    """A stream that changes its layout keeps the first frame's number of channels: repeated or dropped."""
    return samples if samples.shape[0] == channels else np.resize(samples, (channels, samples.shape[1]))


def _layout_key(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _decoded(packet: "Packet[AudioStream]") -> list[AudioFrame] | None:
    try:
        return packet.decode()
    except FFmpegError:
        return None
