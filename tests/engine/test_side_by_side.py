"""What runs at once: as much as the account permits, never more, and nothing that is not worth its request."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.vendor import STREAM, Asked, platform, run, vendor

PAGES = STREAM + "    pages: {kind: number, send: page, size: {limit: 3}}\n"
OFFSETS = STREAM + "    pages: {kind: offset, send: skip}\n"
MANY = "streams:\n" + "".join(STREAM.removeprefix("\nstreams:\n").replace("items", f"items{n}") for n in range(12))


class Crowd:
    """Counts the requests that are under way at once."""

    def __init__(self, answer: Callable[[Asked], Any]) -> None:
        self._answer, self._lock = answer, threading.Lock()
        self.now = self.most = 0

    def __call__(self, asked: Asked) -> Any:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self._lock:
            self.now -= 1
        return self._answer(asked)


def pages(sizes: list[int]) -> Callable[[Asked], Any]:
    """Numbered pages of these sizes, then empty ones."""

    def answer(asked: Asked) -> Any:
        number = int(asked.params["page"])
        size = sizes[number - 1] if number <= len(sizes) else 0
        return {"data": [{"id": f"{number}-{n}"} for n in range(size)]}

    return answer


@pytest.mark.parametrize("most", [1, 3])
def test_no_more_requests_are_under_way_than_the_setting_allows(tmp_path, most):
    crowd = Crowd(lambda asked: {"data": [{"id": asked.path}]})
    with vendor(crowd) as found:
        told = run(platform(tmp_path / "acme", MANY), found.url, max_concurrency=most)
    assert len(told.of("RECORD")) == 12
    assert crowd.most == most


def test_a_login_fetches_its_token_though_no_other_request_may_run_beside(tmp_path):
    login = """
auth:
  app:
    kind: oauth2
    docs: https://acme.example/docs/oauth
    token: https://api.acme.example/token
    grant: client_credentials
    client: basic
    refresh: none
http: {base: https://api.acme.example}
"""

    def answer(asked: Asked) -> Any:
        return {"access_token": "t", "expires_in": 3600} if asked.path == "/token" else {"data": [{"id": "1"}]}

    with vendor(answer) as found:
        settings = {"client_id": "c", "client_secret": "s", "auth_url": f"{found.url}/token"}
        told = run(platform(tmp_path / "acme", MANY, auth=login), found.url, max_concurrency=1, **settings)
    assert (told.code, len(told.of("RECORD"))) == (0, 12)


def test_pages_whose_number_nobody_tells_are_fetched_side_by_side(tmp_path):
    crowd = Crowd(pages([3] * 40))
    with vendor(crowd) as found:
        told = run(platform(tmp_path / "acme", PAGES), found.url)
    assert told.ids("items") == [f"{page}-{n}" for page in range(1, 41) for n in range(3)]
    assert crowd.most > 4
    assert len(found.asked) <= 41 + 7


@pytest.mark.parametrize(("sizes", "most"), [([], 1), ([2], 2), ([3, 1], 3), ([3, 3, 1], 4), ([3, 3, 3, 1], 7)])
def test_a_short_list_costs_hardly_a_request_more(tmp_path, sizes, most):
    with vendor(pages(sizes)) as found:
        told = run(platform(tmp_path / "acme", PAGES), found.url)
    assert len(told.ids("items")) == sum(sizes)
    assert len(found.asked) <= most


def test_a_short_page_amid_the_list_loses_nothing_where_positions_are_counted(tmp_path):
    sizes = [3, 3, 3, 2, 3, 3, 3, 3]

    def answer(asked: Asked) -> Any:
        skip, before = int(asked.params["skip"]), 0
        for size in sizes:
            if skip < before + size:
                return {"data": [{"id": str(n)} for n in range(skip, before + size)]}
            before += size
        return {"data": []}

    with vendor(answer) as found:
        told = run(platform(tmp_path / "acme", OFFSETS), found.url)
    assert told.ids("items") == [str(n) for n in range(sum(sizes))]


def test_pages_that_hold_less_than_was_asked_for_are_not_guessed_at(tmp_path):
    with vendor(pages([2, 2, 2])) as found:
        told = run(platform(tmp_path / "acme", PAGES), found.url)
    assert (len(told.ids("items")), len(found.asked)) == (6, 4)


def test_a_page_past_the_end_that_is_refused_spoils_nothing(tmp_path):
    def answer(asked: Asked) -> Any:
        return (500, {"error": "no such page"}) if int(asked.params["page"]) > 6 else pages([3] * 5)(asked)

    with vendor(answer) as found:
        told = run(platform(tmp_path / "acme", PAGES), found.url)
    assert (told.code, len(told.ids("items"))) == (0, 15)


@pytest.mark.parametrize("total", ["", ", total: {pages: pages}"])
def test_newest_first_no_page_is_asked_for_before_the_one_in_front_of_it_was_answered(tmp_path, total):
    def answer(asked: Asked) -> Any:
        number = int(asked.params["page"])
        rows = [{"id": f"{number}-{n}", "at": "2026-03-01T08:15:00Z"} for n in range(3 if number <= 12 else 0)]
        return {"data": rows, "pages": 12}

    dated = PAGES.replace("{id: string!, n: integer}", "{id: string!, at: datetime!}")
    words = dated.replace("{limit: 3}", "{limit: 3}" + total) + "    cursor: {field: at, order: newest_first}\n"
    crowd = Crowd(answer)
    with vendor(crowd) as found:
        told = run(platform(tmp_path / "acme", words), found.url)
    assert len(told.ids("items")) == 36
    assert crowd.most == 1
