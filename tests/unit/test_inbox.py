import hashlib
import os
import shutil
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from transcribe.call import FaultReason, Severity, SpeakerRole
from transcribe.errors import InboxError
from transcribe.inbox import InboxOptions, read_inbox

NIGHT = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
OPTIONS = InboxOptions(growth_check_s=0.05)
SAMPLES = Path(__file__).parents[1] / "samples" / "inbox"


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "2026-11-20"
    path.mkdir()
    return path


def manifest(folder, *rows, header="call_id,file,started_at,agent_id,customer_id"):
    (folder / "manifest.csv").write_text("\n".join([header, *rows]), encoding="utf-8-sig")


def look(folder, options=OPTIONS, known=None, now=NOW):
    return read_inbox(folder, NIGHT, options, known or {}, now)


def faults(inventory):
    return [(fault.reason, fault.call_id, fault.file) for fault in inventory.faults]


def ids(inventory):
    return [recording.call_id for recording in inventory.recordings]


def test_rows_become_recordings(folder, write_pcm):
    write_pcm(folder / "a.wav", 1.5)
    manifest(folder, "c1,a.wav,2026-11-20T23:30:00+00:00,8026,cst-1")
    inventory = look(folder)
    (recording,) = inventory.recordings
    assert inventory.faults == ()
    assert recording.digest == hashlib.sha256((folder / "a.wav").read_bytes()).hexdigest()
    assert recording.files == (folder / "a.wav",)
    assert recording.duration_s == pytest.approx(1.5)
    assert recording.size_bytes == (folder / "a.wav").stat().st_size
    assert recording.started_at == datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert recording.call_date == date(2026, 11, 21), "half past seven in Shanghai"
    assert (recording.night, recording.agent_id, recording.customer_key) == (NIGHT, "8026", "cst-1")
    assert recording.team is None


def test_what_the_manifest_does_not_say_is_null_and_noted(folder, write_pcm):
    write_pcm(folder / "a.wav")
    manifest(folder, "c1,a.wav,2026-11-20 09:00:00,,")
    inventory = look(folder)
    (recording,) = inventory.recordings
    assert (recording.started_at, recording.agent_id, recording.customer_key) == (None, None, None)
    assert recording.call_date == NIGHT
    assert any("没有时区" in note for note in inventory.notes)
    assert any("agent_id 记为空" in note for note in inventory.notes)


def test_each_fault_of_a_real_night(folder, write_pcm):
    for seed, name in enumerate(["good.wav", "unlisted.wav", "known.wav", "twin.wav"]):
        write_pcm(folder / name, seed=seed)
    shutil.copy(folder / "twin.wav", folder / "twin2.wav")
    (folder / "empty.wav").touch()
    (folder / "text.wav").write_text("导出失败\n", encoding="utf-8")
    (folder / "broken.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(range(256)) * 8)
    rows = ["good", "gone", "empty", "text", "known", "twin", "twin2"]
    manifest(folder, *[f"{n},{n}.wav,,," for n in rows], "broken,broken.m4a,,,", "blank,,,,")
    known = {hashlib.sha256((folder / "known.wav").read_bytes()).hexdigest(): "k9"}
    inventory = look(folder, known=known)
    assert ids(inventory) == ["good", "twin", "unlisted"]
    assert sorted(faults(inventory), key=str) == sorted(
        [
            (FaultReason.NO_RECORDING, "gone", "gone.wav"),
            (FaultReason.NO_RECORDING, "blank", None),
            (FaultReason.EMPTY, "empty", "empty.wav"),
            (FaultReason.NOT_AUDIO, "text", "text.wav"),
            (FaultReason.UNREADABLE, "broken", "broken.m4a"),
            (FaultReason.DUPLICATE, "known", "known.wav"),
            (FaultReason.DUPLICATE, "twin2", "twin2.wav"),
            (FaultReason.NO_MANIFEST_ROW, "unlisted", "unlisted.wav"),
        ],
        key=str,
    )
    warnings = [fault for fault in inventory.faults if fault.severity is Severity.WARNING]
    assert [fault.reason for fault in warnings] == [FaultReason.NO_MANIFEST_ROW]
    assert "k9" in next(fault.message for fault in inventory.faults if fault.call_id == "known")


def test_the_same_call_id_is_a_duplicate_too_and_a_corrected_recording_is_not(folder, write_pcm):
    write_pcm(folder / "a.wav", seed=1)
    manifest(folder, "c1,a.wav,,,")
    digest = look(folder).recordings[0].digest
    assert faults(look(folder, known={digest: "c1"})) == [(FaultReason.DUPLICATE, "c1", "a.wav")]
    assert ids(look(folder, known={"0" * 64: "c1"})) == ["c1"]


def test_rows_that_contradict_each_other(folder, write_pcm):
    for seed in range(3):
        write_pcm(folder / f"{seed}.wav", seed=seed)
    manifest(folder, "c0,0.wav,,8026,", "c0,0.wav,,8026,", "c0,1.wav,,,", "c2,0.wav,,,", ",2.wav,,,", ",,,x,")
    inventory = look(folder)
    assert ids(inventory) == ["c0", "2"]
    assert inventory.recordings[0].agent_id == "8026", "the first row wins"
    assert faults(inventory) == [
        (FaultReason.DUPLICATE, "c0", "1.wav"),
        (FaultReason.DUPLICATE, "c2", "0.wav"),
    ]
    assert sum("清单第" in note for note in inventory.notes) == 3


def test_one_file_per_channel(folder, write_pcm):
    for name in ("a.wav", "c.wav"):
        write_pcm(folder / name, channels=1, seed=len(name))
    (folder / "sub").mkdir()
    shutil.move(folder / "c.wav", folder / "sub" / "c.wav")
    manifest(folder, "c1,a.wav; sub\\c.wav,,,")
    options = InboxOptions(channel_roles=(SpeakerRole.AGENT, SpeakerRole.CUSTOMER), growth_check_s=0)
    (recording,) = look(folder, options).recordings
    assert recording.files == (folder / "a.wav", folder / "sub" / "c.wav")
    content = b"".join(path.read_bytes() for path in recording.files)
    assert recording.digest == hashlib.sha256(content).hexdigest()
    assert recording.channel_roles == (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
    (folder / "sub" / "c.wav").unlink()
    assert faults(look(folder)) == [(FaultReason.NO_RECORDING, "c1", "a.wav;sub/c.wav")]


@pytest.mark.parametrize(
    "name", ["../secret.wav", "/etc/secret.wav", "sub/../../secret.wav", r"D:\rec\secret.wav"]
)
def test_a_path_that_leaves_the_folder_is_refused(folder, write_pcm, name):
    write_pcm(folder.parent / "secret.wav")
    manifest(folder, f"c1,{name},,,")
    inventory = look(folder)
    assert inventory.recordings == ()
    assert [fault.reason for fault in inventory.faults] == [FaultReason.NO_RECORDING]
    assert "不在当天的文件夹里" in inventory.faults[0].message


def test_a_file_being_written_is_left_for_later_and_one_wait_serves_all(folder, write_pcm):
    for seed in range(5):
        write_pcm(folder / f"{seed}.wav", seed=seed)
    is_done = threading.Event()

    def write():
        with (folder / "0.wav").open("ab") as file:
            while not is_done.wait(0.01):
                file.write(bytes(1000))
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        started = time.monotonic()
        inventory = look(folder, InboxOptions(growth_check_s=0.3), now=datetime.now(UTC))
    finally:
        is_done.set()
        writer.join()
    assert time.monotonic() - started < 1.4
    assert (FaultReason.STILL_GROWING, "0", "0.wav") in faults(inventory)
    assert ids(inventory) == ["1", "2", "3", "4"], "young files at rest pass"
    old = datetime.now(UTC).timestamp() - 60
    for path in folder.iterdir():
        os.utime(path, (old, old))
    started = time.monotonic()
    assert ids(look(folder, InboxOptions(growth_check_s=5), now=datetime.now(UTC))) == [
        "0",
        "1",
        "2",
        "3",
        "4",
    ]
    assert time.monotonic() - started < 2, "old files are not waited for"


def test_a_copy_in_progress_is_no_recording_yet(folder, write_pcm):
    write_pcm(folder / "a.wav")
    (folder / "b.wav.part").write_bytes(b"RIFF")
    (folder / "c.tmp").write_bytes(b"RIFF")
    manifest(folder, "c1,a.wav,,,", "c2,b.wav,,,")
    inventory = look(folder)
    assert ids(inventory) == ["c1"]
    assert faults(inventory) == [(FaultReason.STILL_GROWING, "c2", "b.wav")]
    assert any("还在复制" in note for note in inventory.notes)


def test_what_lies_beside_recordings_is_ignored_with_a_note(folder, write_pcm):
    for name in (".DS_Store", "~$manifest.xlsx", "checksums.md5", "readme.txt"):
        (folder / name).write_text("x")
    write_pcm(folder / "sub" / "nested.wav")
    write_pcm(folder / "a.wav", seed=1)
    inventory = look(folder)
    assert ids(inventory) == ["a"]
    assert faults(inventory) == [(FaultReason.NO_MANIFEST_ROW, "a", "a.wav")]
    assert any("checksums.md5" in note and "2 个文件" in note for note in inventory.notes)
    assert any("nested.wav" in note for note in inventory.notes)


def test_numbers_of_customers_in_file_names_stay_out(folder, write_pcm):
    for seed, name in enumerate(["13812345678.wav", "13912345678.wav"]):
        write_pcm(folder / name, seed=seed)
    inventory = look(folder)
    assert len(set(ids(inventory))) == 2
    assert all(call_id.startswith("***********-") for call_id in ids(inventory))
    text = "".join(map(repr, inventory.faults)) + "".join(inventory.notes)
    assert "12345678" not in text


def test_an_unlisted_file_does_not_take_a_listed_calls_id(folder, write_pcm):
    write_pcm(folder / "x.wav", seed=0)
    write_pcm(folder / "c1.wav", seed=1)
    manifest(folder, "c1,x.wav,,,")
    assert ids(look(folder)) == ["c1", "c1.wav"]


def test_customer_ids_are_kept_hashed_or_dropped(folder, write_pcm):
    write_pcm(folder / "a.wav")
    manifest(folder, "c1,a.wav,,,13812345678")
    kept = look(folder)
    assert kept.recordings[0].customer_key is None, "a phone number is not pseudonymous"
    assert any("customer_id" in note for note in kept.notes)
    options = InboxOptions(is_customer_id_pseudonymous=False, customer_key="secret", growth_check_s=0)
    hashed = look(folder, options).recordings[0].customer_key
    assert hashed == look(folder, options).recordings[0].customer_key
    assert hashed is not None
    assert "138" not in hashed[:3]
    assert "secret" not in repr(options)
    with pytest.raises(InboxError, match="customer_key"):
        look(folder, InboxOptions(is_customer_id_pseudonymous=False))


def test_a_night_that_cannot_be_read_stops(folder):
    with pytest.raises(InboxError, match="没有这个文件夹"):
        look(folder / "none")
    with pytest.raises(InboxError, match=r"inbox\.timezone.*Mars"):
        look(folder, InboxOptions(timezone="Mars/Base"))
    (folder / "file").touch()
    with pytest.raises(InboxError, match="读不了"):
        look(folder / "file")


def test_the_same_folder_twice_gives_the_same_inventory(folder, write_pcm):
    for seed in range(6):
        write_pcm(folder / f"{seed % 5}_{seed}.wav", seed=seed % 4)
    manifest(folder, "c3,3_3.wav,,,", "c1,1_1.wav,,,")
    assert look(folder) == look(folder)


@pytest.mark.parametrize("night", ["2026-11-20", "2026-11-21"])
def test_the_sample_nights_are_read(night):
    inventory = read_inbox(SAMPLES / night, date.fromisoformat(night), OPTIONS, {}, datetime.now(UTC))
    assert inventory.recordings
    assert all(recording.duration_s > 1 for recording in inventory.recordings)
