"""Every page of the service, by the name of its picture."""

from __future__ import annotations

from playwright.sync_api import Page

PLACES = {
    "platforms": "/platforms",
    "platform": "/platforms/stripe",
    "connect": "/platforms/stripe/connect",
    "connections": "/connections",
    "connection": "/connections/stripe",
    "timeline": "/connections/stripe/timeline",
    "schedule": "/connections/stripe/schedule",
    "connection-login": "/connections/stripe/login",
    "settings": "/connections/stripe/settings",
    "runs": "/runs",
    "webhooks": "/webhooks",
    "alerts": "/alerts",
    "tables": "/data",
    "rows": "/data/raw/stripe/charges",
    "imports": "/imports",
    "import": "/imports/hubspot/customers",
    "customers": "/customers",
    "review": "/review",
    "decisions": "/decisions",
    "findings": "/findings",
    "quality": "/quality",
    "monitoring": "/monitoring",
    "people": "/people",
    "keys": "/keys",
    "audit": "/audit",
    "account": "/account",
}

FIRST_OF = {
    "run": ("/runs", 'tbody a[href^="/runs/"]'),
    "customer": ("/customers", 'tbody a[href^="/customers/"]'),
}
"""Pages of one thing: the list that leads to it, and its link there."""
NAMES = [*PLACES, *FIRST_OF]


def visit(page: Page, name: str) -> None:
    """Goes to a page by its name."""
    if name in PLACES:
        page.goto(PLACES[name])
        return
    path, link = FIRST_OF[name]
    page.goto(path)
    href = page.locator(link).first.get_attribute("href")
    assert href, page.locator("main").inner_text()
    page.goto(href)
