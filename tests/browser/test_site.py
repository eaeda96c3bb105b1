"""The pages in a real browser, opened from disk."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_every_link_leads_to_a_page(site: Any) -> None:
    pages = sorted(site.folder.rglob("*.html"))
    assert len(pages) > 8
    for page in pages:
        for target in re.findall(r'(?:href|src)="([^"#]+)"', page.read_text(encoding="utf-8")):
            assert not target.startswith(("http", "//", "/")), (page.name, target)
            assert (page.parent / target).resolve().is_file(), (page.name, target)


def test_overview_tells_the_night(site: Any, page: Page) -> None:
    page.goto(site.url())
    expect(page.locator("h1")).to_have_text("听了 4 通电话，3 通有不满")
    expect(page.get_by_role("link", name="去听")).to_have_count(1)
    page.get_by_role("navigation").get_by_role("link", name="问题案例").click()
    expect(page.locator("h1")).to_have_text("问题案例")


def test_playing_moves_the_highlighted_word(open_case: Any, until: Any, page: Page) -> None:
    open_case("problem", "小孩子")
    page.get_by_role("button", name="播放或暂停").click()
    until("document.querySelector('audio').currentTime > 0.6")
    first = page.locator(".w.now").first.evaluate("e => Number(e.dataset.s)")
    now = page.evaluate("document.querySelector('audio').currentTime")
    assert first <= now
    until("at => Number((document.querySelector('.w.now') || {dataset: {s: 0}}).dataset.s) > at", first)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="播放或暂停").click()
    assert page.evaluate("document.querySelector('audio').paused")


def test_click_on_a_word_plays_from_there(open_case: Any, until: Any, page: Page) -> None:
    open_case("problem", "小孩子")
    word = page.locator(".w[data-s]", has_text="孩子").first
    wanted = float(word.get_attribute("data-s") or "nan")
    word.click()
    until("at => Math.abs(document.querySelector('audio').currentTime - at) < 1.5", wanted)
    assert wanted > 5
    expect(page.locator(".w.now").first).to_be_visible()


def test_keyboard_plays_moves_and_changes_speed(open_case: Any, until: Any, page: Page) -> None:
    open_case("problem", "小孩子")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.querySelector('audio').currentTime") == pytest.approx(3, abs=0.2)
    page.keyboard.press("+")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.25
    page.keyboard.press(" ")
    until("!document.querySelector('audio').paused")


def test_evidence_replacement_and_silenced_data_are_shown(open_case: Any, until: Any, page: Page) -> None:
    open_case("problem", "小孩子")
    expect(page.locator("mark.taboo", has_text="孩子").first).to_be_visible()
    expect(page.get_by_text("换个说法：这一条确实容易看漏")).to_be_visible()
    expect(page.locator("mark.pii").first).to_be_visible()
    expect(page.get_by_text("个人信息已静音 2 处")).to_be_visible()
    assert page.get_by_text("A1001").count() == 0


def test_filters_narrow_the_list_and_survive_going_back(site: Any, page: Page) -> None:
    page.goto(site.url("library/problem.html"))
    cards = page.locator("[data-card]:visible")
    assert cards.count() == 3
    page.get_by_label("搜索").fill("小孩子")
    expect(cards).to_have_count(1)
    page.get_by_label("搜索").fill("")
    page.get_by_label("班组").select_option("宽带组")
    expect(cards).to_have_count(1)
    page.get_by_label("搜索").fill("查无此事")
    expect(cards).to_have_count(0)
    expect(page.get_by_text("没有符合条件的案例")).to_be_visible()
    page.get_by_label("搜索").fill("")
    cards.first.locator("a").first.click()
    page.go_back()
    expect(cards).to_have_count(1)
    page.get_by_role("button", name="清除").click()
    expect(cards).to_have_count(3)


@pytest.mark.parametrize("width", [360, 768])
def test_nothing_is_wider_than_the_screen(site: Any, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 780})
    for relative in (
        "index.html",
        "library/problem.html",
        *(f"{p.parent.name}/{p.name}" for p in site.folder.glob("*/*.html")),
    ):
        page.goto(site.url(relative))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, relative
