"""A plain singer-sdk tap: RESTStream as its template makes it, with paging, a replication key and the whole schema."""

import sys
from pathlib import Path
from typing import Any

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th

sys.path.insert(0, str(Path(__file__).parents[1]))
from orders import SCHEMA


class Orders(RESTStream[str]):
    name = "orders"
    path = "/orders"
    primary_keys = ("id",)
    replication_key = "updated_at"
    records_jsonpath = "$.data[*]"
    next_page_token_jsonpath = "$.next"
    schema = SCHEMA

    @property
    def url_base(self) -> str:
        return str(self.config["api_url"])

    def get_url_params(self, context: Any, next_page_token: str | None) -> dict[str, Any]:
        return {"limit": 250, **({"page": next_page_token} if next_page_token else {})}


class Acme(Tap):
    name = "tap-acme"
    config_jsonschema = th.PropertiesList(th.Property("api_url", th.StringType, required=True)).to_dict()

    def discover_streams(self) -> list[Orders]:
        return [Orders(self)]


Acme.cli()
