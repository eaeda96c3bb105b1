"""Markup, scripts and paths in every field that comes from outside: nothing runs, nothing lies elsewhere."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from warehouse.connect import Connection

pytestmark = pytest.mark.browser

HOSTILE = "</script><script>window.owned = 1</script><img src=x onerror=window.owned=1>\u2028{{ 7*7 }}"
QUOTED = "\"'><svg onload=window.owned=1> onmouseover=window.owned=1 javascript:window.owned=1"
PATH = "../../../../../tmp/huiting-owned"
OURS = re.compile(
    r"(index|favourites)\.html|library/[a-z0-9_]+\.html|(case|pair)/[0-9a-f]{16}\.html"
    r"|(assets|data)/[a-z_-]+\.[0-9a-f]{8}\.(js|css|svg)|clips/[0-9a-f]{2}/[0-9a-f]{16}\.(ogg|vtt)"
)
ELEMENTS = "[...new Set([...document.querySelectorAll('body *')].map(e => e.localName))].sort()"


def _hostile(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every field of the manifest, every word, every finding's free text."""
    calls = copy.deepcopy(calls)
    for number, call in enumerate(calls):
        call["call_id"] = f"{PATH}{number}{HOSTILE}{QUOTED}"
        call["team"] = ("__proto__", HOSTILE + QUOTED)[number % 2]
        call["agent_id"] = call["line_of_business"] = HOSTILE + QUOTED
        for line in call["turns"]:
            line[2] += HOSTILE + QUOTED
        for entry in call.get("taboo", []):
            entry["phrase"] = entry["replacement"] = HOSTILE + QUOTED
        for entry in call.get("escalation", []):
            entry["body"] = HOSTILE + QUOTED
        for entry in call.get("cause", []):
            entry["sub"] = (HOSTILE + QUOTED, "constructor", "cause/fees")[number % 3]
        for entry in call.get("behaviour", []):
            entry["id"] = HOSTILE + QUOTED
        if "score" in call:
            call["score"]["parts"] = [["control", "forbidden", HOSTILE + QUOTED, -20.0]]
    return calls


def _everywhere_else(con: Connection, _: Any) -> None:
    """What other parts may have written: reasons, ids of cases, names of files, of queues, of customers."""
    text, path = HOSTILE + QUOTED, PATH + HOSTILE
    con.execute("UPDATE library_case SET reason = reason || ?", [text])
    con.execute("UPDATE call SET queue = ?, customer_key = ?, direction = ?", [text, text, text])
    con.execute("UPDATE turn SET role = ? WHERE turn_index = 3", ['unknown"><script>window.owned=1</script>'])
    con.execute("UPDATE clip SET file = ? WHERE case_id = (SELECT min(case_id) FROM clip)", [path])
    con.execute("UPDATE library_case SET case_id = ? WHERE case_id = (SELECT max(case_id) FROM clip)", [path])
    con.execute("UPDATE library_case SET pair_key = ? || pair_key WHERE pair_key IS NOT NULL", [path])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_text_stays_text(hostile: Any, site: Any, page: Page, language: str) -> None:
    known: set[str] = set()
    for file in sorted(site.folder.rglob("*.html")):
        page.goto(file.as_uri())
        known |= set(page.evaluate(ELEMENTS))
    page.evaluate("language => localStorage.setItem('huiting.language', language)", language)
    for file in sorted(hostile.folder.rglob("*.html")):
        page.goto(file.as_uri())
        page.wait_for_timeout(20)
        assert page.evaluate("window.owned") is None, file
        assert set(page.evaluate(ELEMENTS)) <= known, file
        assert page.locator("script:not([src]), [onerror], [onload], [onmouseover]").count() == 0, file
        for link in page.evaluate(
            "[...document.querySelectorAll('[href], [src]')].map(e => e.href || e.src)"
        ):
            assert link.startswith(hostile.folder.as_uri() + "/") or link == "", link
            assert OURS.fullmatch(link.removeprefix(hostile.folder.as_uri() + "/").split("#")[0]), link


@pytest.fixture(scope="session")
def hostile(build_site: Callable[..., Any], given_calls: list[dict[str, Any]]) -> Any:
    return build_site(_hostile(given_calls), _everywhere_else)


def test_no_file_lies_where_a_name_wants_it(hostile: Any) -> None:
    files = [path for path in hostile.folder.parent.rglob("*") if path.is_file()]
    for path in files:
        if path.suffix != ".wav":
            assert OURS.fullmatch(path.relative_to(hostile.folder).as_posix()), path
    assert not list(hostile.folder.parents[2].glob("huiting-owned*"))


def test_filters_and_search_work_on_hostile_text(hostile: Any, page: Page) -> None:
    page.goto(hostile.url("library/problem.html"))
    shown = page.locator("[data-card]:visible")
    everything = shown.count()
    assert everything == 3
    page.get_by_label("班组").select_option("__proto__")
    expect(shown).not_to_have_count(everything)
    assert shown.count() > 0
    page.get_by_label("班组").select_option("")
    page.get_by_label("原因").select_option(HOSTILE + QUOTED)
    page.get_by_label("原因").select_option("")
    page.get_by_label("搜索").fill("<script>window.owned")
    page.wait_for_timeout(300)
    assert shown.count() == everything
    assert page.evaluate("window.owned") is None
