"""What a person of each role may do. Scopes follow from a role when they are asked for: a new one reaches everybody."""

from __future__ import annotations

from enum import StrEnum

from orchestrate.access.service import SCOPES

_OVER_THE_TENANT = frozenset({"people", "keys", "audit", "owners"})
"""Subjects that are an admin's: who comes in, and what was done."""


class Role(StrEnum):
    """The roles, each with all that the one after it may."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


def scopes_of(role: Role) -> frozenset[str]:
    """The scopes of a role; an admin has all but an owner's own."""
    if role is Role.OWNER:
        return frozenset(SCOPES)
    if role is Role.ADMIN:
        return frozenset(scope for scope in SCOPES if not scope.startswith("owners:"))
    daily = frozenset(scope for scope in SCOPES if scope.partition(":")[0] not in _OVER_THE_TENANT)
    return daily if role is Role.EDITOR else frozenset(scope for scope in daily if scope.endswith(":read"))
