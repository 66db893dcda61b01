"""One request as the engine hands it to the client: no credentials, those are the login's work."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `url` is absolute and without query.

    Its repr shows no address (a key may stand in its path), parameter, header or body.
    """

    url: str = field(repr=False)
    method: str = "GET"
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    safe: str = ""
    """Characters that stand in the parameters as they are."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    login: str | None = None
    """An entry of `auth`; None is the connection's own, `none` sends no credentials (signed download links)."""
    rate: tuple[str, ...] = ()
    """The rate buckets this request counts in."""
    bucket_key: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Per bucket name, the value it is kept for (an ad account, a stream)."""
    elsewhere: bool = False
    """Whether a redirect to another host is followed, without login and headers."""
    stream: str = ""
    accept: tuple[str, ...] = ()
    """Statuses that are no refusal here, whatever `errors` says."""
    absent_ok: bool = False
    """Whether an empty success (204, no body) means "no records" (`Empty`) and not a broken answer."""


def with_headers(headers: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """The headers with `more` put over them, whatever their case."""
    names = {name.lower() for name in more}
    return {**{name: value for name, value in headers.items() if name.lower() not in names}, **more}


def with_params(params: tuple[tuple[str, str], ...], more: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The query parameters with those named in `more` replaced."""
    return (*((name, value) for name, value in params if name not in more), *more.items())
