"""Singer messages on stdout, a page at a time. Whatever is written before a STATE message is what that state covers."""

import contextlib
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import IO, Any

import msgspec

from taps.engine.records import Row
from taps.engine.state import State

_encode = msgspec.json.Encoder().encode


def extraction_time() -> datetime:
    """Now by our own clock: extraction times are compared with each other only, never with the vendor's times."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as Singer writes it, UTC to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def encoded(row: Row | bytes) -> bytes:
    """A row as JSON."""
    return row if isinstance(row, bytes) else _encode(row)


class Writer:
    """Writes whole messages under a lock, so that streams may run side by side."""

    def __init__(self, platform: str, state: State, output: IO[bytes] | None = None, state_every: float = 5.0) -> None:
        self.platform = platform
        self.state = state
        self.keeps_state = True
        """False for a run beside the bookmarks: it writes no STATE."""
        self.counts: Counter[str] = Counter()
        self.deletes: Counter[str] = Counter()
        self._output = output if output is not None else sys.stdout.buffer
        self._lock = threading.Lock()
        self._schemas: dict[str, dict[str, Any]] = {}
        self._announced: set[str] = set()
        self._state_every = state_every
        self._state_due = 0.0
        self._later: threading.Timer | None = None
        self._last_state = _encode(state.copy())

    def schema(self, stream: str, schema: dict[str, Any], key: list[str], bookmark: list[str]) -> None:
        """Describes a stream. It is announced with its first page, so that a refused login leaves no empty tables."""
        message = {
            "type": "SCHEMA",
            "stream": stream,
            "platform": self.platform,
            "schema": schema,
            "key_properties": key,
            "bookmark_properties": bookmark,
            "tells_end": self.keeps_state,
        }
        with self._lock:
            self._schemas[stream] = message

    def announce_all(self, streams: Iterable[str]) -> None:
        """Announces streams that were read and had nothing."""
        with self._lock:
            for stream in streams:
                self._announce(stream)

    def _announce(self, stream: str) -> None:
        if stream in self._schemas and stream not in self._announced:
            self._announced.add(stream)
            self._put(_encode(self._schemas[stream]) + b"\n")

    def rows(self, stream: str, rows: Sequence[Row | bytes], extracted: datetime, version: int | None = None) -> int:
        """RECORD messages of one page; gives back their bytes."""
        head = b'{"type":"RECORD","stream":' + _encode(stream) + b',"record":'
        tail = (f',"version":{version}' if version is not None else "").encode()
        tail += b',"time_extracted":"' + stamp(extracted).encode() + b'"}\n'
        lines = head + (tail + head).join(map(encoded, rows)) + tail if rows else b""
        with self._lock:
            self.counts[stream] += len(rows)
            self._announce(stream)
            if lines:
                self._put(lines)
        return len(lines)

    def deleted(self, stream: str, rows: list[Row], extracted: datetime) -> None:
        """RECORD messages that mark records as deleted."""
        self.rows(stream, rows, extracted)
        self.counts[stream] -= len(rows)
        self.deletes[stream] += len(rows)

    def replaces(self, stream: str, replaced: dict[str, Any]) -> None:
        """The schema again, saying which older rows the last ones replace; other targets ignore the extra key."""
        with self._lock:
            self._announced.add(stream)
            self._put(_encode({**self._schemas[stream], "replaces": replaced}) + b"\n")

    def activate(self, stream: str, version: int, connection_id: str) -> None:
        """A complete read is over: rows of another version are gone at the vendor."""
        message = {"type": "ACTIVATE_VERSION", "stream": stream, "version": version, "connection_id": connection_id}
        with self._lock:
            self._announce(stream)
            self._put(_encode(message) + b"\n")

    def write_state(self, *, now: bool = False, end: bool = False) -> None:
        """A STATE message, if it changed; at most one every few seconds unless it must be `now`.

        `end` marks that nothing is missing: what was written before other states may come again in a later run, since
        windows and streams are read side by side. Other targets ignore the extra key.
        """
        if not self.keeps_state:
            return
        with self._lock:
            if not (now or end) and (wait := self._state_due - time.monotonic()) > 0:
                self._write_later(wait)
                return
            self._cancel()
            encoded = _encode(self.state.copy())
            if encoded == self._last_state and not (end and self._announced):
                return
            self._last_state = encoded
            self._state_due = time.monotonic() + self._state_every
            self._put(b'{"type":"STATE","value":' + encoded + (b',"end":true}\n' if end else b"}\n"))

    def _write_later(self, wait: float) -> None:
        """The state goes out when it is due, though the page that is being read may take long."""
        if self._later is None:
            self._later = threading.Timer(wait, self._write_now)
            self._later.daemon = True
            self._later.start()

    def _write_now(self) -> None:
        # Who no longer reads is noticed at the next page.
        with contextlib.suppress(OSError, ValueError):
            self.write_state(now=True)

    def _cancel(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None

    def finish(self) -> None:
        """Nothing waits here; see `taps.engine.batch_files`."""

    def _put(self, data: bytes) -> None:
        self._output.write(data)
        self._output.flush()
