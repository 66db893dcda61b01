"""A total deadline per request: whatever a server does (silence, one byte at a time), its socket is cut in time.

Socket timeouts only bound the gap between two bytes. So a watchdog thread shuts the socket down when the time is up.
"""

import heapq
import itertools
import socket
import threading
import time


class Deadline:
    """One request's time limit and the socket it uses; `cut` ends the request from any thread."""

    def __init__(self, seconds: float) -> None:
        self.started = time.monotonic()
        self.ends = self.started + seconds
        self.over = False
        self.was_cut = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """Seconds left, never below a hundredth (a socket timeout of zero would mean non-blocking)."""
        return max(0.01, self.ends - time.monotonic())

    @property
    def expired(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.ends

    def holds(self, handle: socket.socket | None) -> None:
        """The request goes over this socket from now on; a cut that came before ends it at once."""
        with self._lock:
            self._socket = handle
            if self.was_cut:
                self._shut()

    def cut(self) -> None:
        """Shuts the request's socket down, which wakes the thread that waits for it."""
        with self._lock:
            self.was_cut = True
            self._shut()

    def finish(self) -> None:
        """The request is over; its socket may serve another one."""
        with self._lock:
            self.over = True
            self._socket = None

    def _shut(self) -> None:
        if self._socket is None or self.over:
            return
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # already closed by the other side


class Watchdog:
    """Cuts requests whose time is up; one thread for all of them, started with the first."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Deadline]] = []
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    def watch(self, deadline: Deadline) -> None:
        """Takes care of a request until it is over."""
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            if self._closed:
                deadline.cut()
            heapq.heappush(self._due, (deadline.ends, next(self._numbers), deadline))
            self._changed.notify()

    def close(self) -> None:
        """Cuts everything under way, and everything that starts later."""
        with self._changed:
            self._closed = True
            for _, _, deadline in self._due:
                deadline.cut()
            self._due.clear()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                self._cut_expired()
                self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)

    def _cut_expired(self) -> None:
        while self._due and (self._due[0][2].over or self._due[0][0] <= time.monotonic()):
            _, _, deadline = heapq.heappop(self._due)
            if deadline.over:
                continue
            if deadline.expired:
                deadline.cut()
            else:  # it was given more time meanwhile
                heapq.heappush(self._due, (deadline.ends, next(self._numbers), deadline))
