"""singer-sdk's own suite for targets (sdk.meltano.com/en/latest/testing.html), and what its messages leave behind.

The suite looks at exceptions only; here every one of its files is loaded once more and the tables are read back.
"""

from __future__ import annotations

from importlib import resources

import pytest
from singer_sdk.testing import get_target_test_class, target_test_streams
from singer_sdk.testing.runners import TargetTestRunner

from targets.duckdb.kind import DUCKDB
from targets.loading.frame import target_class
from targets.postgres.kind import POSTGRES
from tests.targets.told import Told, assert_holds
from tests.targets.warehouse import DuckDBWarehouse, Warehouse

FILES = {path.name.removesuffix(".singer"): path for path in resources.files(target_test_streams).iterdir()}
REFUSED = {
    "invalid_schema": "its SCHEMA message has no properties",
    "record_before_schema": "a RECORD of stream 'test_record_before_schema' before its SCHEMA",
    "record_missing_key_property": "a record's key 'id' is missing",
}
CASES = sorted(name for name, path in FILES.items() if path.name.endswith(".singer") and name not in REFUSED)


class TestSuite(get_target_test_class(target_class(DUCKDB))):  # type: ignore[misc]
    """Every case of the suite, on every warehouse."""

    @pytest.fixture
    def runner(self, warehouse: Warehouse) -> TargetTestRunner:
        kind = DUCKDB if isinstance(warehouse, DuckDBWarehouse) else POSTGRES
        return TargetTestRunner(target_class(kind), config=warehouse.config())


def test_the_suite_has_no_case_that_is_unknown_here() -> None:
    assert len([name for name in dir(TestSuite) if name.startswith("test_target_")]) == 16
    assert len(CASES) + len(REFUSED) == 20


@pytest.mark.parametrize("case", CASES)
def test_what_the_messages_say_is_in_the_tables(warehouse: Warehouse, case: str) -> None:
    lines = FILES[case].read_bytes().splitlines()
    told = Told(lines)
    outcome = warehouse.load(lines)
    assert outcome.error is None
    assert outcome.states == told.states[-1:]
    schema = "main" if isinstance(warehouse, DuckDBWarehouse) else "public"
    for stream in told.columns:
        assert_holds(warehouse, f"{schema}.{stream}", told, stream)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_refused_in_one_line(warehouse: Warehouse, case: str) -> None:
    outcome = warehouse.load(FILES[case].read_bytes().splitlines())
    assert outcome.error is not None
    assert REFUSED[case] in outcome.error
    assert "\n" not in outcome.error
