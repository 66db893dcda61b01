"""Exports of vendors that are made from manifest and fixtures."""

from sandbox.fixtures.exports import Exports, Order
from sandbox.fixtures.templates import Found
from taps.engine.load import load


def test_one_address_means_first_the_export_there_is_and_last_the_one_there_is_not() -> None:
    """Asking for a report that the vendor makes by itself looks like asking how far another one is."""
    job = load("amazon_seller").jobs["report"]
    orders = {"job-1": Order("orders_report", job, [])}
    exports = Exports(records=None, members=lambda _route, _found: [], orders=orders)  # type: ignore[arg-type]
    known, begun, unknown = Found({"job.id": "job-1"}), Found({"parent.reportId": "job-1"}), Found({"job.id": "5000"})
    assert sorted([unknown, begun, known], key=exports.rank) == [known, begun, unknown]
    assert exports.rank(Found({"job.reportDocumentId": "job-1"})) == 0
