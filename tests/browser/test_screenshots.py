"""The pictures of the docs are what the pages look like: taken from the tests' own site, on request.

HUITING_SCREENSHOTS=1 writes docs/images; without it a picture is taken and thrown away, so that a run of the
tests leaves the checkout as it was.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
MAX_BYTES = 300_000
PICTURES = {
    "overview": ("index.html", ""),
    "library": ("library/problem.html", ""),
    "case": ("problem", "小孩子"),
    "pair": ("comparison", "年费"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_of_the_docs(site: Any, open_case: Any, page: Page, tmp_path: Path, name: str) -> None:
    where, text = PICTURES[name]
    page.set_viewport_size({"width": 1200, "height": 900})
    if text:
        open_case(where, text)
        page.locator(".w[data-s]", has_text="孩子").first.hover()
    else:
        page.goto(site.url(where))
        page.locator("[data-switches]").wait_for()
    folder = IMAGES if os.environ.get("HUITING_SCREENSHOTS") == "1" else tmp_path
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=folder / f"{name}.png", animations="disabled")
    assert 10_000 < (folder / f"{name}.png").stat().st_size <= MAX_BYTES
    assert (IMAGES / f"{name}.png").is_file(), "take it: HUITING_SCREENSHOTS=1 pytest tests/browser"
