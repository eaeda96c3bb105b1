"""What rendering a second time does to the files: nothing, or exactly what the warehouse asks for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from warehouse.connect import Connection
from warehouse.libraries import CASES_DIR, load_libraries
from warehouse.pages.render import render_pages
from warehouse.pages.site import Site

Build = Callable[..., Any]
Given = list[dict[str, Any]]


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_rendering_twice_changes_nothing(build_site: Build, given_calls: Given) -> None:
    before: dict[str, bytes] = {}
    site = build_site(given_calls, lambda _, pages: before.update(_files(pages)))
    assert (site.pages.changed_count, site.pages.removed_count) == (0, 0)
    assert _files(site.folder) == before
    assert (site.pages.case_count, site.pages.silent_count) == (11, 0)


def test_no_personal_data_no_agent_where_not_allowed(site: Any) -> None:
    for page in site.folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if "A1001" in text or "A1003" in text:
            pytest.fail(f"{page}: an agent is named outside of the excellent cases")
    assert "A1002" in (site.folder / "library" / "excellent.html").read_text(encoding="utf-8")


def test_a_case_without_sound_is_still_readable(build_site: Build, given_calls: Given) -> None:
    site = build_site(given_calls, lambda con, _: con.execute("DELETE FROM clip"))
    assert site.pages.silent_count == site.pages.case_count == 11
    assert not list(site.folder.glob("clips/*/*"))
    (page,) = [
        page
        for page in site.folder.glob("case/*.html")
        if "这种问题连小孩子都会" in page.read_text(encoding="utf-8")
        and "问题案例" in page.read_text(encoding="utf-8")
        and "没有录音片段" in page.read_text(encoding="utf-8")
        and '← <span data-t="&#34;library/problem&#34;">问题案例' in page.read_text(encoding="utf-8")
    ]
    assert "<audio" not in page.read_text(encoding="utf-8")


def test_cases_leave_when_their_time_is_over_with_pages_and_sound(
    build_site: Build, given_calls: Given
) -> None:
    """Problem cases stay 180 nights, the others 365; age counts from the newest night."""

    def half_a_year_later(con: Connection, _: Path) -> None:
        con.execute(
            "INSERT INTO call SELECT * REPLACE ('late' AS call_id, night + 200 AS night) FROM call LIMIT 1"
        )

    site = build_site(given_calls, half_a_year_later)
    assert site.pages.case_count == 8
    listed = "".join(page.read_text(encoding="utf-8") for page in site.folder.rglob("*.html"))
    assert len(list(site.folder.glob("case/*.html"))) == 8
    kept = {
        suffix: {file.stem for file in site.folder.glob(f"clips/*/*{suffix}")} for suffix in (".ogg", ".vtt")
    }
    assert kept[".ogg"] == kept[".vtt"]
    assert all(f"{stem}.ogg" in listed for stem in kept[".ogg"])


def test_a_pair_that_lost_a_side_becomes_a_single_case(build_site: Build, given_calls: Given) -> None:
    site = build_site(given_calls, lambda con, _: con.execute("DELETE FROM call WHERE call_id = 'k02'"))
    assert len(list(site.folder.glob("pair/*.html"))) == 1
    library = (site.folder / "library" / "comparison.html").read_text(encoding="utf-8")
    assert library.count("card case edge") == 2
    assert library.count("../case/") == 1


def test_no_nights_yet(build_site: Build) -> None:
    site = build_site([])
    assert "还没有处理过的录音" in site.pages.index.read_text(encoding="utf-8")
    assert site.pages.case_count == 0


def test_a_file_of_somebody_else_is_left_alone(build_site: Build, given_calls: Given) -> None:
    def leave_a_note(_: Connection, pages: Path) -> None:
        (pages / "notes.txt").write_text("mine", encoding="utf-8")
        (pages / "case" / "gone.html").write_text("old", encoding="utf-8")

    site = build_site(given_calls[:1], leave_a_note)
    assert (site.folder / "notes.txt").exists()
    assert not (site.folder / "case" / "gone.html").exists()
    assert site.pages.removed_count == 1


def _load(con: Connection, run_id: str) -> None:
    con.execute("DELETE FROM loaded_run")
    con.execute("INSERT INTO loaded_run SELECT DISTINCT night, ?, 'run', 'schema' FROM call", [run_id])


def test_pages_of_nights_that_did_not_change_are_not_made_again(
    build_site: Build, given_calls: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of one run never change: a text that changes all the same is seen with the next run only."""
    made: list[str] = []
    rendered = Site.rendered

    def note(site: Site, relative: str, *rest: Any) -> bytes:
        made.append(relative)
        return rendered(site, relative, *rest)

    monkeypatch.setattr(Site, "rendered", note)

    def nights(con: Connection, pages: Path) -> None:
        libraries = load_libraries(CASES_DIR)

        def again() -> set[str]:
            made.clear()
            render_pages(con, pages, libraries)
            return {page.split("/")[0] for page in made}

        _load(con, "first")
        assert {"case", "pair"} <= again()
        before = _files(pages)
        assert not {"case", "pair"} & again()
        assert _files(pages) == before
        con.execute("UPDATE library_case SET reason = '换了理由' WHERE library_id = 'problem'")
        assert {"case"} == again() & {"case", "pair"}
        _load(con, "second")
        assert {"case", "pair"} <= again()
        next(pages.glob("pair/*.html")).unlink()
        assert {"case", "pair"} <= again()
        (pages / "data" / "cases.ledger").write_text("{broken", encoding="utf-8")
        assert {"case", "pair"} <= again()
        con.execute("DELETE FROM call WHERE call_id = 'k02'")
        again()
        assert "年费也会着急" not in (pages / "data" / "cases.ledger").read_text(encoding="utf-8")

    site = build_site(given_calls, nights)
    assert not [file for file in site.folder.rglob("*") if file.name.startswith(".")]
