"""dbt's unit tests of the models, on either engine: a build leaves them out."""

from __future__ import annotations

from ruamel.yaml import YAML

from tests.transform.warehouse import PROJECT, Warehouse


def test_every_unit_test_of_the_models_passes(warehouse: Warehouse) -> None:
    pages = [YAML(typ="safe").load(path) for path in PROJECT.glob("models/**/*.yml")]
    declared = sum(len(page.get("unit_tests", [])) for page in pages)
    printed = warehouse.build("--resource-type", "unit_test", command="test")
    assert declared
    assert f"{declared} unit tests in " in printed
    assert "WARN=0 ERROR=0 SKIP=0" in printed
