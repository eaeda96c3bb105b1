"""A comparison in a real browser: two calls side by side, whole or step by step, in turn."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TO_THE_END = (
    "() => { const audio = document.querySelector('audio'); audio.currentTime = audio.duration - 0.3; }"
)
STEPS = ["处理情绪", "诊断问题", "澄清方案", "确认接受", "送别跟进"]


def test_pair_plays_bad_then_good(site: Any, open_case: Any, until: Any, page: Page) -> None:
    page.goto(site.url("library/comparison.html"))
    assert page.locator("[data-card]").count() == 2
    open_case("comparison", "年费")
    sides = page.locator("[data-panel]")
    expect(sides).to_have_count(2)
    expect(sides.first).to_contain_text("处理得不好")
    page.get_by_role("button", name="连着听两通").click()
    until("!document.querySelectorAll('audio')[0].paused")
    assert page.evaluate("document.querySelectorAll('audio')[1].paused")
    page.evaluate(TO_THE_END)
    until("!document.querySelectorAll('audio')[1].paused")


def test_steps_stand_in_rows_bad_left_good_right(open_case: Any, page: Page) -> None:
    open_case("comparison", "年费")
    rows = page.locator("[data-step]")
    assert rows.locator("h3").all_inner_texts() == STEPS
    for index in range(5):
        bad, good = (
            rows.nth(index).locator(f".cell.{side}").first.bounding_box() for side in ("bad", "good")
        )
        assert bad
        assert good
        assert bad["y"] == good["y"]
        assert bad["x"] + bad["width"] <= good["x"] + 1
    answer = rows.first.locator(".answer", has_text="这种问题连小孩子都会")
    expect(answer.locator(".cell.bad")).to_contain_text("您自己看合同")
    expect(answer.locator(".cell.good")).to_contain_text("孙先生")
    expect(answer.locator(".cell.good")).to_contain_text("换个说法：这一条确实容易看漏")


def test_one_step_is_heard_on_both_sides_and_no_further(open_case: Any, until: Any, page: Page) -> None:
    open_case("comparison", "年费")
    step = page.locator("[data-step='emotion']").get_by_role("button", name="听这一步")
    bad_end, good_start = (
        float(value)
        for value in (
            (step.get_attribute("data-bad") or "").split()[1],
            (step.get_attribute("data-good") or "").split()[0],
        )
    )
    step.click()
    until("!document.querySelectorAll('audio')[0].paused")
    page.evaluate("at => { document.querySelector('audio').currentTime = at - 0.3; }", bad_end)
    until("!document.querySelectorAll('audio')[1].paused")
    assert page.evaluate("document.querySelector('audio').currentTime") == pytest.approx(bad_end, abs=0.6)
    assert page.evaluate("document.querySelectorAll('audio')[1].currentTime") >= good_start - 0.1


def test_pausing_one_side_does_not_start_the_other(open_case: Any, until: Any, page: Page) -> None:
    open_case("comparison", "年费")
    page.keyboard.press("t")
    until("!document.querySelectorAll('audio')[0].paused")
    page.keyboard.press(" ")
    until("document.querySelectorAll('audio')[0].paused")
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelectorAll('audio')[1].paused")


def test_words_below_belong_to_their_side(open_case: Any, until: Any, page: Page) -> None:
    open_case("comparison", "年费")
    page.locator("[data-words='good'] .w[data-s]").nth(12).click()
    until("!document.querySelectorAll('audio')[1].paused")
    expect(page.locator("[data-words='good'] .w.now").first).to_be_visible()
    assert page.locator("[data-words='bad'] .w.now").count() <= 1
