"""Where requests may go, and that credentials never cross a host."""

import datetime as dt
import ipaddress
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from taps.engine.auth import Keys
from taps.engine.egress import AddressRefused, Egress, check_address, origin, zone_of
from taps.engine.errors import BadSetting, LoginRefused, Unreachable, VendorRefused
from taps.engine.http import Client, Request
from tests.engine.http.conftest import DOCS, as_json
from tests.engine.http.logins import login
from tests.engine.http.vendor import Vendor, body, ok, status

KEYS = Keys(kind="keys", docs=DOCS, headers={"X-Api-Key": "canary-header"}, params={"key": "canary-param"})


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        ("127.0.0.1", "loopback"),
        ("127.8.9.1", "loopback"),
        ("::1", "loopback"),
        ("0.0.0.0", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("169.254.169.254", "link_local"),
        ("::ffff:169.254.169.254", "link_local"),
        ("fe80::1%eth0", "link_local"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("fd00::1", "private"),
        ("224.0.0.1", "private"),
        ("2002:7f00:1::", "loopback"),
        ("64:ff9b::7f00:1", "loopback"),
        ("8.8.8.8", "public"),
        ("2606:4700::1111", "public"),
    ],
)
def test_zones(address: str, zone: str) -> None:
    assert zone_of(address) == zone


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://API.example.com/v1?x=1", "https://api.example.com:443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
        ("https://api.example.com./", "https://api.example.com:443"),
    ],
)
def test_origins(url: str, expected: str) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize("url", ["ftp://example.com", "file:///etc/passwd", "example.com", "https://", "http://a:b/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        origin(url)


@pytest.mark.parametrize(
    "url", ["https://api.example.com", "http://127.0.0.1:9", "http://localhost/x", "http://[::1]/"]
)
def test_addresses_a_tap_may_be_given(url: str) -> None:
    assert check_address(url, "api_url") == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://api.example.com", "'api_url' is not https.*allow_insecure"),
        ("http://10.0.0.1", "not https"),
        ("http://127.0.0.1.example.com", "not https"),
        ("file:///etc/passwd", "not an address"),
        ("https://user:hunter22@api.example.com", "holds a login"),
    ],
)
def test_addresses_a_tap_may_not_be_given(url: str, said: str) -> None:
    with pytest.raises(BadSetting, match=said) as caught:
        check_address(url, "api_url")
    assert "hunter22" not in str(caught.value)


def test_plain_http_where_the_user_insists() -> None:
    assert check_address("http://metabase.internal", "api_url", allow_insecure=True)


@pytest.mark.parametrize("url", ["http://files.example.com/x", "http://127.0.0.1/x", "file:///etc/passwd"])
def test_a_public_tap_fetches_nothing_else_in_plain(url: str) -> None:
    with pytest.raises(AddressRefused):
        Egress(["https://api.example.com"]).check(url)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "169.254.169.254", "10.1.2.3", "::ffff:10.0.0.1", "fd00::1", "0.0.0.0"]
)
def test_a_strange_name_may_not_lead_inside(address: str) -> None:
    with pytest.raises(AddressRefused, match="files.example.com leads to a"):
        Egress(["https://api.example.com"]).check_zone("https", "files.example.com", 443, ["8.8.8.8", address])


def test_the_address_that_was_checked_is_the_one_connected_to(vendor: Vendor, make_client, monkeypatch) -> None:
    """A name that changes its mind between check and use (DNS rebinding) leads nowhere else."""
    answers = [["127.0.0.1"], ["8.8.8.8"]]
    asked: list[str] = []

    def resolver(host, port, *rest, **more):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in answers[min(len(asked), 2) - 1]]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    client = make_client(settings={"addresses": ("https://api.example.com",)})
    with pytest.raises(VendorRefused, match="leads to a loopback address"):
        client.fetch(Request(f"https://evil.example.com:{vendor.server_address[1]}/x", login="none"), read=as_json)
    assert asked == ["evil.example.com"]
    assert vendor.log == []


def test_a_redirect_to_another_host_is_refused_and_nothing_is_sent_there(
    vendor: Vendor, other_vendor: Vendor, make_client
) -> None:
    elsewhere = other_vendor.answers("/steal", ok())
    url = vendor.answers("/things", status(302, Location=elsewhere))
    client = make_client(logins={"keys": login(KEYS, vendor.base)}, default_login="keys")
    with pytest.raises(VendorRefused, match=r"a redirect to http://127\.0\.0\.2:\d+, which is not followed") as caught:
        client.fetch(Request(url), read=as_json)
    assert other_vendor.log == []
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "//evil.example.com/",
        "ftp://127.0.0.1/",
        "",
        "http://[::1/",
    ],
)
def test_other_redirects_out_are_refused(vendor: Vendor, client: Client, location: str) -> None:
    url = vendor.answers("/things", status(301, Location=location))
    with pytest.raises(VendorRefused, match="not followed"):
        client.fetch(Request(url), read=as_json)
    assert len(vendor.log) == 1


def test_a_redirect_on_the_same_host_is_followed_with_credentials(vendor: Vendor, make_client) -> None:
    url = vendor.answers("/old", status(307, Location="/new?page=2&key=canary-param"))
    vendor.answers("/new", ok())
    client = make_client(logins={"keys": login(KEYS, vendor.base)}, default_login="keys")
    client.fetch(Request(url), read=as_json)
    (seen,) = vendor.asked("/new")
    assert seen.headers["x-api-key"] == "canary-header"
    assert seen.query == {"page": ["2"], "key": ["canary-param"]}


def test_a_redirect_loop_ends(vendor: Vendor, client: Client) -> None:
    url = vendor.answers("/things", status(302, Location="/things"))
    with pytest.raises(VendorRefused, match="more than 5 redirects"):
        client.fetch(Request(url), read=as_json)
    assert len(vendor.log) == 6


def test_a_redirected_post_is_refused(vendor: Vendor, client: Client) -> None:
    url = vendor.answers("/things", status(307, Location="/new"))
    with pytest.raises(VendorRefused, match="redirect of a POST"):
        client.fetch(Request(url, "POST", body=b"{}"), read=as_json)
    assert len(vendor.log) == 1


def test_a_next_page_on_another_host_gets_no_credentials(vendor: Vendor, other_vendor: Vendor, make_client) -> None:
    url = other_vendor.answers("/page2", ok())
    client = make_client(logins={"keys": login(KEYS, vendor.base)}, default_login="keys")
    with pytest.raises(VendorRefused, match=r"127\.0\.0\.2 is another host than the login is for"):
        client.fetch(Request(url), read=as_json)
    assert other_vendor.log == []


def test_a_signed_link_to_another_host_is_fetched_without_credentials(vendor, other_vendor, make_client) -> None:
    url = other_vendor.answers("/file", ok())
    client = make_client(logins={"keys": login(KEYS, vendor.base)}, default_login="keys")
    client.fetch(Request(url, params=(("signature", "s"),), login="none"), read=as_json)
    (seen,) = other_vendor.log
    assert "x-api-key" not in seen.headers
    assert seen.query == {"signature": ["s"]}


def test_cookies_and_netrc_are_not_sent(vendor: Vendor, client: Client, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login canary password canary\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    url = vendor.answers("/things", ok(Set_Cookie="session=canary; Path=/"))
    for _ in range(2):
        client.fetch(Request(url), read=as_json)
    assert all("cookie" not in seen.headers and "authorization" not in seen.headers for seen in vendor.log)


def test_an_unknown_login_is_named(vendor: Vendor, client: Client) -> None:
    with pytest.raises(LoginRefused, match="'report' is not set up"):
        client.fetch(Request(vendor.answers("/x", ok()), login="report"), read=as_json)


def certificate(folder: Path, host: str, days: tuple[int, int]) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    if host[0].isdigit():
        names = [x509.IPAddress(ipaddress.ip_address(host))]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=days[0]))
        .not_valid_after(now + dt.timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "cert.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return file


@pytest.mark.parametrize(
    ("host", "days", "trusted", "said"),
    [
        pytest.param("127.0.0.1", (-1, 9), False, "self-signed", id="not trusted"),
        pytest.param("127.0.0.1", (-9, -1), True, "expired", id="expired"),
        pytest.param("other.example.com", (-1, 9), True, "not valid for '127.0.0.1'", id="other host"),
        pytest.param("127.0.0.1", (-1, 9), True, None, id="good"),
    ],
)
def test_certificates_fail_closed(make_client, tmp_path: Path, host: str, days, trusted: bool, said) -> None:
    file = certificate(tmp_path, host, days)
    server = Vendor()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    base = server.base.replace("http:", "https:")
    server.answers("/things", body(200, b'{"data": []}'))
    changes = {"addresses": (base,), "request_timeout": 5, **({"ca_bundle": str(file)} if trusted else {})}
    client = make_client(settings=changes)
    try:
        if said is None:
            assert client.fetch(Request(f"{base}/things"), read=as_json) == {"data": []}
        else:
            with pytest.raises(Unreachable, match=f"no safe connection to .*{said}.*set ca_bundle"):
                client.fetch(Request(f"{base}/things"), read=as_json)
            assert server.log == []
    finally:
        server.shutdown()
        server.server_close()


def test_a_tls_handshake_that_never_ends_is_cut(make_client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        base = f"https://127.0.0.1:{server.getsockname()[1]}"
        settings = {"addresses": (base,), "request_timeout": 0.2, "first_contact_budget": 0}
        with pytest.raises(Unreachable, match="no complete answer within|in time"):
            make_client(settings=settings).fetch(Request(f"{base}/x"), read=as_json)
