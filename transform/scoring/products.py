"""The same products in the words of two shops: scored as listings of two platforms are matched."""

from __future__ import annotations

from pathlib import Path

from transform.scoring import two_sides
from transform.scoring.cases import OF_THE_DESIGN, Case, Result

# A shop may list a product twice, so the truth's id is none.
LISTINGS = """
    SELECT
        '{side}:' || row_number() OVER () AS id, '{side}' AS side, title,
        try_cast(replace(replace(price, '$', ''), ',', '') AS decimal(38,9)) AS price, unique_id AS thing
    FROM read_csv(?, all_varchar = true)
"""
MADE = """
    SELECT one.source_record_id AS one, other.source_record_id AS other
    FROM unified.product_identities AS one
    JOIN unified.product_identities AS other
        ON other.product_key = one.product_key AND one.connection_id = 'left' AND other.connection_id = 'right'
"""


def cases(datasets: Path) -> list[Case]:
    """The set that the design names."""
    files = tuple(datasets / "products_abt_buy" / f"AbtBuy_{shop}.csv" for shop in ("Abt", "Buy"))
    return [Case("products of two shops (Abt, Buy)", files, "tf-idf one to one .874", score, OF_THE_DESIGN)]


def own(files: tuple[Path, ...]) -> Case:
    """Two CSV files with unique_id, title and price; listings with the same unique_id are the same product."""
    return Case(" and ".join(file.name for file in files), files, "", score)


def score(files: tuple[Path, ...], folder: Path) -> Result:
    """Scores the pairs of listings that became one product."""
    return two_sides.score(files, folder, "shops", "listings", LISTINGS, "product_identities", MADE)
