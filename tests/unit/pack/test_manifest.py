"""Packs are found again: by the calls they hold, and by the team that heard them."""

import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from warehouse.errors import WarehouseError
from warehouse.pack.manifest import PackedCase, PackFile, call_digest, heard_calls, packs_holding, read_pack

NIGHT = date(2026, 11, 20)


def pack(folder: Path, name: str, team: str | None, night: date, *call_ids: str) -> Path:
    cases = [
        PackedCase(
            item=1, case_id=call_id, call_id=call_id, call_digest=call_digest(call_id), library_id="problem",
            side=None, file="clips/aa/x.ogg", clip_s=30.0,
        )
        for call_id in call_ids
    ]  # fmt: skip
    text = PackFile(night=night, team=team, minutes=10, seconds=500, problems=[], cases=cases).text()
    path = folder / name
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("pack.json", text)
    else:
        path.mkdir()
        (path / "pack.json").write_text(text, encoding="utf-8")
    return path


def test_a_team_has_heard_its_own_packs_and_everybody_s(tmp_path):
    day = timedelta(days=1)
    pack(tmp_path, "own", "一组", NIGHT - day, "a")
    pack(tmp_path, "own.zip", "一组", NIGHT - 2 * day, "b")
    pack(tmp_path, "all", None, NIGHT - day, "c")
    pack(tmp_path, "other", "二组", NIGHT - day, "d")
    pack(tmp_path, "today", "一组", NIGHT, "e")
    pack(tmp_path, "old", "一组", NIGHT - 29 * day, "f")
    pack(tmp_path, ".unfinished.part", "一组", NIGHT - day, "g")
    assert heard_calls(tmp_path, NIGHT, "一组", 28) == {call_digest(call_id) for call_id in "abc"}
    assert heard_calls(tmp_path, NIGHT, None, 28) == {call_digest("c")}
    assert heard_calls(tmp_path / "nothing yet", NIGHT, None, 28) == frozenset()


def test_the_packs_of_a_call_are_found_folders_and_zips(tmp_path):
    held = [pack(tmp_path, name, None, NIGHT, "a", "b") for name in ("one", "two.zip")]
    pack(tmp_path, "three", None, NIGHT, "b")
    assert packs_holding(tmp_path, ["a", "z"]) == held


def test_what_is_no_pack_is_left_alone_and_a_damaged_one_is_told(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("photo", "")
    assert [read_pack(path) for path in sorted(tmp_path.iterdir())] == [None, None, None]
    (tmp_path / "broken.zip").write_bytes(b"PK")
    with pytest.raises(WarehouseError, match=r"broken\.zip.*晨训包"):
        packs_holding(tmp_path, ["a"])
