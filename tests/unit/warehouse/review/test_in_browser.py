"""Judging in a real headless Chromium: keys, listening, a double click, dark and light, what axe says."""

import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from warehouse.label_store import LabelStore
from warehouse.label_targets import CASE, CAUSE, TABOO

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium, server):
    """A page of the local reviewer; a script that throws or anything blocked fails the test."""
    troubles: list[str] = []
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN")
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda line: troubles.append(line.text) if line.type == "error" and "404" not in line.text else None,
    )
    page.goto(server("qa01").url + "/start?token=let-me-in")
    page.wait_for_url("**/queue")
    yield page
    context.close()
    assert troubles == []


def stored(data):
    return [row for table in (TABOO, CAUSE, CASE) for row in LabelStore(data / "lake").rows(table)]


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html']}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def begin(page: Page) -> None:
    page.get_by_role("button", name="开始评").click()
    page.wait_for_url("**/judge/**")


def heard_s(page: Page, at_least_s: float) -> float:
    """The second that is playing, as soon as it is late enough."""
    deadline_s = time.monotonic() + 15
    while (now_s := page.evaluate("document.querySelector('audio').currentTime")) < at_least_s:
        assert time.monotonic() < deadline_s, now_s
        page.wait_for_timeout(50)
    return now_s


def test_a_case_is_heard_and_judged_by_keys(page: Page, data: Path) -> None:
    page.get_by_label("种类").select_option("案例")
    page.get_by_role("button", name="筛选").click()
    begin(page)
    expect(page.locator("h1")).to_have_text("问题案例")
    page.locator("[data-listen][data-ready]").wait_for()
    page.keyboard.press("Space")
    assert heard_s(page, 0.3) < 4
    expect(page.locator(".turn.speaking")).to_have_count(1)
    page.locator("[data-turn].customer [data-seek]").click()
    heard_s(page, 4)
    page.keyboard.press("n")
    page.keyboard.type("1 说得不清楚")
    page.keyboard.press("Escape")
    assert stored(data) == [], "a digit typed in a note judges nothing"
    page.keyboard.press("2")
    page.wait_for_url("**/queue?**")
    [row] = stored(data)
    assert (row["verdict"], row["note"], row["labelled_by"]) == ("wrong", "1 说得不清楚", "qa01")
    page.goto(page.url.split("/queue")[0] + "/audit")
    expect(page.get_by_role("status")).to_have_text("记录完整，没有被改动。")
    deeds = page.locator("tbody td:nth-child(4)").all_inner_texts()
    assert {"登录", "看", "取声音", "播放", "评"} <= set(deeds)


def test_a_double_click_judges_once_and_back_does_not_judge_again(page: Page, data: Path) -> None:
    begin(page)
    first = page.url
    page.locator('button[value="right"]').dblclick()
    page.wait_for_url(lambda url: url != first and "/judge/" in url)
    assert len(stored(data)) == 1
    page.goto(first)
    expect(page.locator("h1")).to_have_text("这一条您已经评过")
    page.get_by_role("link", name="打开这一条").click()
    expect(page.locator(".history li")).to_have_count(1)


def test_axe_finds_no_serious_fault_in_light_and_dark(page: Page) -> None:
    base = page.url.split("/queue")[0]

    def look() -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert serious(page) == [], (page.url, scheme)

    look()
    begin(page)
    look()
    page.locator('button[value="unsure"]').click()
    for path in ("/audit", "/login", "/disputed"):
        page.goto(base + path)
        look()
    page.locator("tbody a").first.click()
    expect(page.get_by_role("button", name="终审")).to_be_visible()
    look()


def test_it_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    begin(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
