"""People with known truth: FEBRL's invented Australians, and customers on five platforms."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb

from transform.scoring.builds import WAREHOUSE, build, load
from transform.scoring.cases import OF_THE_DESIGN, Case, Result, Score

COLUMNS = ("first_name", "last_name", "dob", "email", "phone", "street", "suburb", "postcode", "state", "platform")
FEBRL = """
    SELECT
        trim(rec_id) AS id, regexp_extract(rec_id, '^(rec-[0-9]+)', 1) AS person_id,
        nullif(trim(given_name), '') AS first_name, nullif(trim(surname), '') AS last_name,
        cast(try_cast(substr(trim(date_of_birth), 1, 4) || '-' || substr(trim(date_of_birth), 5, 2) || '-'
            || substr(trim(date_of_birth), 7, 2) AS date) AS text) AS dob,
        cast(NULL AS text) AS email, cast(NULL AS text) AS phone,
        nullif(trim(concat_ws(' ', nullif(trim(street_number), ''), nullif(trim(address_1), ''),
            nullif(trim(address_2), ''))), '') AS street,
        nullif(trim(suburb), '') AS suburb, nullif(trim(postcode), '') AS postcode, nullif(trim(state), '') AS state,
        filename AS platform
    FROM read_csv(?, all_varchar = true, normalize_names = true, filename = true)
"""
JUDGED = """
CREATE TEMP VIEW judged AS
SELECT truth.person_id AS person, truth.platform AS file, identity.customer_key
FROM people.truth AS truth
JOIN unified.customer_identities AS identity ON identity.source_record_id = truth.id AND identity.is_current
"""
PAIRS = """
WITH cells AS (SELECT {count} AS n FROM judged GROUP BY customer_key, person),
found AS (SELECT {count} AS n FROM judged GROUP BY customer_key),
wanted AS (SELECT {count} AS n FROM judged GROUP BY person)
SELECT (SELECT sum(n) FROM cells), (SELECT sum(n) FROM found), (SELECT sum(n) FROM wanted)
"""
ALL_PAIRS = "count(*) * (count(*) - 1) // 2"
PAIRS_OF_TWO_FILES = "count(*) FILTER (file = (SELECT min(platform) FROM people.truth)) * count(*) FILTER " \
    "(file <> (SELECT min(platform) FROM people.truth))"  # fmt: skip
CLUSTERS = """
WITH cells AS (SELECT customer_key, person, count(*) AS n FROM judged GROUP BY customer_key, person),
sized AS (
    SELECT *, sum(n) OVER (PARTITION BY customer_key) AS found, sum(n) OVER (PARTITION BY person) AS wanted FROM cells
)
SELECT count(*) FILTER (n = found AND n = wanted), count(DISTINCT customer_key), count(DISTINCT person) FROM sized
"""


def cases(datasets: Path) -> list[Case]:
    """The sets that the design names."""
    febrl = datasets / "people_febrl"
    return [
        Case("FEBRL3, no social security number", (febrl / "dataset3.csv",), "Splink 4 .9972", score_febrl,
             OF_THE_DESIGN),
        Case("FEBRL4, no social security number", (febrl / "dataset4a.csv", febrl / "dataset4b.csv"),
             "Splink 5 .9979", score_febrl, OF_THE_DESIGN),
        Case("customers on five platforms, 100k", (datasets / "customers_synthetic" / "customers_100k.parquet",),
             "Splink 5 + name guard .932", score_table, OF_THE_DESIGN),
    ]  # fmt: skip


def own(files: tuple[Path, ...]) -> Case:
    """A user's file with the columns of the synthetic set, any of them missing; the truth is `person_id`."""
    return Case(files[0].name, files, "", score_table)


def score_febrl(files: tuple[Path, ...], folder: Path) -> Result:
    """Scores one file with duplicates, or links two files that hold every person once."""
    _load(folder, FEBRL, [[str(file) for file in files]])
    return _scored(folder, link=len(files) > 1)


def score_table(files: tuple[Path, ...], folder: Path) -> Result:
    """Scores a Parquet file of records with `person_id`."""
    with duckdb.connect() as connection:
        given = {name for name, *_ in connection.execute("DESCRIBE FROM read_parquet(?)", [str(files[0])]).fetchall()}
    texts = {name: name if name in given else "NULL" for name in ("person_id", *COLUMNS)}
    texts["dob"] = f"try_cast({texts['dob']} AS date)"  # a birth date that is none is not known
    columns = [f"cast({text} AS text) AS {name}" for name, text in texts.items()]
    record = "cast(unique_id AS text)" if "unique_id" in given else "cast(row_number() OVER () AS text)"
    query = "SELECT {} FROM read_parquet(?)".format(", ".join([f"{record} AS id", *columns]))  # noqa: S608 - own names
    _load(folder, query, [str(files[0])])
    return _scored(folder, link=False)


def _load(folder: Path, query: str, parameters: list[object]) -> None:
    """Raw records without their truth, and the truth in a table that no model reads."""
    load(folder, "people", "truth", query, parameters)
    load(folder, "people", "records", "SELECT * EXCLUDE (person_id) FROM people.truth")


def _scored(folder: Path, *, link: bool) -> Result:
    variables = {
        "default_country": os.environ.get("COUNTRY") or "AU",
        "deduplicated_platforms": ["people"] if link else [],
        **json.loads(os.environ.get("VARS") or "{}"),
    }
    seconds, megabytes = build(folder, "people", ["+customer_identities"], variables)
    count = PAIRS_OF_TWO_FILES if link else ALL_PAIRS
    with duckdb.connect(str(folder / WAREHOUSE), read_only=True) as connection:
        connection.execute(JUDGED)
        pairs = connection.execute(PAIRS.format(count=count)).fetchall()[0]
        clusters = connection.execute(CLUSTERS).fetchall()[0]
    scores = {name: Score(*(int(n or 0) for n in found)) for name, found in (("pairs", pairs), ("clusters", clusters))}
    return Result(scores, seconds, megabytes)
