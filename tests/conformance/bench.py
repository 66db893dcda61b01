"""One platform on the test bench: its tap, its pretend vendor, and runs of one against the other in this process."""

import io
import json
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.fixtures.asked import Answered, Asked
from sandbox.fixtures.routes import Matcher
from sandbox.fixtures.settings import dummy_settings
from sandbox.fixtures.vendor import FixtureVendor
from taps.engine.api import ManifestTap, tap_class
from taps.engine.command import exit_code
from taps.engine.errors import TapError
from taps.engine.load import PLATFORMS
from taps.engine.manifest import Manifest
from taps.engine.settings import addresses, values
from tests.conformance.clock import START, VirtualTime, virtual_time
from tests.conformance.transport import Exchanged, Line, Spoiled, connected
from tests.engine.vendor import Told

Fault = Callable[[Asked, int], "Answered | Spoiled | Exception | None"]
"""Given a request and how many came before it in this run: what comes instead of the vendor's answer, or None."""


@dataclass
class Ran(Told):
    """A finished run: what it wrote, its exit code, what it asked, and what it raised."""

    output: bytes
    code: int
    asked: list[Exchanged]
    error: TapError | None = None
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.output, self.code)


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


_MATCHERS: dict[str, Matcher] = {}
"""What finds out what a request is for, by platform and settings: made once, since it knows the manifest alone."""


def tap_of(platform: str, folder: Path) -> type[ManifestTap]:
    """The tap of a platform, also of one made for a test."""
    return tap_class(platform, None if folder == PLATFORMS / platform else folder)


@dataclass
class Bench:
    """A platform (or a folder with a manifest made for a test), its vendor and the time both live in."""

    platform: str
    folder: Path
    time: VirtualTime
    login: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    known_catalog: dict[str, Any] | None = None
    """The catalog, where it was discovered before."""
    probe: str | None = None
    """The stream that faults are made for; for all where none is named."""

    def __post_init__(self) -> None:
        self.tap = tap_of(self.platform, self.folder)
        self.manifest: Manifest = self.tap.manifest
        self.settings = {**dummy_settings(self.manifest, self.login), **self.settings}
        self.vendor = self.new_vendor()
        first = START - self.vendor.records.reach()
        self.settings["start_date"] = first.date().isoformat()

    def new_vendor(self) -> FixtureVendor:
        """A vendor as it is before the first run."""
        config = values(self.manifest, self.settings, self.platform)
        scope = {"config": config, "checked": {"api_version": self.manifest.checked.api_version}}
        login = self.settings.get("auth_method") or next(iter(self.manifest.auth))
        where = addresses(self.manifest, self.settings, scope, login, self.platform)
        place = f"{self.folder} {json.dumps(self.settings, sort_keys=True, default=str)}"
        made = FixtureVendor(
            self.manifest, self.folder, self.settings, {None: where.base, **where.hosts}, now=self.time.now,
            matcher=_MATCHERS.get(place),  # type: ignore[arg-type]
        )  # fmt: skip
        _MATCHERS[place] = made.matcher
        return made

    @property
    def streams(self) -> list[str]:
        """The streams offered to the user and not made for an account's own records."""
        return [name for name, stream in self.manifest.streams.items() if not stream.helper and stream.each is None]

    def run(
        self, *, state: dict[str, Any] | None = None, only: list[str] | None = None, fault: Fault | None = None,
        catalog: dict[str, Any] | None = None, **settings: Any,
    ) -> Ran:  # fmt: skip
        """Runs the tap to its end."""
        count = iter(range(10**9))

        def serve(asked: Asked) -> Any:
            spoiled = fault(asked, next(count)) if fault else None
            return self.vendor.answer(asked) if spoiled is None else spoiled

        line = Line(serve, self.time.wait)
        log = _Log()
        logger = logging.getLogger()
        logger.addHandler(log)
        output, code, error = io.BytesIO(), 0, None
        made: Any = None
        try:
            with connected(line):
                made = self.tap(
                    config={**self.settings, **settings},
                    state=state,
                    catalog=catalog if catalog is not None or only is None else self.selecting(only),
                )
                made._report(made.read_into(output))
        except SystemExit as ended:
            code = int(ended.code or 0)
        except TapError as ended:
            code, error = exit_code(ended), ended
        finally:
            logger.removeHandler(log)
            if made is not None and made._connection is not None:
                made._connection.client.close()
        return Ran(output.getvalue(), code, line.log, error, log.lines)

    def catalog(self) -> dict[str, Any]:
        """The catalog as discovered."""
        with connected(Line(self.vendor.answer, self.time.wait)):
            made = self.tap(config=self.settings)
            found: dict[str, Any] = made.catalog_dict
            if made._connection is not None:
                made._connection.client.close()
        return found

    def selecting(self, only: list[str]) -> dict[str, Any]:
        """The catalog with these streams selected and no other; shares what is the same with the one discovered."""
        catalog = self.known_catalog or self.catalog()
        return {
            **catalog,
            "streams": [_selected(entry, entry["tap_stream_id"] in only) for entry in catalog["streams"]],
        }


def _selected(entry: dict[str, Any], chosen: bool) -> dict[str, Any]:
    """A stream's entry of the catalog, selected or not."""
    told = [
        part if part["breadcrumb"] else {**part, "metadata": {**part["metadata"], "selected": chosen}}
        for part in entry["metadata"]
    ]
    return {**entry, "metadata": told}


@contextmanager
def bench(platform: str, folder: Path | None = None, **more: Any) -> Iterator[Bench]:
    """A platform on the bench; time stands still but for waits."""
    with virtual_time() as time, tempfile.TemporaryDirectory(prefix="engarde-") as tokens:
        made = Bench(platform, folder or PLATFORMS / platform, time, **more)
        made.settings["token_store"] = tokens
        yield made


def keys_of(ran: Ran, *, deleted: bool = False) -> dict[str, set[tuple[str, ...]]]:
    """The keys of the records a run wrote, by stream; those it marked as deleted only where they are asked for."""
    found: dict[str, set[tuple[str, ...]]] = {}
    schemas = {message["stream"]: message["key_properties"] for message in ran.of("SCHEMA")}
    for message in ran.of("RECORD"):
        record = message["record"]
        if deleted or record.get("_sdc_deleted_at") is None:
            key = tuple(str(record.get(column)) for column in schemas[message["stream"]])
            found.setdefault(message["stream"], set()).add(key)
    return found
