from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from sandbox.business.business import Business
from sandbox.business.chance import DAY
from sandbox.business.money import charm_price, convert, decimal_text

EPOCH = 1_790_000_000 // 3600 * 3600


@pytest.fixture(scope="module")
def business() -> Business:
    return Business(7, 300, EPOCH)


def fingerprint(business: Business, now: int) -> str:
    return hashlib.sha256(repr(business.snapshot(now)).encode()).hexdigest()


def test_the_same_seed_gives_the_same_business_to_the_byte(business: Business) -> None:
    again = Business(7, 300, EPOCH)
    for now in (EPOCH - 300 * DAY, EPOCH, EPOCH + 30 * DAY):
        assert fingerprint(business, now) == fingerprint(again, now)


def test_another_seed_gives_another_business(business: Business) -> None:
    assert fingerprint(business, EPOCH) != fingerprint(Business(8, 300, EPOCH), EPOCH)


def test_versions_of_an_object_are_in_order_and_keep_its_identity(business: Business) -> None:
    for name, timelines in business.timelines().items():
        for timeline in timelines:
            first = timeline.versions[0]
            moments = [version.updated for version in timeline.versions]
            assert moments == sorted(moments), name
            assert moments[0] == first.created, name
            assert {(v.id, v.truth, v.created) for v in timeline.versions} == {(first.id, first.truth, first.created)}


def test_ids_are_unique_in_each_collection(business: Business) -> None:
    for name, timelines in business.timelines().items():
        counts = Counter(timeline.versions[0].id for timeline in timelines)
        assert [made for made, times in counts.items() if times > 1] == [], name


def test_sums_of_orders(business: Business) -> None:
    for timeline in business.timelines()["orders"]:
        for order in timeline.versions:
            gross = sum(line.unit_price * line.quantity for line in order.lines)
            assert sum(line.discount for line in order.lines) == order.discount
            assert order.subtotal == gross - order.discount
            assert order.tax == sum(line.tax for line in order.lines)
            assert order.total == order.subtotal + order.shipping + order.tax + order.tip
            good = [t for t in order.transactions if t.status == "SUCCESS"]
            paid = sum(t.amount for t in good if t.kind in ("SALE", "CAPTURE"))
            back = sum(t.amount for t in good if t.kind == "REFUND")
            assert back == sum(refund.total for refund in order.refunds)
            assert 0 <= back <= paid <= order.total


def test_stripe_never_returns_more_than_it_took(business: Business) -> None:
    for timeline in business.timelines()["charges"]:
        for charge in timeline.versions:
            assert charge.captured <= charge.amount
            assert charge.refunded <= charge.amount


def test_shopify_and_hubspot_have_an_address_once(business: Business) -> None:
    for name in ("shopify_customers", "contacts"):
        owners: dict[str, set[str]] = {}
        for timeline in business.timelines()[name]:
            for version in timeline.versions:
                if version.email:
                    owners.setdefault(version.email.lower(), set()).add(version.id)
        assert [email for email, ids in owners.items() if len(ids) > 1] == []


def test_shopify_keeps_customers_who_have_orders(business: Business) -> None:
    buyers = {t.versions[0].customer for t in business.timelines()["orders"]}
    gone = [t.versions[0].id for t in business.timelines()["shopify_customers"] if t.deleted]
    assert gone
    assert not buyers & set(gone)


def test_people_have_several_accounts_on_average() -> None:
    made = Business(7, 1000, EPOCH)
    accounts = sum(len(made.timelines()[n]) for n in ("shopify_customers", "stripe_customers", "contacts"))
    assert 1.5 < accounts / 1000 < 1.8


def test_the_world_keeps_moving(business: Business) -> None:
    before, after = business.snapshot(EPOCH), business.snapshot(EPOCH + 5 * DAY)
    assert set(before.orders.live) < set(after.orders.live)
    changed = [
        o for made, o in before.orders.live.items() if made in after.orders.live and after.orders.live[made] != o
    ]
    assert changed
    assert len(after.campaign_days) > len(before.campaign_days)


def test_conversions_come_late_for_two_weeks_and_no_longer(business: Business) -> None:
    def known(now: int) -> dict[tuple[str, str], tuple[int, int]]:
        return {(d.campaign, d.date): (d.conversions, d.cost_micros) for d in business.snapshot(now).campaign_days}

    before, after, late = known(EPOCH), known(EPOCH + 7 * DAY), known(EPOCH + 20 * DAY)
    finished = [day for day in before if day[1] < "2026-09-20"]
    assert any(after[day][0] > before[day][0] for day in finished)
    assert all(after[day][1] == before[day][1] for day in finished)
    assert all(late[day] == after[day] for day in before if day[1] < "2026-09-05")


@pytest.mark.parametrize(
    ("amount", "currency", "text"), [(1234, "USD", "12.34"), (1234, "JPY", "1234"), (5, "KWD", "0.005")]
)
def test_decimal_text(amount: int, currency: str, text: str) -> None:
    assert decimal_text(amount, currency) == text


def test_conversion_between_currencies_with_different_digits() -> None:
    assert convert(10_000, "USD", "JPY") == 14_925
    assert convert(14_925, "JPY", "USD") == 10_000
    assert charm_price(convert(690, "USD", "JPY"), "JPY") == 1000
