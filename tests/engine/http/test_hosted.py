"""With other people's settings a tap reaches no machine of its operator's network and none of his files."""

import socket

import pytest

from taps.engine import egress
from taps.engine.errors import BadSetting, TapError
from taps.engine.hosted import HOSTED, refuse_inside
from taps.engine.http import Client, Request
from taps.kinds import tap_class
from tests.engine.http.conftest import as_json
from tests.engine.http.vendor import Vendor, ok


@pytest.fixture
def hosted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOSTED, "1")


def test_a_tap_of_ones_own_reaches_what_its_settings_name(vendor: Vendor, client: Client) -> None:
    assert client.fetch(Request(vendor.answers("/things", ok())), read=as_json)


def test_the_settings_own_addresses_are_no_exception(vendor: Vendor, hosted: None, make_client) -> None:
    url = vendor.answers("/things", ok())
    for address in (url, url.replace("http:", "https:")):
        with pytest.raises(TapError, match="127.0.0.1"):
            make_client(settings={"addresses": (address,)}).fetch(Request(address), read=as_json)
    assert vendor.log == []


@pytest.mark.parametrize(
    ("platform", "settings"),
    [
        ("stripe", {"api_key": "rk_1", "ca_bundle": "/etc/passwd"}),
        ("stripe", {"api_key": "rk_1", "proxy": "http://10.0.0.1:3128"}),
        ("stripe", {"api_key": "rk_1", "batch_config": {"storage": {"root": "file:///etc"}}}),
        ("postgres", {"host": "db.example", "user": "u", "password": "p", "database": "d", "ssl_key": "/etc/shadow"}),
        ("mysql", {"host": "db.example", "user": "u", "password": "p", "database": "d", "ssl_ca": "/etc/shadow"}),
    ],
)
def test_settings_that_name_files_or_ways_are_the_operators(platform: str, settings: dict, hosted: None) -> None:
    name = list(settings)[-1]
    with pytest.raises(BadSetting, match=f"setting '{name}' is the operator's here"):
        tap_class(platform)(config=settings)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "/var/run/postgresql", "::1"])
def test_a_database_inside_is_refused_before_it_is_connected_to(host: str, hosted: None) -> None:
    with pytest.raises(BadSetting, match="does not lead to a public address"):
        refuse_inside(host, 5432, "postgres")


def test_a_name_with_one_address_inside_is_refused_too(hosted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: object, **__: object) -> list:
        return [(socket.AF_INET, 1, 6, "", (ip, 5432)) for ip in answers]

    monkeypatch.setattr(egress.socket, "getaddrinfo", found)
    answers = ["8.8.8.8"]
    refuse_inside("db.example", 5432, "postgres")
    answers.append("192.168.1.7")
    with pytest.raises(BadSetting):
        refuse_inside("db.example", 5432, "postgres")


def test_a_databases_tap_asks_before_it_connects(hosted: None) -> None:
    tap = tap_class("postgres")(config={"host": "127.0.0.1", "port": 1, "user": "u", "password": "p", "database": "d"})
    with pytest.raises(BadSetting, match="public address"):
        tap.sync_all()
