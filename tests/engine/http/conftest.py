from collections.abc import Callable, Iterator

import pytest

from taps.engine.http import Answer, Client, Settings
from taps.engine.rate import Rate
from tests.engine.http.vendor import FakeClock, Vendor

DOCS = "https://example.com/docs"


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    server = Vendor()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def other_vendor() -> Iterator[Vendor]:
    server = Vendor("127.0.0.2")
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


MakeClient = Callable[..., Client]


@pytest.fixture
def make_client(vendor: Vendor, clock: FakeClock) -> Iterator[MakeClient]:
    made: list[Client] = []

    def make(**changes) -> Client:
        settings = {"request_timeout": 0.5, "addresses": (vendor.base,)} | changes.pop("settings", {})
        given = {"logins": {}, "default_login": None, "buckets": {}, "clock": clock} | changes
        client = Client(platform="acme", settings=Settings(**settings), **given)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> Client:
    return make_client()


def as_json(answer: Answer):
    return answer.json()


def rate(**words) -> Rate:
    return Rate(docs=DOCS, **words)
