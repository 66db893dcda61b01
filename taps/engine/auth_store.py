"""Where new refresh tokens are kept: the tap's own config file, or whoever started the tap."""

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class TokenStore(Protocol):
    """Keeps settings that the login itself changes."""

    def lock(self) -> AbstractContextManager[None]:
        """Held while a token is renewed, so that two processes do not spend one refresh token twice."""

    def read(self) -> Mapping[str, str]:
        """The settings as they are now; another process may have changed them."""

    def write(self, settings: Mapping[str, str]) -> bool:
        """Keeps the settings for good before it returns; False where that could not be done."""


class ConfigFile:
    """The JSON file a tap was given by --config: replaced whole, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """An advisory lock on a file beside the config; where none can be made, nobody is kept out."""
        try:
            handle = os.open(f"{self._path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def read(self) -> Mapping[str, str]:
        """The settings that are texts; none where the file cannot be read."""
        try:
            settings = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return {name: text for name, text in settings.items() if isinstance(text, str)}

    def write(self, settings: Mapping[str, str]) -> bool:
        """Replaces these settings and keeps the others; on the disk when it returns."""
        try:
            kept = json.loads(self._path.read_bytes())
            self._replace(json.dumps({**kept, **settings}, indent=2).encode())
        except (OSError, ValueError, TypeError):
            return False
        return True

    def _replace(self, content: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")  # mkstemp makes it 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


class HandedBack:
    """Hands new settings to whoever runs the tap; it is called before the new token is used."""

    def __init__(self, on_new_token: Callable[[Mapping[str, str]], None]) -> None:
        self._on_new_token = on_new_token

    def lock(self) -> AbstractContextManager[None]:
        """The receiver locks, if several processes share a login."""
        return contextlib.nullcontext()

    def read(self) -> Mapping[str, str]:
        """Nothing is known of changes elsewhere."""
        return {}

    def write(self, settings: Mapping[str, str]) -> bool:
        """Calls the receiver; what it raises ends the run before the old token is gone for good."""
        self._on_new_token(settings)
        return True
