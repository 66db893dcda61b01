"""`engarde people` as somebody at the machine uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestrate.connections.opening import open_connections
from orchestrate.people.cli import app
from orchestrate.people.login import accept, login
from tests.orchestrate.people.conftest import PASSWORD


def said(*words: str, given: str | None = None, code: int = 0) -> str:
    result = CliRunner().invoke(app, [*words, "--tenant", "acme"], input=given)
    assert result.exit_code == code, result.output
    return result.output.strip()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_people_are_added_listed_changed_reset_and_removed(environment: Path) -> None:
    assert environment.exists()
    assert said("add", "ada@acme.example", "--role", "owner", "--password", given=PASSWORD + "\n").endswith("as owner")
    link = said("add", "bob@acme.example")
    store = open_connections("acme").store
    accept(store, link, PASSWORD, "cli")
    assert said("role", "bob@acme.example", "editor") == "bob@acme.example is editor"
    lines = [line.split()[:2] for line in said("list").splitlines()]
    assert lines == [["ada@acme.example", "owner"], ["bob@acme.example", "editor"]]
    accept(store, said("reset", "bob@acme.example"), "another grasshopper 77 lantern", "cli")
    login(store, "acme", "ada@acme.example", PASSWORD, "cli")
    assert "make another person an owner first" in said("remove", "ada@acme.example", code=1)
    assert "there is no role 'boss'" in said("role", "bob@acme.example", "boss", code=1)
    assert said("remove", "bob@acme.example") == "removed bob@acme.example"
    assert "nobody 'bob@acme.example'" in said("remove", "bob@acme.example", code=1)
