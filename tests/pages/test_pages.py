"""Somebody connects, syncs, follows the run and sees rows; and axe finds nothing serious on any page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.pages.places import NAMES, visit
from tests.pages.service import SECONDS, Service, chromium, complaints, logged_in, service, until_loaded

MILLISECONDS = SECONDS * 1000


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(tmp_path_factory.mktemp("service")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def page(browser: Browser, at: Service) -> Iterator[Page]:
    found = logged_in(browser, at)
    complained = complaints(found)
    until_loaded(found)
    yield found
    assert complained == []


def test_somebody_connects_syncs_and_sees_rows(page: Page) -> None:
    page.goto("/connections/stripe/settings")
    page.get_by_text("Further settings").first.click()
    said = page.locator("code", has_text="api_url=").inner_text()
    page.goto("/platforms")
    page.get_by_label("Search").fill("stripe")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d of "), timeout=MILLISECONDS)
    page.get_by_role("link", name="Stripe", exact=True).click()
    page.get_by_role("link", name="Connect", exact=True).click()
    page.get_by_label("Name of the connection").fill("second")
    page.get_by_label("Restricted API key").fill("rk_test_wrong")
    page.get_by_text("Further settings").first.click()
    page.get_by_label("Further settings").fill(f"{said}\nallow_insecure=true")
    page.get_by_role("button", name="Test and save").click()
    expect(page.get_by_role("alert")).to_be_visible(timeout=MILLISECONDS)
    page.get_by_label("Restricted API key").fill("rk_test_engarde")
    page.get_by_text("Further settings").first.click()
    page.get_by_label("Further settings").fill(f"{said}\nallow_insecure=true")
    page.get_by_label("Hold its rows back").check()
    page.get_by_role("button", name="Test and save").click()
    expect(page.get_by_role("status").first).to_contain_text("Connected", timeout=MILLISECONDS)
    page.get_by_role("button", name="Load now").click()
    expect(page.locator(".log li").first).to_be_visible(timeout=MILLISECONDS)
    expect(page.get_by_role("status")).to_contain_text("done", timeout=MILLISECONDS)
    expect(page.get_by_role("region", name="Tables of this run")).to_be_visible()
    page.goto("/data/raw/stripe/charges")
    expect(page.locator("tbody tr").first).to_be_visible()


def test_what_is_held_back_is_previewed_and_included(page: Page) -> None:
    """The account is the first connection's once more, so that everybody of it is known."""
    page.goto("/imports/second/customers")
    expect(page.locator("dl")).to_contain_text("One with others")
    expect(page.get_by_role("region", name="Both records").first).to_contain_text("stripe second")
    page.get_by_text("Include", exact=True).click()
    page.get_by_role("button", name="Include them").click()
    expect(page.get_by_role("status")).to_contain_text("done", timeout=MILLISECONDS)
    page.goto("/data/unified/payments?where=connection_id%3Dsecond")
    expect(page.locator("tbody tr").first).to_be_visible()


def test_somebody_settles_a_pair_and_the_unified_table_changes(page: Page) -> None:
    page.goto("/review")
    card = page.locator("main section.card").first
    one, other = (card.locator("tr", has_text="customer now").locator("a").nth(place) for place in (0, 1))
    keys = [str(each.get_attribute("href")).rpartition("/")[2] for each in (one, other)]
    card.get_by_label("Why").fill("asked them")
    card.get_by_role("button", name="They are one").click()
    expect(page.get_by_role("status")).to_contain_text("Decided")
    page.goto("/runs")
    page.locator("tr", has_text="decision").first.locator('a[href^="/runs/"]').first.click()
    expect(page.get_by_role("status")).to_contain_text("done", timeout=MILLISECONDS)
    states = []
    for key in keys:
        page.goto(f"/customers/{key}")
        states.append(page.locator(".lead").inner_text())
    assert sorted("merged" in each for each in states) == [False, True], states
    page.goto("/decisions")
    page.locator("tr", has_text="asked them").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Undone")


def test_everything_works_without_script(browser: Browser, at: Service) -> None:
    page = logged_in(browser, at, java_script_enabled=False)
    page.goto("/platforms")
    page.get_by_label("Search").fill("hubspot")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_contain_text("1 of")
    page.goto("/connections")
    page.get_by_role("button", name="Load now").first.click()
    expect(page.get_by_role("heading", name="Log")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_serious(page: Page, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of two words
    visit(page, name)
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_before_a_login(browser: Browser, at: Service, scheme: str) -> None:
    page = browser.new_context(base_url=at.address, color_scheme=scheme).new_page()  # type: ignore[arg-type]
    page.goto("/login")
    assert_accessible(page)


def assert_accessible(page: Page) -> None:
    """Fails where axe finds something serious on the page."""
    found = Axe().run(page).response["violations"]
    serious = [
        (each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in {"serious", "critical"}
    ]
    assert serious == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wider_than_a_phone(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    visit(page, name)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 800})
    assert wider <= 0
