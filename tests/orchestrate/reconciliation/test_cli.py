"""The same at the command line."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from orchestrate.reconciliation.cli import app
from tests.orchestrate.reconciliation.conftest import Shop

pytestmark = pytest.mark.xdist_group("reconciliation")


def said(*arguments: str, code: int = 0) -> str:
    answer = CliRunner().invoke(app, [*arguments, "--tenant", "acme"], env={"COLUMNS": "300"})
    assert answer.exit_code == code, answer.output
    return answer.output


def test_a_pair_is_listed_judged_and_the_decision_undone(shop: Shop) -> None:
    (pair,) = shop.get("queue")["items"]
    assert "pair_id" in pair
    assert "review: no pair 'none' waits" in said("accept", "none", code=1)
    decision, _, told = said("reject", pair["pair_id"], "--note", "asked them").partition(": ")
    assert "decided; run " in told and shop.get("queue")["items"] == []
    assert shop.get(f"decisions/{decision}")["note"] == "asked them"
    said("undo", decision)
    assert "undone already" in said("undo", decision, code=1)
    assert len(shop.get("queue")["items"]) == 1
    said("list")
    said("decisions")
