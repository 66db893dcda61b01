"""tap-n8n against a real n8n on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from taps.engine.errors import LoginRefused
from tests.databases.reading import Read, read
from tests.n8n import Instance, n8n_instance

pytestmark = pytest.mark.real("n8n")
_PAGE = 250
_LICENSED = {"projects", "variables"}


@dataclass(frozen=True)
class Content:
    """Ids of what the instance holds."""

    workflow: str
    tag: str


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with n8n_instance() as instance:
        yield instance


@pytest.fixture(scope="module")
def content(instance: Instance) -> Content:
    """A workflow that has run, a data table, and more tags than a page holds."""
    workflow = str(instance.call("POST", "/workflows", _workflow("greet"))["id"])
    instance.call("POST", f"/workflows/{workflow}/activate")
    for _ in range(3):
        instance.hook("greet")
    tags = [instance.call("POST", "/tags", {"name": f"tag {at}"})["id"] for at in range(_PAGE + 5)]
    instance.call("PUT", f"/workflows/{workflow}/tags", [{"id": tags[0]}])
    instance.call("POST", "/data-tables", {"name": "leads", "columns": [{"name": "email", "type": "string"}]})
    return Content(workflow, str(tags[0]))


def _workflow(path: str) -> dict[str, Any]:
    webhook = {
        "id": "hook", "name": "Webhook", "type": "n8n-nodes-base.webhook", "typeVersion": 2, "position": [0, 0],
        "webhookId": path, "parameters": {"path": path, "httpMethod": "GET", "options": {}},
    }  # fmt: skip
    return {"name": path, "nodes": [webhook], "connections": {}, "settings": {}}


def config(instance: Instance, **more: Any) -> dict[str, Any]:
    return {"instance_url": instance.url, "api_key": instance.key, "allow_insecure": True, **more}


def ids(found: Read, stream: str) -> set[str]:
    return {record["id"] for record in found.records(stream) if "_sdc_deleted_at" not in record}


def test_everything_on_an_instance_is_read_and_nothing_is_undeclared(instance: Instance, content: Content) -> None:
    found = read("n8n", config(instance))
    assert set(found.errors) == _LICENSED
    (workflow,) = found.records("workflows")
    assert (workflow["id"], workflow["name"], workflow["active"]) == (content.workflow, "greet", True)
    assert [node["type"] for node in workflow["nodes"]] == ["n8n-nodes-base.webhook"]
    executions = found.records("executions")
    assert {(e["workflowId"], e["status"], e["mode"]) for e in executions} == {
        (content.workflow, "success", "webhook")
    }  # fmt: skip
    assert len({e["id"] for e in executions}) == 3
    (user,) = found.records("users")
    assert (user["email"], user["role"]) == ("ada@example.com", "global:owner")
    (table,) = found.records("data_tables")
    assert (table["name"], [column["name"] for column in table["columns"]]) == ("leads", ["email"])
    extras = {
        m["stream"]: m["record"]["_extra"] for m in found.messages if m["type"] == "RECORD" and m["record"]["_extra"]
    }
    assert extras == {}


def test_every_page_is_read_once(instance: Instance, content: Content) -> None:
    tags = read("n8n", config(instance)).records("tags")
    assert len(tags) == len({tag["id"] for tag in tags}) == _PAGE + 5


def test_what_the_licence_leaves_out_is_told_as_a_permission(instance: Instance, content: Content) -> None:
    errors = read("n8n", config(instance)).errors
    assert all("license" in errors[name] for name in _LICENSED)


def test_later_runs_read_new_executions_and_the_rest_whole(instance: Instance, content: Content) -> None:
    first = read("n8n", config(instance))
    instance.hook("greet")
    second = read("n8n", config(instance), state=first.state)
    new = ids(second, "executions") - ids(first, "executions")
    assert len(new) == 1


def test_what_was_deleted_is_gone_after_the_next_run(instance: Instance, content: Content) -> None:
    gone = str(instance.call("POST", "/workflows", _workflow("short-lived"))["id"])
    before = read("n8n", config(instance))
    instance.call("DELETE", f"/workflows/{gone}")
    after = read("n8n", config(instance), state=before.state)
    assert ids(before, "workflows") - ids(after, "workflows") == {gone}
    assert after.activated("workflows") == list(after.versions("workflows"))


def test_a_wrong_key_is_one_clear_line(instance: Instance) -> None:
    with pytest.raises(LoginRefused) as refused:
        read("n8n", config(instance, api_key="not-a-key"))
    assert "not-a-key" not in str(refused.value)
