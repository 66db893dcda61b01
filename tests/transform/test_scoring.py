"""People with known truth are scored through the users' models."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from transform.scoring import payments, people, products
from transform.scoring.cases import Score


def test_a_file_with_some_columns_is_scored(tmp_path: Path) -> None:
    file = tmp_path / "own.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"""
            COPY (SELECT * FROM (VALUES
                (1, 'ann', 'lee', 'ann@lee.example'), (1, 'Ann', NULL, 'ANN+shop@lee.example'),
                (2, 'bo', 'lee', 'bo@lee.example'), (2, 'bo', 'ek', NULL)
            ) AS records(person_id, first_name, last_name, email)) TO '{file}' (FORMAT parquet)
        """)
    case = people.own((file,))
    folder = tmp_path / "work"
    folder.mkdir()
    result = case.run(case.files, folder)
    assert result.scores == {"pairs": Score(1, 1, 2), "clusters": Score(1, 3, 2)}
    assert result.seconds > 0
    assert result.megabytes > 0


@pytest.mark.slow
def test_payments_on_two_accounts_are_scored(tmp_path: Path) -> None:
    left, right, folder = tmp_path / "left.parquet", tmp_path / "right.parquet", tmp_path / "work"
    folder.mkdir()
    with duckdb.connect() as connection:
        for file, rows in (
            (left, "(1, 1, 'ANN LEE rent', DATE '2026-03-01', 100.0), (2, 2, 'BO EK dues', DATE '2026-03-02', 40.0)"),
            (right, "(7, 1, 'ANN LEE', DATE '2026-03-02', 99.5), (8, 2, 'OTHER', DATE '2026-05-30', 12.0)"),
        ):
            connection.execute(
                f"COPY (SELECT * FROM (VALUES {rows}) AS t(unique_id, ground_truth, memo, transaction_date, amount)) "
                f"TO '{file}' (FORMAT parquet)"
            )
    assert payments.own((left, right)).run((left, right), folder).scores == {"pairs": Score(1, 1, 2)}


@pytest.mark.slow
def test_products_of_two_shops_are_scored_though_one_lists_a_product_twice(tmp_path: Path) -> None:
    left, right, folder = tmp_path / "left.csv", tmp_path / "right.csv", tmp_path / "work"
    folder.mkdir()
    left.write_text("unique_id,title,price\n1,Acme Kettle AK-2000,$20\n1,Acme Kettle,$20\n2,Zenith Lamp ZL77B,\n")
    right.write_text("unique_id,title,price\n1,Kettle by Acme AK2000,$21\n3,Something else,$5\n")
    assert products.own((left, right)).run((left, right), folder).scores == {"pairs": Score(1, 1, 2)}
