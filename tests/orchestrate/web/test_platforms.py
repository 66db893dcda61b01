"""The marketplace, for everybody; and errors, as pages for browsers alone."""

from __future__ import annotations

import pytest

from orchestrate.connections import offered
from orchestrate.people.roles import Role
from taps.registry import AdapterRegistry
from tests.orchestrate.web.conftest import Visit


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three platforms stand for all: reading every manifest takes seconds."""
    monkeypatch.setattr(AdapterRegistry, "list_platforms", lambda *_: ["hubspot", "stripe", "bigquery"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"hubspot", "stripe", "bigquery"}),
        ("?q=strip", {"stripe"}),
        ("?q=contacts+nobody", set()),
        ("?category=crm", {"hubspot"}),
        ("?login=oauth2", {"hubspot"}),
        ("?webhooks=true&category=payments", {"stripe"}),
    ],
)
def test_platforms_are_found(visit: Visit, three: None, query: str, found: set[str]) -> None:
    answer = visit().get(f"/platforms{query}")
    assert answer.status_code == 200
    assert {name for name in ("hubspot", "stripe", "bigquery") if f'href="/platforms/{name}"' in answer.text} == found
    assert ("Nothing fits" in answer.text) is not bool(found)


def test_the_api_finds_what_the_page_finds(visit: Visit, three: None) -> None:
    items = visit().get("/api/v1/platforms?q=strip&incremental=true").json()["items"]
    assert [each["platform"] for each in items] == ["stripe"]
    assert items[0]["evidence"] == offered.offer("stripe").evidence
    assert 0 < items[0]["incremental"] <= items[0]["streams"]


def test_a_platform_tells_its_tables_limits_and_logins(visit: Visit) -> None:
    text = visit().get("/platforms/stripe").text
    for told in ("charges", "Restricted API key", "amount", "Limits"):
        assert told in text
    assert "/platforms/stripe/connect" not in visit(Role.VIEWER).get("/platforms/stripe").text
    assert "/platforms/stripe/connect" in visit(Role.EDITOR).get("/platforms/stripe").text


def test_what_is_not_there_is_a_page_for_browsers_and_a_problem_for_programs(visit: Visit) -> None:
    page = visit().get("/platforms/strype")
    assert page.status_code == 404 and page.headers["content-type"].startswith("text/html")
    assert "did you mean" in page.text and "<h1>Not Found</h1>" in page.text
    program = visit().get("/platforms/strype", headers={"Accept": "*/*"})
    assert program.headers["content-type"] == "application/problem+json" and program.json()["status"] == 404
    assert visit().get("/nothing/here").status_code == 404


def test_what_a_visitor_types_is_shown_and_not_run(visit: Visit, three: None) -> None:
    text = visit().get("/platforms", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text


@pytest.mark.parametrize("path", ["/platforms", "/platforms/stripe", "/login", "/invitation", "/nothing"])
def test_every_page_forbids_foreign_and_inline_code(visit: Visit, three: None, path: str) -> None:
    answer = visit().get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in answer.text and "<style" not in answer.text and " onclick" not in answer.text


@pytest.mark.parametrize("path", ["/static/engarde.css", "/static/htmx/htmx.min.js", "/static/htmx/ext/sse.js"])
def test_the_files_that_pages_need_are_served(visit: Visit, path: str) -> None:
    assert visit().get(path).status_code == 200
