"""What a visitor chooses and the browser keeps: language, light or dark, favourites; and shortcuts."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

LIGHT, DARK = "rgb(246, 243, 236)", "rgb(21, 23, 26)"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# Text of the page that is not in an element marked as Chinese.
FOREIGN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("[lang=zh-Hans]:not(html), template, noscript, [data-language], .brand")) continue;
    const text = walker.currentNode.textContent.trim();
    if (text) found.push(text);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    if (element.closest("template, [data-language]")) continue;
    for (const name of ["aria-label", "title", "placeholder"]) {
      if (!element.closest("[lang=zh-Hans]:not(html)")) found.push(element.getAttribute(name) || "");
    }
  }
  return found;
}"""


def test_english_switch_reaches_every_word_and_is_remembered(site: Any, page: Page) -> None:
    page.goto(site.url())
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Calls heard: 4, dissatisfied: 3")
    for file in sorted(site.folder.rglob("*.html")):
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.lang") == "en"
        given = {"一组", "二组", "宽带组", "工信部", "一组 · 0:00"}
        found = [text for text in page.evaluate(FOREIGN) if CHINESE.search(text)]
        shown = {text for text in found if not text.startswith(tuple(given)) and "“" not in text}
        assert shown == set(), file
        assert CHINESE.search(page.title()) is None, file
    page.goto(site.url("library/problem.html"))
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_have_text("问题案例")
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"


def test_switching_there_and_back_changes_nothing(site: Any, page: Page) -> None:
    for relative in ("index.html", "library/problem.html"):
        page.goto(site.url(relative))
        before = page.locator("main").inner_text()
        page.get_by_role("button", name="English").click()
        page.get_by_role("button", name="中文").click()
        assert page.locator("main").inner_text() == before


def test_dark_as_the_system_asks_and_as_the_switch_asks(site: Any, page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(site.url())
    assert page.evaluate(BACKGROUND) == LIGHT
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(BACKGROUND) == DARK
    page.get_by_role("button", name="明暗：自动").click()
    assert page.evaluate(BACKGROUND) == LIGHT
    page.goto(site.url("library/problem.html"))
    assert page.evaluate(BACKGROUND) == LIGHT
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="明暗：浅色").click()
    assert page.evaluate(BACKGROUND) == DARK
    page.get_by_role("button", name="明暗：深色").click()
    assert page.evaluate(BACKGROUND) == LIGHT


def test_favourites_are_kept_listed_and_filtered(site: Any, open_case: Any, page: Page) -> None:
    open_case("problem", "小孩子")
    star = page.locator(".head [data-star]")
    expect(star).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("f")
    expect(star).to_have_attribute("aria-pressed", "true")
    page.goto(site.url("library/problem.html"))
    cards = page.locator("[data-card]:visible")
    page.get_by_label("只看收藏").check()
    expect(cards).to_have_count(1)
    page.goto(site.url("library/comparison.html"))
    page.locator("[data-card]", has_text="年费").get_by_role("button", name="收藏").click()
    page.get_by_role("link", name="我的收藏").click()
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("年费：一好一坏")
    cards.first.get_by_role("button", name="取消收藏").click()
    expect(cards).to_have_count(1)
    cards.first.locator("a").click()
    expect(page.locator("h1")).to_contain_text("年费")


def test_favourites_that_are_gone_are_told_of_and_nonsense_is_ignored(site: Any, page: Page) -> None:
    page.goto(site.url())
    kept = '[["case/0123456789abcdef","problem"],["../../etc/passwd","problem"],["case/x","__proto__"],7]'
    page.evaluate("kept => localStorage.setItem('huiting.favourites', kept)", kept)
    page.goto(site.url("favourites.html"))
    expect(page.get_by_text("有 1 个收藏的案例已不在库里。")).to_be_visible()
    page.evaluate("localStorage.setItem('huiting.favourites', '{broken')")
    page.reload()
    expect(page.get_by_text("还没有收藏")).to_be_visible()


def test_shortcuts_are_listed_and_lead_through_the_filtered_list(site: Any, page: Page) -> None:
    page.goto(site.url("library/problem.html"))
    page.get_by_label("业务线").select_option("line/telecom")
    cards = page.locator("[data-card]:visible")
    expect(cards).to_have_count(2)
    titles = cards.locator("h2").all_inner_texts()
    cards.first.locator("a").click()
    heading, ready = page.locator("h1"), page.get_by_role("button", name="快捷键")
    expect(heading).to_have_text(titles[0])
    expect(ready).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("n")
    expect(heading).to_have_text(titles[0])
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(heading).to_have_text(titles[1])
    expect(ready).to_be_visible()
    expect(page.get_by_role("link", name="下一个")).to_be_hidden()
    page.keyboard.press("p")
    expect(heading).to_have_text(titles[0])
    page.get_by_role("link", name="← 问题案例").click()
    expect(cards).to_have_count(2)


def test_evidence_is_reached_by_key_and_steps_by_click(open_case: Any, until: Any, page: Page) -> None:
    open_case("problem", "小孩子")
    now = "document.querySelector('audio').currentTime"
    page.keyboard.press("e")
    first = page.evaluate(now)
    page.keyboard.press("e")
    second = page.evaluate(now)
    assert 0 < first < second
    page.keyboard.press("0")
    assert page.evaluate(now) == 0
    open_case("excellent", "刷满五次")
    page.get_by_role("button", name="送别跟进").click()
    until("document.querySelector('audio').currentTime > 30")
