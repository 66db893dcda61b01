"""`python -m tests.pages.screenshots`: a picture of every page, in docs/pages."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.meltano.project_copy import ROOT
from tests.pages.places import NAMES, visit
from tests.pages.service import Service, chromium, logged_in, service, until_loaded

FOLDER = ROOT / "docs" / "pages"
DARK = ("connections", "platforms")
PHONE = ("connections", "platforms")
WINDOW: dict[str, object] = {"viewport": {"width": 1200, "height": 760}, "color_scheme": "light"}
PICTURE: dict[str, object] = {"type": "jpeg", "quality": 70}


def take_login(browser: Browser, address: str, folder: Path) -> None:
    """Writes the picture of the page that everybody sees first."""
    page = browser.new_context(base_url=address, **WINDOW).new_page()  # type: ignore[arg-type] # of Playwright's words
    page.goto("/login")
    page.screenshot(path=folder / "login.jpg", **PICTURE)  # type: ignore[arg-type]


def take(browser: Browser, at: Service, folder: Path) -> None:
    """Writes the pictures, once the sample connections are loaded."""
    take_login(browser, at.address, folder)
    page = logged_in(browser, at, **WINDOW)
    until_loaded(page)
    picture = PICTURE
    for name in NAMES:
        visit(page, name)
        page.screenshot(path=folder / f"{name}.jpg", **picture)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    for name in DARK:
        visit(page, name)
        page.screenshot(path=folder / f"{name}-dark.jpg", **picture)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 390, "height": 780})
    page.emulate_media(color_scheme="light")
    for name in PHONE:
        visit(page, name)
        page.screenshot(path=folder / f"{name}-phone.jpg", **picture)  # type: ignore[arg-type]


def main() -> None:
    """Starts the service, or takes the pictures of one that runs: `ADDRESS PASSWORD`."""
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        if len(sys.argv) == 3:
            return take(browser, Service(sys.argv[1], sys.argv[2]), FOLDER)
        with tempfile.TemporaryDirectory() as folder, service(Path(folder), people=200) as at:
            take(browser, at, FOLDER)
    return None


if __name__ == "__main__":
    main()
