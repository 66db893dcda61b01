"""Opens the store and the keys that the environment names, or those beside the project's other data."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from orchestrate.connections.service import Connections
from orchestrate.project import ROOT
from orchestrate.store.database import open_store
from orchestrate.vault.keys import read_keyring
from orchestrate.vault.service import Vault

STORE, KEYS = "output/store.db", "output/keys"
TENANT = "default"


def open_connections(tenant: str | None = None, root: Path = ROOT) -> Connections:
    """A tenant's connections: the one named, else ENGARDE_TENANT's, else `default`'s.

    Raises `StoreError`, and `VaultError` if the keys are not those that the store was sealed with.
    """
    keyring = read_keyring(root / KEYS)
    store = open_store(root / STORE)
    tenant_id = store.tenant(tenant or os.environ.get("ENGARDE_TENANT") or TENANT)
    vault = Vault(keyring)
    with store.transaction(tenant_id) as session:
        vault.check(session, tenant_id)
    return Connections(store, vault, tenant_id, f"user {getpass.getuser()}")
