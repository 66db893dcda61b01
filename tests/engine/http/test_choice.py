import pytest

from taps.engine.auth import Bearer, Keys, OAuth2
from taps.engine.auth_choice import choose_login, options_of
from taps.engine.errors import BadSetting
from taps.engine.options import TextOption
from tests.engine.http.conftest import DOCS

TOKEN = Bearer(
    kind="bearer",
    docs=DOCS,
    title="Private app",
    token="{config.access_token}",
    config={"access_token": TextOption(type="secret", title="Access token")},
)
APP = OAuth2(kind="oauth2", docs=DOCS, title="OAuth app", authorize=f"{DOCS}/a", token="https://{config.shop}/t")
SERVER = OAuth2(kind="oauth2", docs=DOCS, token=f"{DOCS}/t", grant="client_credentials")
KEY = Keys(
    kind="keys",
    docs=DOCS,
    headers={"X-Key": "{config.key}", "X-Account": "{config.account}"},
    config={
        "key": TextOption(type="secret", title="Key"),
        "account": TextOption(type="string", title="Account", optional=True),
    },
)
REFRESHING = {"client_id": "a", "client_secret": "b", "refresh_token": "c"}


@pytest.mark.parametrize(
    ("entries", "settings", "chosen"),
    [
        ({"token": TOKEN}, {"access_token": "x"}, "token"),
        ({"token": TOKEN, "app": APP}, {"access_token": "x"}, "token"),
        ({"token": TOKEN, "app": APP}, {**REFRESHING, "shop": "s"}, "app"),
        ({"token": TOKEN, "app": APP}, {**REFRESHING, "shop": "s", "access_token": "x"}, "app"),
        (
            {"token": TOKEN, "app": APP},
            {**REFRESHING, "shop": "s", "access_token": "x", "auth_method": "token"},
            "token",
        ),
        ({"app": APP}, {"access_token": "x", "shop": "s"}, "app"),
        ({"key": KEY}, {"key": "k"}, "key"),
        ({"server": SERVER}, {"client_id": "a", "client_secret": "b"}, "server"),
        ({}, {}, None),
    ],
)
def test_the_login_whose_settings_are_given(entries, settings, chosen) -> None:
    assert choose_login(entries, settings) == chosen


@pytest.mark.parametrize(
    ("entries", "settings", "said"),
    [
        ({"token": TOKEN}, {}, r"^acme: no login: set access_token \(Private app\)$"),
        (
            {"token": TOKEN, "app": APP},
            {"client_id": "canary", "shop": "s"},
            r"set access_token \(Private app\) or client_secret, refresh_token \(OAuth app\)$",
        ),
        ({"app": APP}, REFRESHING, r"set shop \(OAuth app\)$"),
        ({"key": KEY}, {"account": "1"}, r"set key \(key\)$"),
        ({"token": TOKEN, "key": KEY}, {"access_token": "x", "auth_method": "key"}, r"set key \(key\)$"),
        ({"token": TOKEN}, {"auth_method": "tokne"}, "'tokne' is none of token"),
    ],
)
def test_what_is_missing_is_named(entries, settings, said) -> None:
    with pytest.raises(BadSetting, match=said) as caught:
        choose_login(entries, settings, platform="acme")
    assert "canary" not in str(caught.value)


def test_oauth2_brings_its_settings() -> None:
    options = options_of(APP)
    assert {"client_id", "client_secret", "refresh_token", "access_token"} <= set(options)
    assert options["client_secret"].type == "secret"
