"""How fast and how well is recognition, beside its peers? `huiting bench recognise`. Edge: starts processes.

Every contender hears the same channels in a process of its own, with the same threads and weights, in
interleaved rounds, so that what else the machine does falls on all alike. Ratios are medians over rounds.
"""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path

import numpy as np

from flows.bench_contenders import OURS, PEERS, Contender, Heard, Job, run_contender
from flows.bench_figures import error_rate, non_speech_sounds
from flows.bench_process import answer_of
from flows.bench_report import BenchOptions, Figures, report
from flows.config import Config, ConfigInvalid
from flows.console import console, warn
from transcribe.normalize import bare, normalise
from transcribe.recognise.protocol import SAMPLE_RATE_HZ, Samples


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """A channel of a call by name (`call#channel`), float32 (n_samples,), and what was said where known."""

    name: str
    samples: Samples
    reference: str | None


def bench_recognise(
    config: Config, nights: Sequence[date], options: BenchOptions, json_file: Path | None
) -> None:
    """Measure, print, and write the figures to `json_file`.

    Raises:
        ConfigInvalid: nothing to hear, or the reference cannot be read.
    """
    channels = load_channels(config, nights, read_reference(options.reference))
    if not channels:
        raise ConfigInvalid(f"{config.inbox_path}：这几夜没有能读的录音，请检查 --inbox 和日期")
    with tempfile.TemporaryDirectory(prefix="huiting-bench-") as folder:
        bench = _Bench(config, options, Path(folder), channels)
        figures = bench.run()
        limit = physical_limit(bench)
    report(figures, limit, options, json_file)


def read_reference(path: Path | None) -> dict[str, str]:
    """`call#channel` to what was said, from a CSV with the columns call_id, channel, text.

    Raises:
        ConfigInvalid: the file or a column is missing.
    """
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {f"{row['call_id']}#{row['channel']}": row["text"] for row in csv.DictReader(file)}
    except (OSError, KeyError) as err:
        raise ConfigInvalid(f"{path}：参考文本读不了（{err}），需要 call_id,channel,text 三列的 CSV") from err


def load_channels(config: Config, nights: Sequence[date], reference: dict[str, str]) -> list[Channel]:
    """All readable channels of the nights' recordings."""
    # The ledger brings torch: seconds that only this command should pay.
    from flows.night import read_drop_folder  # noqa: PLC0415
    from transcribe.audio import load_recording  # noqa: PLC0415
    from transcribe.errors import AudioUnreadable  # noqa: PLC0415

    channels: list[Channel] = []
    for day in nights:
        for recording in read_drop_folder(config, day, datetime.now(UTC)).recordings:
            try:
                samples = load_recording(recording).samples
            except AudioUnreadable:
                continue
            for number, own in enumerate(samples):
                name = f"{recording.call_id}#{number}"
                channels.append(Channel(name, own, reference.get(name)))
    return channels


class _Bench:
    """The rounds: files for the contenders, one process after another."""

    def __init__(self, config: Config, options: BenchOptions, folder: Path, channels: Sequence[Channel]):
        self.options = options
        self.heard = list(_repeated(channels, options.minutes))
        self.plain = list(_repeated(channels, options.plain_minutes))
        self.non_speech = non_speech_sounds()
        self._config = config
        self._paths = {channel.name: folder / f"{n}.npy" for n, channel in enumerate(channels)}
        for channel in channels:
            np.save(self._paths[channel.name], channel.samples)
        self._silent = [folder / f"{name}.npy" for name in self.non_speech]
        for path, samples in zip(self._silent, self.non_speech.values(), strict=True):
            np.save(path, samples)

    def run(self) -> list[Figures]:
        """All rounds; a contender that is not installed is left out with a warning."""
        contenders = [*(PEERS if self.options.with_peers else ()), *OURS]
        results: dict[Contender, list[Heard]] = {contender: [] for contender in contenders}
        for number in range(self.options.rounds):
            for contender in list(results):
                answer = self._process(contender)
                if isinstance(answer, str):
                    warn(f"{contender.name}：没有安装 {answer}，不参加比较（make bench 会安装）")
                    del results[contender]
                    continue
                results[contender].append(answer)
                console.print(
                    f"第 {number + 1}/{self.options.rounds} 轮 {contender.name}："
                    f"{self._audio_s(contender) / answer.seconds:.1f} 声道秒/秒"
                )
        return [self._figures(contender, heard) for contender, heard in results.items()]

    def channels_of(self, contender: Contender) -> list[Channel]:
        return self.plain if contender.kind == "whisper" else self.heard

    def _audio_s(self, contender: Contender) -> float:
        return sum(channel.samples.size for channel in self.channels_of(contender)) / SAMPLE_RATE_HZ

    def _process(self, contender: Contender) -> Heard | str:
        """Runs one contender; the name of a missing package where it cannot run.

        Raises:
            ProcessDied: it gave no answer.
        """
        job = Job(
            contender=contender,
            channels=tuple(self._paths[channel.name] for channel in self.channels_of(contender)),
            non_speech=tuple(self._silent),
            weights=self._config.recognition.weights,
            models_dir=self._config.models_path,
            threads=self.options.threads,
        )
        return answer_of(run_contender, job, contender.name)

    def _figures(self, contender: Contender, heard: Sequence[Heard]) -> Figures:
        channels = self.channels_of(contender)
        pairs = [
            (channel.reference, text)
            for channel, text in zip(channels, heard[-1].texts, strict=True)
            if channel.reference
        ]
        return Figures(
            contender=contender,
            speeds=tuple(self._audio_s(contender) / item.seconds for item in heard),
            character_errors=error_rate(pairs),
            sound_errors=error_rate(pairs, by_sound=True),
            invented_chars=len(bare(normalise(heard[-1].invented).text)),
            peak_mb=max(item.peak_mb for item in heard),
        )


def _repeated(channels: Sequence[Channel], minutes: float) -> Iterator[Channel]:
    """Channels again and again until they are as long as asked."""
    left_s = minutes * 60
    for channel in cycle(channels):
        yield channel
        left_s -= channel.samples.size / SAMPLE_RATE_HZ
        if left_s <= 0:
            return


def physical_limit(bench: _Bench) -> float:
    """Channel seconds per second if nothing but the encoder's operations took time."""
    from flows.bench_limit import encoder_operations, measured_throughput  # noqa: PLC0415
    from transcribe.packing import ChannelSpan, PackingOptions, pack_spans  # noqa: PLC0415
    from transcribe.vad import SpeechDetector  # noqa: PLC0415

    names = [str(n) for n in range(len(bench.heard))]
    found = SpeechDetector().speech_spans_batch([channel.samples for channel in bench.heard])
    spans = [ChannelSpan(name, span) for name, own in zip(names, found, strict=True) for span in own]
    windows = pack_spans(spans, PackingOptions())
    linear, attention = encoder_operations([window.duration_s for window in windows])
    can = measured_throughput(bench.options.threads)
    audio_s = sum(channel.samples.size for channel in bench.heard) / SAMPLE_RATE_HZ
    return audio_s / (linear / can.linear_per_s + attention / can.attention_per_s)
