"""Nobody is left out: axe finds no serious fault on any kind of page, light and dark, Chinese and English."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
CHECK = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


@pytest.fixture(params=["light", "dark"])
def lit(request: Any, chromium: Browser) -> Iterator[Page]:
    """A page that lets axe in: our pages' policy forbids scripts that are not theirs."""
    context = chromium.new_context(
        bypass_csp=True, color_scheme=request.param, viewport={"width": 1280, "height": 860}
    )
    yield context.new_page()
    context.close()


def _kinds(folder: Path) -> dict[str, str]:
    """One page of each kind, those that show most."""
    cases = sorted(folder.glob("case/*.html"), key=lambda page: page.stat().st_size)
    pairs = sorted(folder.glob("pair/*.html"), key=lambda page: page.stat().st_size)
    return {
        "overview": "index.html",
        "library": "library/problem.html",
        "favourites": "favourites.html",
        "case": f"case/{cases[-1].name}",
        "pair": f"pair/{pairs[-1].name}",
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_no_serious_fault(site: Any, lit: Page, language: str) -> None:
    kinds = _kinds(site.folder)
    lit.goto(site.url())
    lit.evaluate("language => localStorage.setItem('huiting.language', language)", language)
    lit.goto(site.url(kinds["case"]))
    lit.locator("[data-help-open]").wait_for()
    lit.keyboard.press("f")
    faults: list[str] = []
    for kind, relative in kinds.items():
        lit.goto(site.url(relative))
        for details in lit.locator("details").all():
            details.evaluate("element => { element.open = true; }")
        lit.add_script_tag(path=AXE)
        for fault in lit.evaluate(CHECK):
            if fault["impact"] in ("serious", "critical"):
                first = fault["nodes"][0]
                faults.append(f"{kind}: {fault['id']}: {first['html'][:160]} {first['failureSummary']}")
    assert faults == []


def test_shortcut_list_has_no_serious_fault(site: Any, lit: Page) -> None:
    lit.goto(site.url(_kinds(site.folder)["case"]))
    lit.locator("[data-help-open]").wait_for()
    lit.keyboard.press("?")
    lit.add_script_tag(path=AXE)
    assert [f for f in lit.evaluate(CHECK) if f["impact"] in ("serious", "critical")] == []


def test_everything_is_reached_by_tab(site: Any, lit: Page) -> None:
    """Every control that a pointer can use takes the focus, in the order of the page."""
    lit.goto(site.url("library/problem.html"))
    reached: list[str] = []
    for _ in range(60):
        lit.keyboard.press("Tab")
        reached.append(lit.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
    controls = ("data-language", "data-theme-switch", 'name="text"', 'name="sort"', "data-star", "data-f=")
    for control in controls:
        assert any(control in each for each in reached), control


def test_dark_colours_are_the_same_whoever_asks(site: Any) -> None:
    (sheet,) = site.folder.glob("assets/base.*.css")
    blocks = re.findall(r"data-theme[^{]*\{([^}]*--paper[^}]*)\}", sheet.read_text(encoding="utf-8"))
    asked, chosen = ([" ".join(line.split()) for line in block.strip().splitlines()] for block in blocks)
    assert asked == chosen
