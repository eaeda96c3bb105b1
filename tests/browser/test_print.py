"""On paper: words, evidence, what to say instead; no controls."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

CONTROLS = "button:not(.step-seek), audio, select, input, .top, .foot, .lane, dialog, .ways"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_case_is_a_sheet(open_case: Any, page: Page, scheme: Any) -> None:
    open_case("problem", "小孩子")
    page.emulate_media(media="print", color_scheme=scheme)
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_text("换个说法：这一条确实容易看漏")).to_be_visible()
    expect(page.locator("mark.taboo").first).to_be_visible()
    expect(page.locator(".steps")).to_be_visible()
    assert page.locator(CONTROLS).filter(visible=True).count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_pair_is_a_sheet_of_two_columns(open_case: Any, page: Page) -> None:
    open_case("comparison", "年费")
    page.emulate_media(media="print")
    assert page.locator("[data-step]").filter(visible=True).count() == 5
    assert page.locator(CONTROLS).filter(visible=True).count() == 0
    left, right = (page.locator(f"[data-words='{side}']").bounding_box() for side in ("bad", "good"))
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]
    assert left["y"] == right["y"]


def test_the_button_prints(open_case: Any, page: Page) -> None:
    open_case("problem", "小孩子")
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("window.printed") is True
