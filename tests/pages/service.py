"""`make serve` in a copy of the project, and a browser that is logged in to it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from demo.serve import OWNER, TENANT
from tests.meltano.project_copy import ROOT, copy_project
from tests.servers import free_port

SECONDS = 300


@dataclass(frozen=True)
class Service:
    """Where the pages are, and the first login's password."""

    address: str
    password: str


@contextmanager
def service(folder: Path, people: int = 40) -> Iterator[Service]:
    """The service with its pretend business until the end of the block."""
    root, port = copy_project(folder), free_port()
    command = [sys.executable, "-m", "demo.serve", "--port", str(port), "--people", str(people), "--root", str(root)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("ENGARDE_") or "SPECS" in name}
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**own, "COLUMNS": "300"}, cwd=ROOT)
    try:
        address = f"http://127.0.0.1:{port}"
        _until_ready(address, process, log)
        found = re.search(rf"log in as {OWNER} with (\S+)", log.read_text())
        assert found, log.read_text()
        yield Service(address, found[1])
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(90)
        finally:
            process.kill()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The distribution's own Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise RuntimeError("there is no Chromium: `make pages-setup` installs Debian's")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def logged_in(browser: Browser, at: Service, **how: object) -> Page:
    """A page of the owner's, after the login form was filled in."""
    page = browser.new_context(base_url=at.address, **how).new_page()  # type: ignore[arg-type] # of Playwright's words
    page.goto("/login")
    page.get_by_label("Workspace").fill(TENANT)
    page.get_by_label("E-mail address").fill(OWNER)
    page.get_by_label("Password", exact=True).fill(at.password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/connections")
    return page


def complaints(page: Page) -> list[str]:
    """What the page's scripts and the browser complain of from now on, the refusals of the content policy with it.

    Forms that were refused are answered with their own page and a 4xx, which the browser tells too.
    """
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("console", lambda said: found.append(f"{page.url}: {said.text}") if _loud(said) else None)
    return found


def until_loaded(page: Page) -> None:
    """Waits until every first load is over and built: the pages of what was reconciled have something to show."""
    deadline = time.monotonic() + 3 * SECONDS
    page.goto("/runs")
    first = page.locator("tbody tr", has_text="person")
    while first.filter(has_text=re.compile("running|waits")).count():
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        page.wait_for_timeout(5000)
        page.reload()
    assert first.count() and not first.filter(has_text="failed").count(), page.locator("main").inner_text()


def _loud(said: ConsoleMessage) -> bool:
    return said.type in ("warning", "error") and not said.text.startswith("Failed to load resource")


def _until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if requests.get(f"{address}/ready", timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.3)
    raise AssertionError(log.read_text())
