"""Logins: every way in works, wrong credentials are told as such, tokens are renewed, and no secret is ever shown."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.fixtures.asked import Answered, Asked
from taps.engine import registering
from taps.engine.auth import Jwt, OAuth2, Session
from taps.engine.connection import Connection
from taps.engine.errors import LoginRefused
from taps.engine.references import names
from taps.engine.settings import options
from taps.engine.topics import topics
from taps.engine.webhooks import Register
from tests.conformance.bench import Bench
from tests.conformance.checks import Case, Complaints, check
from tests.conformance.checks_refusals import completes
from tests.conformance.faults import is_data
from tests.conformance.transport import Line, connected

ADDRESS = "https://engarde.example/api/v1/webhooks/vendor/token"

_IDENTITIES = ("access_key", "consumer_key")
"""What stands beside a secret that only signs: the vendor knows the client by it."""


def ways_in(case: Case) -> Iterator[str]:
    """The logins that are alternatives: those that no host and no stream names."""
    named = {host.auth for host in case.manifest.http.hosts.values()} | {s.auth for s in case.manifest.streams.values()}
    yield from (name for name in case.manifest.auth if name not in named)


def secrets_of(here: Bench) -> list[str]:
    """The settings that must never be shown, long enough to be told from other texts."""
    known = options(here.manifest)
    named = {name for name, option in known.items() if option.type == "secret"}
    named |= {"client_secret", "refresh_token", "access_token"}
    found = [str(here.settings[name]) for name in named if here.settings.get(name)]
    return [secret for secret in found if len(secret) >= 8]


@check("Each login of the manifest reads records.", defect="credentials are not put on requests")
def every_login(case: Case) -> Complaints:
    for entry in ways_in(case):
        with case.bench(login=entry) as here:
            ran = here.run(only=[case.probe])
            if ran.code or ran.error:
                yield f"{entry}: {ran.error or [line for line in ran.log if case.platform in line][:1]}"
            elif not ran.records(case.probe):
                yield f"{entry}: no record arrives"


@check(
    "Wrong credentials end the run at once, with a line that says so, and leave no table.",
    defect="wrong ones are let in",
)
def wrong_credentials(case: Case) -> Complaints:
    for entry in ways_in(case):
        with case.bench(login=entry) as here:
            _spoil(here, entry)
            ran = here.run(only=[case.probe])
        if not isinstance(ran.error, LoginRefused):
            yield f"{entry}: wrong credentials end in {ran.code}, {ran.error}"
        if ran.of("SCHEMA") or ran.of("RECORD"):
            yield f"{entry}: wrong credentials leave tables behind"


def _spoil(here: Bench, entry: str) -> None:
    """Changes the settings that the login's texts refer to, as somebody does who pastes the wrong ones."""
    auth = here.manifest.auth[entry]
    used = {text.removeprefix("config.") for text in names([getattr(auth, key, None) for key in _IDENTITIES])}
    for name, option in options(here.manifest).items():
        value = here.settings.get(name)
        spoilt = option.type == "secret" or name in used
        if spoilt and isinstance(value, str) and "PRIVATE KEY" not in value:
            here.settings[name] = f"{value}0"
    for name in ("refresh_token", "access_token", "client_secret"):
        if here.settings.get(name) and name not in options(here.manifest):
            here.settings[name] += "0"
    for known in here.vendor.gate.tokens.values():
        known.clear()
    if isinstance(auth, Jwt):
        here.vendor.gate.exchange = lambda *_: Answered({"error": "invalid_grant"}, 400)  # type: ignore[method-assign]


@check("A token that the vendor refuses in the middle of a run is renewed, and nothing is lost.", defect="no renewal")
def token_renewed(case: Case) -> Complaints:
    for entry in ways_in(case):
        auth = case.manifest.auth[entry]
        renews = isinstance(auth, Jwt | Session) or (
            isinstance(auth, OAuth2) and (auth.grant == "client_credentials" or auth.refresh != "none")
        )
        if not renews:
            continue
        with case.bench(login=entry) as here:
            count = iter(range(10**6))

            def expiring(asked: Asked, _number: int, here: Bench = here, count: Any = count) -> Any:
                if is_data(here, asked) and next(count) == 1:
                    here.vendor.gate.expire()

            yield from completes(case, here.run(only=[case.probe], fault=expiring), f"{entry}: a token expires midway")


@check(
    "No secret is in a log line, an error or a message, also where the vendor repeats it.",
    defect="texts are not scrubbed",
)
def no_secret_shown(case: Case) -> Complaints:
    for entry in ways_in(case):
        with case.bench(login=entry) as here:
            secrets = secrets_of(here)

            def telling(asked: Asked, _number: int, here: Bench = here, secrets: list[str] = secrets) -> Any:
                if not is_data(here, asked):
                    return None
                errors = here.manifest.resolved(case.probe).errors
                said = f"your key {' and '.join(secrets)} is not good for {asked.path}"
                body: Any = {"message": said, "error": said}
                if errors is not None and errors.message is not None and not str(errors.message).startswith("header:"):
                    from sandbox.fixtures.places import put

                    body = put(body, errors.message, said)
                return Answered(body, 400)

            ran = here.run(only=[case.probe], fault=telling)
            told = "\n".join([*ran.log, str(ran.error), ran.output.decode("utf-8", "replace"), json.dumps(ran.state)])
            for secret in secrets:
                if secret in told:
                    yield f"{entry}: a secret setting is shown where the vendor repeats it"
                    break


def _listed(
    connection: Connection, words: Register, places: list[str | None]
) -> Iterator[registering.Registration]:  # fmt: skip
    yield from registering.listed_first(connection, words)
    for place in places:
        yield from registering.listed(connection, words, place)


@check(
    "An address is registered at the vendor with every topic, found in its list, and taken back.",
    defect="lists of registrations come out empty",
)
def address_registered(case: Case) -> Complaints:
    words = case.manifest.webhooks.registering if case.manifest.webhooks else None
    if words is None:
        return
    told = sorted({topic for of in topics(case.manifest).values() for topic in of})
    asked = registering.asked_for(words, told)
    with case.bench() as here, connected(Line(here.vendor.answer, here.time.wait)):
        connection = here.tap(config=here.settings)._connection
        assert connection is not None
        places = registering.places(connection, case.folder, words)
        first = registering.create_first(connection, words, ADDRESS, told)
        before = first[0].id if first else None
        made = [
            registering.create(connection, words, ADDRESS, each, "secret", place, before)
            for place in places
            for each in asked
        ]
        there = {
            each.id for each in _listed(connection, words, places) if each.address in {ADDRESS, ""} and each.active
        }
        if not made or there != {each.id for each in (*first, *made)}:
            yield f"{len(first) + len(made)} registrations were made, and {len(there)} of them are listed"
        if words.secret is not None and not words.shakes_hands and not all(each.secret for each in made):
            yield "the vendor's secret is lost"
        for each in (*made, *first):
            registering.remove(connection, words, each.id)
        registering.remove(connection, words, made[0].id)
        if left := list(_listed(connection, words, places)):
            yield f"{len(left)} registrations are left"
        yield from (f"nobody's request: {request}" for request in here.vendor.unknown)
        connection.client.close()
