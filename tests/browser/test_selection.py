"""A small site of chosen cases, as a pack hands it out: complete, in the order asked for, nothing else."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from warehouse.connect import Connection
from warehouse.libraries import CASES_DIR, load_libraries
from warehouse.pages.selection import SelectionOptions, SelectionReport, render_selection

pytestmark = pytest.mark.browser
TITLE = "一组 · 十分钟 <b>晨训</b>"


@pytest.fixture(scope="module")
def chosen(
    build_site: Callable[..., Any],
    given_calls: list[dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> SelectionReport:
    """Both sides of a pair and one case of another library, the case first; their sound lies beside."""
    reports: list[SelectionReport] = []

    def choose(con: Connection, pages: Path) -> None:
        sql = "SELECT case_id FROM library_case WHERE library_id = ? ORDER BY pair_key, rank LIMIT 2"
        pair, best = (
            [case_id for (case_id,) in con.execute(sql, [library]).fetchall()]
            for library in ("comparison", "excellent")
        )
        ids = [best[0], "../../../etc/passwd", *pair]
        folder = tmp_path_factory.mktemp("pack")
        for _ in range(2):
            options = SelectionOptions(TITLE, "先听好的，再听对比。")
            reports.append(render_selection(con, folder, ids, load_libraries(CASES_DIR), options))
        for file in reports[0].clips:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(pages / file, folder / file)

    build_site(given_calls, choose)
    assert reports[0] == reports[1]
    return reports[0]


def test_only_what_was_chosen_is_there(chosen: SelectionReport) -> None:
    folder = chosen.index.parent
    assert [card.link.split("/")[0] for card in chosen.cards] == ["case", "pair"]
    assert len(chosen.clips) == 3
    assert len(list(folder.glob("case/*.html"))) == 3
    assert len(list(folder.glob("pair/*.html"))) == 1
    for page in folder.rglob("*.html"):
        for target in re.findall(r'(?:href|src)="([^"#]+)"', page.read_text(encoding="utf-8")):
            assert (page.parent / target).resolve().is_relative_to(folder)
            assert (page.parent / target).is_file(), (page.name, target)


def test_it_opens_and_plays_from_its_folder(chosen: SelectionReport, page: Page, until: Any) -> None:
    page.goto(chosen.index.as_uri())
    expect(page.locator("h1")).to_have_text(TITLE)
    cards = page.locator("[data-card]")
    expect(cards).to_have_count(2)
    cards.first.locator("a").click()
    page.get_by_role("button", name="快捷键").wait_for()
    until("document.querySelector('audio').readyState >= 1")
    page.keyboard.press(" ")
    until("!document.querySelector('audio').paused")
    page.keyboard.press("n")
    expect(page.locator("h1")).to_contain_text("一好一坏")
    page.get_by_role("link", name="返回").click()
    expect(cards).to_have_count(2)
