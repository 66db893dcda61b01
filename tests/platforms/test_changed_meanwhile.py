"""A record that is changed while its list is read moves to another place in it, and may let the next one slip to a page
that was read already. The orders in which these vendors' lists are read lose none of it; other orders do.
"""

import copy
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.fixtures.asked import Answered, Asked
from taps.engine.load import PLATFORMS
from tests.conformance.bench import Bench, bench, keys_of
from tests.conformance.clock import START

SIZE = 2
"""Records a page: few, whatever the tap asks for."""
Moments = dict[int, datetime]
"""When each record was last changed, by its id."""


@dataclass(frozen=True)
class Listed:
    """How a vendor lists a kind of record: where, which of them in which order for a request, and as what."""

    platform: str
    stream: str
    path: str
    chosen: Callable[[Moments, dict[str, Any]], list[int]]
    answer: Callable[[list[dict[str, Any]], int], Any]
    record: Callable[[int, datetime], dict[str, Any]]

    def page(self, moments: Moments, params: dict[str, Any]) -> Answered:
        ids = self.chosen(moments, params)
        first = int(params.get("start") or SIZE * (int(params.get("page", 1)) - 1))
        some = ids[first : first + SIZE]
        return Answered(self.answer([self.record(each, moments[each]) for each in some], len(ids)))


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=START.tzinfo)


def by_change(since: str) -> Callable[[Moments, dict[str, Any]], list[int]]:
    """Those changed since, by the moment of the change."""

    def chosen(moments: Moments, params: dict[str, Any]) -> list[int]:
        kept = [each for each, at in moments.items() if at >= _moment(params[since])]
        return sorted(kept, key=lambda each: moments[each], reverse=params["sort"].lower().endswith("desc"))

    return chosen


def by_id(since: str, until: str, after: str) -> Callable[[Moments, dict[str, Any]], list[int]]:
    """Those changed within a window, by id from one on."""

    def chosen(moments: Moments, params: dict[str, Any]) -> list[int]:
        within = [each for each, at in moments.items() if _moment(params[since]) <= at <= _moment(params[until])]
        return sorted(each for each in within if each > int(params.get(after, 0)))

    return chosen


def paged(records: list[dict[str, Any]], total: int) -> Any:
    return {"data": records, "meta": {"pagination": {"total_pages": -(-total // SIZE)}}}


VALUE = "searchCriteria[filterGroups][{}][filters][0][value]"
LISTS = [
    Listed(
        "bigcommerce", "orders", "/v2/orders", by_change("min_date_modified"), lambda records, _: records,
        lambda each, at: {"id": each, "date_modified": format_datetime(at)},
    ),
    Listed(
        "bigcommerce", "customers", "/v3/customers", by_change("date_modified:min"), paged,
        lambda each, at: {"id": each, "date_modified": at.isoformat()},
    ),
    Listed(
        "pipedrive", "leads", "/v1/leads", by_change("updated_since"), lambda records, _: {"data": records},
        lambda each, at: {"id": str(each), "update_time": at.isoformat()},
    ),
    Listed(
        "bigcommerce", "products", "/v3/catalog/products",
        by_id("date_modified:min", "date_modified:max", "id:greater"), paged,
        lambda each, at: {"id": each, "date_modified": at.isoformat()},
    ),
    Listed(
        "magento", "orders", "/V1/orders", by_id(*(VALUE.format(place) for place in range(3))),
        lambda records, total: {"items": records, "total_count": total},
        lambda each, at: {"entity_id": each, "updated_at": f"{at:%Y-%m-%d %H:%M:%S}"},
    ),
]  # fmt: skip


def lost(here: Bench, listed: Listed, changed: int) -> set[str]:
    """The records that neither the run in which one is changed after the first page has read, nor the next."""
    moments = {each: START - timedelta(days=20 - each) for each in range(1, 8)}
    pages = 0

    def vendor(asked: Asked, _number: int) -> Answered | None:
        nonlocal pages
        if not asked.path.endswith(listed.path):
            return None
        pages += 1
        if pages == 2:
            moments[changed] = here.time.now() + timedelta(seconds=30)
        return listed.page(moments, asked.params)

    first = here.run(only=[listed.stream], fault=vendor)
    assert pages > 2
    here.time.advance(days=1)
    second = here.run(only=[listed.stream], fault=vendor, state=copy.deepcopy(first.state))
    assert (first.code, second.code) == (0, 0)
    read = {key[-1] for ran in (first, second) for key in keys_of(ran)[listed.stream]}
    return {str(each) for each in moments} - read


@pytest.mark.parametrize("changed", [1, 2, 4, 7])
@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: f"{listed.platform}-{listed.stream}")
def test_nothing_is_lost_when_a_record_is_changed_meanwhile(listed: Listed, changed: int) -> None:
    with bench(listed.platform) as here:
        assert lost(here, listed, changed) == set()


@pytest.mark.parametrize("listed", LISTS[:3], ids=lambda listed: f"{listed.platform}-{listed.stream}")
def test_with_the_oldest_first_one_slips_to_the_page_before(tmp_path: Path, listed: Listed) -> None:
    folder = Path(shutil.copytree(PLATFORMS / listed.platform, tmp_path / listed.platform))
    manifest = folder / "manifest.yaml"
    words = manifest.read_text().replace("date_modified:desc", "date_modified:asc").replace(" DESC", " ASC")
    words = words.replace("order: newest_first", "order: oldest_first").replace("filter: stop", "filter: vendor")
    manifest.write_text(words)
    with bench(listed.platform, folder) as here:
        assert lost(here, listed, 1) == {"3"}
