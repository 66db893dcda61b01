"""A tenant's schemas in a Postgres database, all beginning with the same words, and the SQL that means them."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|\?|\b(unified|staging|marts|decided|answers)\.|\bjson_object\(")
BUILT = ("unified", "staging", "marts")
"""The schemas that dbt builds."""


def prefix_of(tenant_id: str, tenant: str) -> str:
    """What a tenant's schemas begin with: what can be read of its name, and what tells it from all others."""
    readable = re.sub(r"[^a-z0-9]+", "_", tenant.lower()).strip("_")[:20].strip("_")
    return f"{readable or 'tenant'}_{tenant_id[:8]}_"


def translated(sql: str, prefix: str) -> str:
    """SQL of the words in `warehouse.base` as psycopg takes it, on the schemas with this prefix."""

    def word(found: re.Match[str]) -> str:
        text = found[0]
        if text == "?":
            return "%s"
        if text == "json_object(":
            return "json_build_object("
        return f'"{prefix}{found[1]}".' if found[1] else text.replace("%", "%%")

    parts, place = [], 0
    for found in _TOKEN.finditer(sql):
        parts += [sql[place : found.start()].replace("%", "%%"), word(found)]
        place = found.end()
    return "".join([*parts, sql[place:].replace("%", "%%")])
