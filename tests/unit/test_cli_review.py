"""`huiting review`: users and the audit log from the command line, and servers that must not start."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.config import ConfigInvalid, load_config
from flows.review import ServeOptions, is_loopback, serve
from warehouse.errors import WarehouseError
from warehouse.review.store import ReviewStore

SECRET = "a long enough one"  # noqa: S105


def run(data: Path, *words: str, typed: str = "") -> str:
    done = CliRunner().invoke(app, ["review", *words, "--data-dir", str(data)], input=typed)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_users_come_and_go(tmp_path: Path):
    assert "已加用户 w01" in run(tmp_path, "user", "add", "w01", "--role", "reviewer", typed=SECRET + "\n")
    added = run(tmp_path, "user", "add", "t01", "--role", "agent_side", "--team", "一组", typed=SECRET + "\n")
    assert "坐席一方" in added
    listed = run(tmp_path, "user", "list")
    assert "w01" in listed
    assert "一组" in listed
    assert SECRET.encode() not in (tmp_path / "review.sqlite").read_bytes()
    assert (tmp_path / "review.sqlite").stat().st_mode & 0o077 == 0, "for its owner alone"
    with pytest.raises(WarehouseError, match="密码要"):
        run(tmp_path, "user", "passwd", "w01", typed="short\n")
    assert "已改" in run(tmp_path, "user", "passwd", "w01", typed="another long one\n")
    assert "已删" in run(tmp_path, "user", "remove", "t01")
    told = run(tmp_path, "audit")
    assert "记录完整，共 4 条" in told
    assert "加用户" in told


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (ServeOptions(), "还没有用户"),
        (ServeOptions(host="0.0.0.0", local_name="w1"), "只能在本机用"),  # noqa: S104
        (ServeOptions(local_name="w1", public_url="https://review.example.cn"), "只能在本机用"),
    ],
)
def test_a_server_that_would_be_open_does_not_start(tmp_path: Path, options: ServeOptions, said: str):
    with pytest.raises(ConfigInvalid, match=said):
        serve(load_config(data_dir=str(tmp_path)), options, print)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (ServeOptions(local_name="w01"), "有密码"),
        (ServeOptions(host="0.0.0.0"), "--public-url"),  # noqa: S104
        (ServeOptions(host="::", port=0), "--public-url"),
    ],
)
def test_with_users_they_must_log_in_and_be_found(tmp_path: Path, options: ServeOptions, said: str):
    run(tmp_path, "user", "add", "w01", "--role", "reviewer", typed=SECRET + "\n")
    with pytest.raises(ConfigInvalid, match=said):
        serve(load_config(data_dir=str(tmp_path)), options, print)


def test_one_server_per_data_directory(tmp_path: Path):
    import fcntl  # noqa: PLC0415

    ReviewStore(tmp_path / "review.sqlite").prepare()
    with (tmp_path / "review.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(WarehouseError, match="已经在运行"):
            serve(load_config(data_dir=str(tmp_path)), ServeOptions(local_name="w1", port=0), print)


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.5", False),
        ("x", False),
    ],
)
def test_what_is_loopback(host: str, is_local: bool):
    assert is_loopback(host) == is_local
