"""The same payments as two accounts show them: scored as a bank's bookings are matched."""

from __future__ import annotations

from pathlib import Path

from transform.scoring import two_sides
from transform.scoring.cases import OF_THE_DESIGN, Case, Result

BOOKINGS = """
    SELECT
        '{side}:' || unique_id AS id, '{side}' AS side, cast(memo AS text) AS memo,
        cast(transaction_date AS date) AS booked_on, cast(amount AS decimal(38,9)) AS amount,
        cast(ground_truth AS text) AS thing
    FROM read_parquet(?)
"""
MADE = """
    SELECT received.bank_transaction_id AS one, sent.bank_transaction_id AS other
    FROM unified.bank_transactions AS received
    JOIN unified.bank_transactions AS sent ON sent.bank_transaction_key = received.matched_key
    WHERE received.direction = 'in'
"""


def cases(datasets: Path) -> list[Case]:
    """The set that the design names."""
    files = tuple(datasets / "payments" / f"transactions_{side}_half.parquet" for side in ("origin", "destination"))
    return [Case("payments on two accounts, one to one", files, "tolerant SQL .9926", score, OF_THE_DESIGN)]


def own(files: tuple[Path, ...]) -> Case:
    """Two Parquet files, sender's and receiver's: unique_id, memo, transaction_date, amount; truth in ground_truth."""
    return Case(" and ".join(file.name for file in files), files, "", score)


def score(files: tuple[Path, ...], folder: Path) -> Result:
    """Scores the pairs of bookings that the bank model makes."""
    return two_sides.score(files, folder, "bank", "bookings", BOOKINGS, "bank_transactions", MADE)
