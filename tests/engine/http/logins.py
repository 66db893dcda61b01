"""Logins for tests, as the engine makes them."""

from taps.engine.auth import Auth
from taps.engine.auth_login import Login, Surroundings, make_login
from taps.engine.http import Client
from tests.engine.http.vendor import FakeClock, Vendor

SETTINGS = {"client_id": "app", "client_secret": "app-secret", "refresh_token": "refresh-0"}


def login(auth: Auth, base: str, config: dict[str, object] | None = None, **around) -> Login:
    return make_login("main", auth, {"config": config or {}}, Surroundings(platform="acme", base=base, **around))


def client_of(make_client, vendor: Vendor, auth: Auth, config=None, clock=None, **around) -> Client:
    clock = clock or FakeClock()
    made = login(auth, vendor.base, config if config is not None else dict(SETTINGS), clock=clock, **around)
    return make_client(logins={"main": made}, default_login="main", clock=clock)
