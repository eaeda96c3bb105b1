"""What all tests share: one real headless Chromium, and properties that no clock fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip

settings.register_profile("huiting", deadline=None)
settings.load_profile("huiting")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = next((path for path in BROWSERS if Path(path).exists()), None)
    if found is None:
        pytest.fail(f"no browser: install Debian's chromium (looked for {', '.join(BROWSERS)})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
