"""`auth:` from the description's security schemes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taps.descriptions.description import Login
from taps.scaffold.lines import line, pair
from taps.scaffold.names import snake

WHERE = "the vendor's page on this login"
_NONE = Login("bearer")


def logins(described: Mapping[str, Login], docs: str) -> Iterator[str]:
    """The lines of `auth:`; a bearer token where nothing is described."""
    yield line(0, "auth:")
    known = {snake(name): login for name, login in described.items() if login.kind in _WRITERS}
    if not known:
        yield line(1, "token:", "the description tells no login: which does the vendor have?")
        yield from _bearer("token", _NONE, docs)
        return
    for name, login in known.items():
        yield line(1, f"{name}:", "is this login there for a user's own account, and which may read everything?")
        yield from _WRITERS[login.kind](name, login, docs)


def _bearer(name: str, _login: Login, docs: str) -> Iterator[str]:
    setting = _setting(name, "token")
    yield pair(2, "kind", "bearer")
    yield pair(2, "docs", docs, WHERE)
    yield from _secret(setting, "Token")
    yield pair(2, "token", f"{{config.{setting}}}")


def _basic(name: str, _login: Login, docs: str) -> Iterator[str]:
    user, password = f"{name}_user", f"{name}_password"
    yield pair(2, "kind", "basic")
    yield pair(2, "docs", docs, WHERE)
    yield line(2, "config:")
    yield line(3, f"{user}:")
    yield pair(4, "type", "string")
    yield pair(4, "title", "User name", "what does the vendor call it, and where does the user find it?")
    yield line(3, f"{password}:")
    yield pair(4, "type", "secret")
    yield pair(4, "title", "Password", "what does the vendor call it, and where does the user find it?")
    yield pair(2, "username", f"{{config.{user}}}")
    yield pair(2, "password", f"{{config.{password}}}")


def _keys(name: str, login: Login, docs: str) -> Iterator[str]:
    setting = _setting(name, "key")
    yield pair(2, "kind", "keys")
    yield pair(2, "docs", docs, WHERE)
    yield from _secret(setting, "Key")
    yield line(2, "params:" if login.place == "query" else "headers:")
    yield pair(3, login.name, f"{{config.{setting}}}")


def _oauth2(_name: str, login: Login, docs: str) -> Iterator[str]:
    yield pair(2, "kind", "oauth2")
    yield pair(2, "docs", docs, WHERE)
    address = login.token_urls[0] if login.token_urls else "https://example.com/oauth/token"
    yield pair(2, "authorize", address.rsplit("/", 1)[0] + "/authorize", "the page where the user agrees")
    yield pair(2, "token", address, "the token endpoint")
    yield pair(
        2, "refresh", "rotating", "does a refresh give a new refresh token (rotating), the same (reusable), none?"
    )


def _setting(name: str, kind: str) -> str:
    """OAuth brings settings of its own, whose names no other may have."""
    return f"api_{kind}" if name in {"token", "key", "access_token", "refresh_token", "client_id"} else name


def _secret(setting: str, title: str) -> Iterator[str]:
    yield line(2, "config:")
    yield line(3, f"{setting}:")
    yield pair(4, "type", "secret")
    yield pair(4, "title", title, "what does the vendor call it, and where does the user find it?")


_WRITERS = {"bearer": _bearer, "basic": _basic, "key": _keys, "oauth2": _oauth2}
