"""Every answer of the pretend HubSpot account against HubSpot's official descriptions."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from sandbox.hubspot.object_types import HELD
from sandbox.running import Box
from tests.contracts.descriptions import read
from tests.sandbox.hubspot_client import LOGIN, unlimited

DESCRIBED_BY = {
    "contacts": "contacts-v3.json",
    "companies": "companies-v3.json",
    "tickets": "tickets-v3.json",
    "products": "products-v3.json",
    "line_items": "lineItems-v3.json",
    "quotes": "quotes-v3.json",
    "emails": "emails-v3.json",
}


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with unlimited(seed=5, people=150) as found:
        yield found


@lru_cache(maxsize=32)
def strict(file: str) -> dict[str, Any]:
    """The description with every object closed, so that a field it does not know is an error.

    One thing is loosened: CRM property values may be null, which the vendor sends and its descriptions leave out.
    """
    document = copy.deepcopy(read("hubspot", file))
    for schema in document["components"]["schemas"].values():
        if "properties" in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
        held = schema.get("properties", {}).get("properties", {})
        if isinstance(held.get("additionalProperties"), dict) and held["additionalProperties"].get("type") == "string":
            held["additionalProperties"]["type"] = ["string", "null"]
    return document  # type: ignore[no-any-return]


def described(file: str, path: str, method: str, answer: requests.Response) -> Any:
    """Validate an answer against the described one for this path and method, and return its body."""
    document = strict(file)
    responses = document["paths"][path][method]["responses"]
    content = (responses.get(str(answer.status_code)) or responses["default"])["content"]
    schema = next(iter(content.values()))["schema"]
    body = answer.json()
    errors = sorted(Draft202012Validator({**document, **schema}).iter_errors(body), key=lambda error: list(error.path))
    assert [f"{list(error.path)}: {error.message[:200]}" for error in errors[:5]] == []
    return body


def get(box: Box, path: str, **params: Any) -> requests.Response:
    answer = requests.get(box.url("hubspot") + path, params=params, headers=LOGIN, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer


def post(box: Box, path: str, body: dict[str, Any], status: int = 200) -> requests.Response:
    answer = requests.post(box.url("hubspot") + path, json=body, headers=LOGIN, timeout=10)
    assert answer.status_code == status, answer.text
    return answer


def _file(name: str) -> tuple[str, str]:
    file = DESCRIBED_BY.get(name, "objects-v3.json")
    return file, f"/crm/v3/objects/{name if name in DESCRIBED_BY else '{objectType}'}"


@pytest.mark.parametrize("name", [found.name for found in HELD])
@pytest.mark.parametrize("archived", ["false", "true"])
def test_object_lists(box: Box, name: str, archived: str) -> None:
    file, path = _file(name)
    known = ",".join(found["name"] for found in get(box, f"/crm/v3/properties/{name}").json()["results"])
    answer = get(
        box,
        f"/crm/v3/objects/{name}",
        limit=100,
        archived=archived,
        properties=known,
        associations="contacts,companies,deals,line_items",
    )
    body = described(file, path, "get", answer)
    assert all(record["archived"] is (archived == "true") for record in body["results"])
    assert all(("archivedAt" in record) is (archived == "true") for record in body["results"])
    if archived == "false" and name != "quotes":
        assert body["results"], f"the business has no {name}"
        assert {key for record in body["results"] for key in record["properties"]} == set(known.split(","))
        assert all(
            datetime.fromisoformat(record["createdAt"]) <= datetime.fromisoformat(record["updatedAt"])
            for record in body["results"]
        )


def _object_path(file: str, path: str, tail: str) -> str:
    paths = strict(file)["paths"]
    return next(
        known for known in paths if known.startswith(path + tail) and known.count("/") == (path + tail).count("/")
    )


@pytest.mark.parametrize("name", [found.name for found in HELD if found.name != "quotes"])
def test_search_batch_read_and_single_objects(box: Box, name: str) -> None:
    file, path = _file(name)
    asked = {"filterGroups": [], "sorts": [], "properties": [], "limit": 200, "after": "0"}
    found = described(file, f"{path}/search", "post", post(box, f"/crm/v3/objects/{name}/search", asked))
    assert found["total"] >= len(found["results"]) > 0
    first = found["results"][0]["id"]
    batch = {"inputs": [{"id": first}], "properties": [], "propertiesWithHistory": []}
    read_back = described(file, f"{path}/batch/read", "post", post(box, f"/crm/v3/objects/{name}/batch/read", batch))
    assert read_back["results"] == found["results"][:1]
    single = _object_path(file, path, "/{")
    assert described(file, single, "get", get(box, f"/crm/v3/objects/{name}/{first}")) == found["results"][0]


@pytest.mark.parametrize("name", ["contacts", "companies", "deals"])
def test_the_dated_paths_answer_the_same(box: Box, name: str) -> None:
    file = f"{name}-2026-09.json"
    body = described(
        file, "/crm/objects/2026-09/{objectType}", "get", get(box, f"/crm/objects/2026-09/{name}", limit=5)
    )
    old = get(box, f"/crm/v3/objects/{name}", limit=5).json()
    assert body["results"] == old["results"]
    asked = {"filterGroups": [], "sorts": [], "properties": [], "limit": 5, "after": "0"}
    answer = post(box, f"/crm/objects/2026-09/{name}/search", asked)
    described(file, "/crm/objects/2026-09/{objectType}/search", "post", answer)
    by_type_id = {"contacts": "0-1", "companies": "0-2", "deals": "0-3"}[name]
    assert get(box, f"/crm/v3/objects/{by_type_id}", limit=5).json()["results"] == old["results"]


def test_owners(box: Box) -> None:
    body = described("crmOwners-v3.json", "/crm/v3/owners", "get", get(box, "/crm/v3/owners", limit=2))
    assert len(body["results"]) == 2
    owner = body["results"][0]["id"]
    described("crmOwners-v3.json", "/crm/v3/owners/{ownerId}", "get", get(box, f"/crm/v3/owners/{owner}"))
    described("crmOwners-v3.json", "/crm/v3/owners", "get", get(box, "/crm/v3/owners", archived="true"))


@pytest.mark.parametrize("name", ["deals", "tickets"])
def test_pipelines_and_their_stages(box: Box, name: str) -> None:
    file = "pipelines-v3.json"
    body = described(file, "/crm/v3/pipelines/{objectType}", "get", get(box, f"/crm/v3/pipelines/{name}"))
    first = body["results"][0]
    path = "/crm/v3/pipelines/{objectType}/{pipelineId}"
    described(file, path, "get", get(box, f"/crm/v3/pipelines/{name}/{first['id']}"))
    stages = described(file, f"{path}/stages", "get", get(box, f"/crm/v3/pipelines/{name}/{first['id']}/stages"))
    assert stages["results"] == first["stages"]
    column = "dealstage" if name == "deals" else "hs_pipeline_stage"
    used = get(box, f"/crm/v3/objects/{name}", limit=100, properties=column).json()["results"]
    assert {record["properties"][column] for record in used} <= {
        stage["id"] for pipeline in body["results"] for stage in pipeline["stages"]
    }


@pytest.mark.parametrize("name", [found.name for found in HELD])
def test_properties(box: Box, name: str) -> None:
    path = "/crm/v3/properties/{objectType}"
    body = described("properties-v3.json", path, "get", get(box, f"/crm/v3/properties/{name}"))
    first = body["results"][0]
    single = get(box, f"/crm/v3/properties/{name}/{first['name']}")
    assert described("properties-v3.json", f"{path}/{{propertyName}}", "get", single) == first


def test_marketing_emails_and_their_statistics(box: Box) -> None:
    file = "marketingEmails-v3.json"
    body = described(
        file, "/marketing/v3/emails", "get", get(box, "/marketing/v3/emails", limit=300, includeStats="true")
    )
    assert body["total"] == len(body["results"]) > 0
    assert all("stats" in email for email in body["results"])
    first = body["results"][0]["id"]
    assert "stats" not in described(
        file, "/marketing/v3/emails/{emailId}", "get", get(box, f"/marketing/v3/emails/{first}")
    )
    span = {"startTimestamp": "2000-01-01T00:00:00Z", "endTimestamp": "2100-01-01T00:00:00Z"}
    total = described(
        file, "/marketing/v3/emails/statistics/list", "get", get(box, "/marketing/v3/emails/statistics/list", **span)
    )
    published = [email for email in body["results"] if email["isPublished"]]
    assert total["aggregate"]["counters"]["sent"] == sum(email["stats"]["counters"]["sent"] for email in published)


def test_marketing_campaigns(box: Box) -> None:
    file = "campaignsPublicApi-v3.json"
    body = described(
        file, "/marketing/v3/campaigns", "get", get(box, "/marketing/v3/campaigns", properties="hs_name,hs_utm")
    )
    assert all(set(found["properties"]) == {"hs_name", "hs_utm"} for found in body["results"])
    first = body["results"][0]["id"]
    described(file, "/marketing/v3/campaigns/{campaignGuid}", "get", get(box, f"/marketing/v3/campaigns/{first}"))
    path = "/marketing/v3/campaigns/{campaignGuid}/budget/totals"
    described(file, path, "get", get(box, f"/marketing/v3/campaigns/{first}/budget/totals"))


def test_what_the_account_has_none_of(box: Box) -> None:
    described("forms-v3.json", "/marketing/v3/forms", "get", get(box, "/marketing/v3/forms"))
    asked = {"offset": 0, "additionalProperties": []}
    described("lists-v3.json", "/crm/v3/lists/search", "post", post(box, "/crm/v3/lists/search", asked))


def test_the_token_endpoint(box: Box) -> None:
    form = {
        "grant_type": "refresh_token",
        "client_id": "engarde",
        "client_secret": "engarde-secret",
        "refresh_token": "na1-engarde-refresh",
    }
    answer = requests.post(box.url("hubspot") + "/oauth/v3/token", data=form, timeout=10)
    document = strict("oauth-v3.json")
    Draft202012Validator({**document, "$ref": "#/components/schemas/AccessTokenResponse"}).validate(answer.json())


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/crm/v3/objects/contacts?limit=101", 400),
        ("/crm/v3/objects/contacts/1", 404),
        ("/crm/v3/objects/nonsense", 400),
    ],
)
def test_errors_have_the_described_shape(box: Box, path: str, status: int) -> None:
    answer = requests.get(box.url("hubspot") + path, headers=LOGIN, timeout=10)
    assert answer.status_code == status
    body = answer.json()
    assert body.pop("status") == "error"  # in every answer of the vendor, in none of its descriptions
    document = strict("contacts-v3.json")
    Draft202012Validator({**document, "$ref": "#/components/schemas/Error"}).validate(body)
