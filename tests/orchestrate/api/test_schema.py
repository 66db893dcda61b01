"""Generated requests to every route, by what the API's own description permits and by what it forbids, on both stores.

No answer may be a server's error or another than the description tells. `make api-requests` tries many more of them.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.checks import CHECKS
from schemathesis.generation.modes import GenerationMode

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections

EXAMPLES = int(os.environ.get("EXAMPLES", "3"))
# Settings that a vendor's tap would refuse fit the description all the same: 422 is right for them.
BEYOND_A_DESCRIPTION = {"positive_data_acceptance"}
HELD = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in BEYOND_A_DESCRIPTION]
# A route without parameters has nothing that could be wrong.
NOTHING_TO_BREAK = Unsatisfiable


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_every_route_answers_as_the_description_says(
    connections: Connections, keys: ApiKeys, mode: GenerationMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGARDE_API_RATE", "1000000/second")
    monkeypatch.setenv("ENGARDE_API_ADDRESS_RATE", "1000000/second")
    app = create_app(connections.store, connections.vault)
    connections.add("hubspot", "main", {"access_token": "pat-canary-1"})
    headers = {"Authorization": f"Bearer {keys.add('everything', SCOPES)}"}
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    tried: set[str] = set()
    for found in schema.get_all_operations():
        operation: Any = found.ok()

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers(case: Case) -> None:
            tried.add(case.operation.label)
            case.call_and_validate(headers=headers, checks=HELD, timeout=120)

        try:
            answers()
        except NOTHING_TO_BREAK:
            assert mode is GenerationMode.NEGATIVE, operation.label
    assert {"POST /api/v1/connections", "PATCH /api/v1/connections/{name}"} <= tried
