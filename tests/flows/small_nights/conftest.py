"""Two small nights whose recognition is stored: a whole night then takes seconds."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from flows import night as ledger
from flows.config import load_config
from flows.ears import load_ears
from transcribe.pipeline import transcribe_calls
from transcribe.recognise.replay import RecordingRecogniser

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@dataclass(frozen=True)
class Replay:
    """Stored recognition of two small nights, and the config that replays it.

    Night 2026-11-18 holds one recording, 2026-11-19 four, in several shards.
    """

    config: Path
    inbox: Path
    file: Path


SMALL_NIGHTS = {"2026-11-18": ("c023.opus",), "2026-11-19": ("c001.wav", "c002.wav", "c021.wav", "c022.wav")}


@pytest.fixture(scope="session")
def replay(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Replay:
    folder = tmp_path_factory.mktemp("replay")
    inbox, file, config_file = folder / "inbox", folder / "replay.json", folder / "huiting.toml"
    header, *lines = (SAMPLES / "inbox/2026-11-20/manifest.csv").read_text("utf-8-sig").splitlines()
    for day, names in SMALL_NIGHTS.items():
        (inbox / day).mkdir(parents=True)
        for name in names:
            shutil.copy2(SAMPLES / "inbox/2026-11-20" / name, inbox / day / name)
        named = [line for line in lines if line.split(",")[1] in names]
        (inbox / day / "manifest.csv").write_text("\n".join([header, *named]) + "\n", encoding="utf-8")
    config_file.write_text(
        f'data_dir = "{folder}/data"\n[inbox]\nfolder = "{inbox}"\ngrowth_check_s = 0.2\n'
        "[workers]\ncount = 1\nshard_audio_s = 20.0\n",
        encoding="utf-8",
    )
    (folder / "data").mkdir()
    (folder / "data" / "models").symlink_to(models)
    _record(config_file, file)
    with config_file.open("a", encoding="utf-8") as config:
        config.write(f'[recognition]\nreplay_file = "{file}"\n')
    return Replay(config_file, inbox, file)


def _record(config_file: Path, file: Path) -> None:
    """Hears every shard of the small nights with the real weights, as a worker would."""
    config = load_config(config_file)
    ears = load_ears(config)
    recorder = RecordingRecogniser(ears.recogniser)
    for day in SMALL_NIGHTS:
        opened = ledger.open_night(config, date.fromisoformat(day), datetime.now(UTC))
        inventory = ledger.find_recordings(opened)
        by_id = {recording.call_id: recording for recording in inventory.recordings}
        for shard in ledger.plan_night(opened, inventory).shards:
            recordings = [by_id[call_id] for call_id in shard.call_ids]
            list(transcribe_calls(recordings, recorder, ears.detector, ears.options))
    recorder.save(file)


@dataclass(frozen=True)
class SmallNights:
    """The first night published, ready to be copied, and how the second one is run."""

    published: Path
    replay: Replay
    huiting: Any
    copied: Callable[[Path, Path], Path]
    query: Callable[..., list[dict[str, Any]]]

    def copy_to(self, folder: Path) -> Path:
        """A data directory of its own, night 2026-11-18 published, night 2026-11-19 to do."""
        return self.copied(self.published, folder / "data")

    def command(self, data: Path, config: Path | None = None) -> tuple[str | Path, ...]:
        chosen = config or self.replay.config
        return ("nightly", "--config", chosen, "--data-dir", data, "--date", "2026-11-19")

    def run(self, data: Path, config: Path | None = None, **options: Any) -> Any:
        return self.huiting.run(*self.command(data, config), **options)

    def start(self, data: Path, config: Path | None = None) -> Any:
        """Starts it and does not wait."""
        return self.huiting.start(*self.command(data, config))

    def config_with(self, folder: Path, text: str = "", without: str = "\0") -> Path:
        """The config with some TOML after it and without the lines that hold `without`."""
        lines = self.replay.config.read_text("utf-8").splitlines()
        path = folder / "huiting.toml"
        path.write_text("\n".join([*(x for x in lines if without not in x), text, ""]), encoding="utf-8")
        return path


@pytest.fixture(scope="session")
def small(huiting: Any, new_data_dir: Any, replay: Replay, copied: Any, rows: Any) -> SmallNights:
    data = new_data_dir()
    finished = huiting.run("nightly", "--config", replay.config, "--data-dir", data, "--date", "2026-11-18")
    assert finished.code == 0, finished.output
    return SmallNights(data, replay, huiting, copied, rows)


@dataclass(frozen=True)
class LeftAlone:
    """The second night when nobody disturbs it: what a disturbed one is compared with."""

    data: Path
    wall_s: float
    rows: dict[str, list[str]]


@pytest.fixture(scope="session")
def left_alone(small: SmallNights, snapshot: Any, tmp_path_factory: pytest.TempPathFactory) -> LeftAlone:
    data = small.copy_to(tmp_path_factory.mktemp("alone"))
    finished = small.run(data)
    assert finished.code == 0, finished.output
    assert "leaked" not in finished.output, "nothing is printed that an operator cannot use"
    return LeftAlone(data, finished.wall_s, snapshot(data))
