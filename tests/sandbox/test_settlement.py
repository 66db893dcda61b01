from __future__ import annotations

from sandbox.business.business import Business
from sandbox.business.settlement import INCOMPLETE_EVERY

BUSINESS = Business(7, 300, 1_790_000_000)


def test_payouts_are_the_sum_of_their_items_but_for_a_known_few() -> None:
    entries = [t.versions[0] for t in BUSINESS.timelines()["balance_transactions"]]
    payouts = [t.versions[0] for t in BUSINESS.timelines()["payouts"]]
    off = []
    for number, payout in enumerate(payouts, start=1):
        items = [entry for entry in entries if entry.payout == payout.id and entry.kind != "payout"]
        if sum(entry.amount - entry.fee for entry in items) != payout.amount:
            off.append(number)
    assert off
    assert all(number % INCOMPLETE_EVERY == 0 for number in off)


def test_each_payout_leaves_the_balance_as_a_transaction() -> None:
    entries = {t.versions[0].id: t.versions[0] for t in BUSINESS.timelines()["balance_transactions"]}
    for timeline in BUSINESS.timelines()["payouts"]:
        payout = timeline.versions[0]
        assert entries[payout.balance_transaction].amount == -payout.amount
        assert entries[payout.balance_transaction].source == payout.id


def test_every_source_of_the_balance_exists() -> None:
    timelines = BUSINESS.timelines()
    known = {t.versions[0].id for n in ("charges", "stripe_refunds", "disputes", "payouts") for t in timelines[n]}
    assert {t.versions[0].source for t in timelines["balance_transactions"]} <= known


def test_orders_and_payments_refer_to_each_other_in_every_way() -> None:
    timelines = BUSINESS.timelines()
    intents = {t.versions[-1].truth: t.versions[-1] for t in timelines["payment_intents"]}
    ways = set()
    for timeline in timelines["orders"]:
        order = timeline.versions[-1]
        by_card = [t for t in order.transactions if t.gateway == "stripe" and t.kind != "REFUND"]
        intent = intents.get(order.truth)
        by_shop = any(str(v).startswith(("pi_", "ch_")) for t in by_card for v in (t.payment_id, t.authorization))
        by_shop = by_shop or any(t.receipt for t in by_card)
        by_stripe = bool(intent and intent.metadata)
        ways.add((bool(by_card), intent is not None, by_shop, by_stripe))
    assert {
        (True, True, True, True),
        (True, True, True, False),
        (True, True, False, True),
        (True, True, False, False),
    } <= ways
    assert any(card and not paid for card, paid, _, _ in ways)
    assert any(paid and not card for card, paid, _, _ in ways)
    assert any(truth.startswith("unpaired-") for truth in intents)
