"""`huiting clip`: what a night cut is taken along silenced as it is; what it did not cut is cut likewise."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.clip_files import write_clips
from flows.config import Config, load_config
from transcribe.audio import decode

pytestmark = [pytest.mark.model, pytest.mark.timeout(1800)]
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def config(sample_nights: Any, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The nights' data, without its pages' clips being anybody's to break."""
    folder = tmp_path_factory.mktemp("clip")
    data = Path(shutil.copytree(sample_nights.data, folder / "data", symlinks=True))
    inbox = str(ROOT / "tests" / "samples" / "inbox")
    return load_config(ROOT / "huiting.toml", profile="demo", data_dir=str(data), inbox=inbox)


def masked_clip(sample_nights: Any) -> dict[str, Any]:
    return sample_nights.rows("FROM clip WHERE mask_count > 0 ORDER BY clip_id LIMIT 1")[0]


def test_mp3_is_made_of_the_silenced_clip(sample_nights: Any, config: Config, tmp_path: Path) -> None:
    row = masked_clip(sample_nights)
    done = write_clips(config, [row["case_id"], "no such case"], "mp3", tmp_path)
    assert [path.name for path in done.written] == [f"{row['case_id']}.mp3"]
    assert len(done.problems) == 1
    assert "no such case" in done.problems[0]
    stored, made = (decode(path).samples for path in (config.pages_path / row["file"], done.written[0]))
    length = min(stored.shape[1], made.shape[1])
    assert abs(stored.shape[1] - made.shape[1]) < 1600
    assert float(np.corrcoef(stored[0, :length], made[0, :length])[0, 1]) > 0.95


def test_opus_is_the_stored_file(sample_nights: Any, config: Config, tmp_path: Path) -> None:
    row = masked_clip(sample_nights)
    (path,) = write_clips(config, [row["case_id"]], "opus", tmp_path).written
    assert path.read_bytes() == (config.pages_path / row["file"]).read_bytes()


@pytest.mark.parametrize("left", [b"", b"somebody's own sound"])
def test_a_clip_that_is_gone_or_changed_is_cut_again_with_its_silence(
    sample_nights: Any, config: Config, tmp_path: Path, left: bytes
) -> None:
    row = masked_clip(sample_nights)
    stored = config.pages_path / row["file"]
    before = decode(stored).samples
    content = stored.read_bytes()
    stored.write_bytes(left) if left else stored.unlink()
    try:
        (path,) = write_clips(config, [row["case_id"]], "opus", tmp_path).written
        assert not list(config.pages_path.rglob("*.part"))
        assert np.allclose(decode(path).samples, before, atol=1e-4)
    finally:
        stored.write_bytes(content)
