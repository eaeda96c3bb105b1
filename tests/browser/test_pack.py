"""The morning pack: made from given calls, opened from disk in a real browser, zipped, made again."""

import json
import re
import shutil
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import PIPE, Popen
from sys import executable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from flows.config import Config, ConfigInvalid
from flows.pack import MadePack, PackOptions, make_pack, pack_name
from warehouse.connect import Connection, open_writing
from warehouse.errors import WarehouseError
from warehouse.pack.manifest import call_digest, packs_holding

NIGHT = date(2026, 11, 21)
Build = Callable[..., Any]
Given = list[dict[str, Any]]


def centre(site: Callable[..., Any], calls: Given) -> Config:
    """Make a centre's data directory from given calls: warehouse and pages."""
    configs: list[Config] = []

    def keep(con: Connection, pages: Path) -> None:
        configs.append(Config(data_dir=str(pages.parent)))
        con.execute(f"ATTACH '{configs[0].warehouse_path}' AS kept")
        con.execute("COPY FROM DATABASE memory TO kept")
        con.execute("DETACH kept")

    site(calls, keep)
    return configs[0]


@pytest.fixture(scope="module")
def given_centre(build_site: Build, given_calls: Given) -> Config:
    return centre(build_site, given_calls)


@pytest.fixture
def config(given_centre: Config, tmp_path: Path) -> Config:
    """A copy of the centre's data directory, for tests that write there."""
    copy = Config(data_dir=str(tmp_path / "data"))
    shutil.copytree(given_centre.pages_path, copy.pages_path)
    shutil.copyfile(given_centre.warehouse_path, copy.warehouse_path)
    return copy


@pytest.fixture(scope="module")
def pack(given_centre: Config) -> MadePack:
    return make_pack(given_centre, PackOptions(team="一组", minutes=15))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_names_what_it_holds_and_lies_where_packs_lie(pack: MadePack) -> None:
    assert pack.is_kept
    assert pack.path.name == "2026-11-21-一组"
    stored = json.loads((pack.path / "pack.json").read_text(encoding="utf-8"))
    assert stored["team"] == "一组"
    assert {case["call_id"] for case in stored["cases"]} <= {f"k0{n}" for n in range(1, 10)}
    assert all((pack.path / case["file"]).is_file() for case in stored["cases"])
    sounds = {str(path.relative_to(pack.path)) for path in pack.path.rglob("*.ogg")}
    assert sounds == {case["file"] for case in stored["cases"]}, "no sound that is not told"
    assert stored["seconds"] <= 15 * 60
    assert [path.name for path in pack.path.parent.iterdir()] == [pack.path.name], "nothing is left beside"


def test_forget_finds_the_packs_of_a_call(pack: MadePack) -> None:
    packs_dir, call_id = pack.path.parent, str(pack.content.cases[0].call_id)
    assert packs_holding(packs_dir, [call_id]) == [pack.path]
    assert packs_holding(packs_dir, ["somebody else's"]) == []


def test_no_agent_is_named_where_the_library_forbids_it(pack: MadePack) -> None:
    text = (pack.path / "index.html").read_text(encoding="utf-8")
    assert "说禁语" in text
    for agent in ("A1001", "A1003"):
        assert agent not in text + (pack.path / "pack.json").read_text(encoding="utf-8")


def test_it_opens_from_disk_and_plays_with_words_in_time(pack: MadePack, page: Page) -> None:
    page.goto((pack.path / "index.html").as_uri())
    expect(page.locator("h1")).to_contain_text("一组")
    expect(page.get_by_role("heading", name="时间安排")).to_be_visible()
    part = page.locator("[data-part]").first
    assert part.locator("audio").evaluate(
        "e => new Promise(done => { if (e.readyState) done(true); e.onloadedmetadata = () => done(true); "
        "e.onerror = () => done(false); })"
    )
    word = part.locator(".w").nth(3)
    wanted = float(word.get_attribute("data-s") or "nan")
    word.click()
    page.wait_for_timeout(600)
    now = part.locator("audio").evaluate("e => ({at: e.currentTime, paused: e.paused})")
    assert wanted < now["at"] < wanted + 5
    assert not now["paused"]
    expect(part.locator(".w.now")).to_have_count(1)
    page.locator("h1").click()
    page.keyboard.press(" ")
    assert part.locator("audio").evaluate("e => e.paused")


def test_the_printed_sheet_has_words_and_room_for_notes_and_no_player(pack: MadePack, page: Page) -> None:
    page.goto((pack.path / "index.html").as_uri())
    expect(page.locator("audio").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("audio").first).to_be_hidden()
    lines = page.locator(".lines").first
    for shown in (page.get_by_text("记下来：").first, lines, page.locator(".say").first):
        expect(shown).to_be_visible()
    assert lines.evaluate("e => e.scrollHeight <= e.clientHeight + 1"), "nothing is cut"
    page.set_viewport_size({"width": 720, "height": 1040})  # A4 less its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 720


def test_the_time_plan_has_no_gap_and_ends_in_time(pack: MadePack, page: Page) -> None:
    page.goto((pack.path / "index.html").as_uri())
    spans = [text.split("–") for text in page.locator(".plan .num").all_text_contents()]
    assert spans[0][0] == "0:00"
    assert [begin for begin, _ in spans[1:]] == [end for _, end in spans[:-1]]
    minutes, seconds = spans[-1][1].split(":")
    assert int(minutes) * 60 + int(seconds) == int(pack.content.seconds) <= 15 * 60


def test_keyboard_and_screen_reader_find_no_fault(pack: MadePack, page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto((pack.path / "index.html").as_uri())
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert [each["id"] for each in found if each["impact"] in {"serious", "critical"}] == []


def test_every_link_and_file_is_its_own(pack: MadePack) -> None:
    pages = sorted(pack.path.rglob("*.html"))
    assert len(pages) > 2
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r'(?:href|src)="([^"#]+)"', text):
            assert target == "data:," or (path.parent / target).resolve().is_file(), (path.name, target)
        assert "://" not in text


def test_made_twice_it_is_the_same_as_folder_zip_and_mp3(given_centre: Config, tmp_path: Path) -> None:
    for name in ("one", "two"):
        made = make_pack(given_centre, PackOptions(NIGHT, "一组", to=tmp_path / name))
        make_pack(given_centre, PackOptions(NIGHT, "一组", 10, True, tmp_path / f"{name}.zip", "mp3"))
        assert not made.is_kept
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two") != {}
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        sounds = [name for name in names if name.endswith(".mp3")]
        heads = {archive.read(name)[:3] for name in sounds}
        assert heads == {b"ID3"} or all(head[:2] in (b"\xff\xfb", b"\xff\xf3") for head in heads)
        assert sounds
        assert not [name for name in names if name.endswith(".ogg")]
        cases = [archive.read(name).decode() for name in names if name.startswith(("case/", "pair/"))]
        assert all(".ogg" not in case and ".mp3" in case for case in cases)
        assert {"index.html", "pack.json"} <= set(names)
        assert f'src="{sounds[0]}"' in archive.read("index.html").decode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "one.zip", "two", "two.zip"]


def test_what_was_heard_before_is_not_heard_again(config: Config) -> None:
    nights = (date(2026, 11, 20), NIGHT, NIGHT)
    made = [make_pack(config, PackOptions(night, "一组")) for night in nights]
    first, second, again = ({case.call_digest for case in each.content.cases} for each in made)
    assert not first & second
    assert second == again, "a pack does not count against itself"
    assert made[1].path.is_dir()


def test_what_cannot_be_made_is_told(config: Config, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")

    def told(options: PackOptions, error: type[Exception], text: str, change: str = "") -> None:
        if change:
            with open_writing(config.warehouse_path) as con:
                con.execute(change)
        with pytest.raises(error, match=text):
            make_pack(config, options)

    told(PackOptions(team="三组"), ConfigInvalid, "一组、二组")
    told(PackOptions(date(2026, 1, 1)), ConfigInvalid, "2026-11-21")
    told(PackOptions(minutes=3), WarehouseError, "--minutes")
    told(PackOptions(to=tmp_path / "mine"), WarehouseError, "没有覆盖")
    told(PackOptions(to=tmp_path / "mine" / "notes.txt", is_zip=True), WarehouseError, "没有覆盖")
    told(PackOptions(), WarehouseError, "没有带录音的案例", "DELETE FROM clip")
    told(PackOptions(), ConfigInvalid, "还没有通话", "DELETE FROM call")
    assert (tmp_path / "mine" / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_names_from_outside_are_neither_markup_nor_paths_nor_numbers(
    build_site: Build, given_calls: Given, page: Page
) -> None:
    evil = "../../<img src=x onerror=alert(1)>"
    calls = [
        call | {"team": evil, "call_id": f"13800000000-{n}", "line_of_business": evil, "agent_id": evil}
        for n, call in enumerate(given_calls)
    ]
    made = make_pack(centre(build_site, calls), PackOptions(team=evil))
    assert made.path.parent.name == "packs"
    assert made.path.parent == Path(made.path).resolve().parent
    page.goto((made.path / "index.html").as_uri())
    expect(page.locator("h1")).to_contain_text(evil)
    assert page.locator("img").count() == 0
    for name, content in files_of(made.path).items():
        assert "13800000000" not in name
        assert b"13800000000" not in content
    assert made.content.cases[0].call_id is None
    numbers = [f"13800000000-{n}" for n in range(len(calls))]
    assert made.content.cases[0].call_digest in map(call_digest, numbers)
    assert packs_holding(made.path.parent, numbers) == [made.path]


def test_a_team_s_name_makes_a_file_name_that_no_other_team_has() -> None:
    names = {
        pack_name(NIGHT, team) for team in ("一组", "一/组", "一_组", "一.组", "." * 3, "x" * 90, "x" * 91)
    }
    assert len(names) == 7
    assert all("/" not in name and len(name.encode()) < 200 for name in names)
    assert pack_name(NIGHT, None) == "2026-11-21"


_MAKE_AGAIN_AND_AGAIN = """
import sys
from pathlib import Path
from flows.config import Config
from flows.pack import PackOptions, make_pack
config = Config(data_dir=sys.argv[1])
while True:
    for is_zip in (False, True):
        make_pack(config, PackOptions(team="一组", is_zip=is_zip))
        print("made", flush=True)
"""


def test_killed_at_any_time_a_pack_is_whole_or_not_there(config: Config) -> None:
    folder, name = config.packs_path, "2026-11-21-一组"
    whole = files_of(make_pack(config, PackOptions(team="一组")).path)
    for wait_s in (0.03, 0.2):
        with Popen(
            [executable, "-c", _MAKE_AGAIN_AND_AGAIN, config.data_dir], stdout=PIPE, text=True
        ) as maker:
            assert maker.stdout is not None
            assert maker.stdout.readline() == "made\n"
            time.sleep(wait_s)
            maker.kill()
        if (folder / name).exists():
            assert files_of(folder / name) == whole
        if (folder / f"{name}.zip").exists():
            with zipfile.ZipFile(folder / f"{name}.zip") as archive:
                assert {each: archive.read(each) for each in archive.namelist()} == whole
        shown = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
        assert shown <= {name, f"{name}.zip"}
    assert files_of(make_pack(config, PackOptions(team="一组")).path) == whole
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")], "leftovers are removed"
