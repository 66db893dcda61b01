"""Where new refresh tokens are kept: beside the tap's state, in its config file, or by whoever started the tap."""

import contextlib
import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class TokenStore(Protocol):
    """Keeps settings that the login itself changes."""

    @property
    def shared(self) -> bool:
        """Whether every worker that uses this login reads from here."""

    def refused(self, why: str) -> None:
        """Notes that the vendor wants a new login."""

    def lock(self) -> AbstractContextManager[None]:
        """Held while a token is renewed, so that two processes do not spend one refresh token twice."""

    def read(self) -> Mapping[str, str]:
        """The settings as they are now; another process may have changed them."""

    def write(self, settings: Mapping[str, str]) -> bool:
        """Keeps the settings for good before it returns; False where that could not be done."""


class _OfOne:
    """What a single tap keeps for itself."""

    shared = False

    def refused(self, why: str) -> None:
        """The tap's own error says it."""


class _File(_OfOne):
    """A JSON file of settings, readable by its owner alone and replaced whole."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """An advisory lock on a file beside it; where none can be made, nobody is kept out."""
        try:
            self._prepare()
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
            self._prepare()
            self._replace(json.dumps({**self._kept(), **settings}, indent=2).encode())
        except (OSError, ValueError, TypeError):
            return False
        return True

    def _prepare(self) -> None:
        """Whatever has to be there before the file can be written."""

    def _kept(self) -> Mapping[str, object]:
        kept: Mapping[str, object] = json.loads(self._path.read_bytes())
        return kept

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


class ConfigFile(_File):
    """The JSON file a tap was given by --config."""


class TokenFile(_File):
    """What became of one refresh token that the user gave: for taps whose config file is made anew for every run.

    The file is named for that token's hash, so that logins do not meet and a token given anew starts afresh.
    """

    def __init__(self, folder: Path, platform: str, given: Mapping[str, object]) -> None:
        named = [str(given.get(name) or "") for name in ("connection_id", "client_id", "refresh_token")]
        mark = hashlib.sha256("\0".join([platform, *named]).encode()).hexdigest()[:20]
        super().__init__(folder / f"{platform}-{mark}.json")

    def _prepare(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _kept(self) -> Mapping[str, object]:
        return {}


class Kept(_OfOne):
    """A config file and a token file: new tokens go into both, since nobody knows which of them the next run sees."""

    def __init__(self, config: ConfigFile, tokens: TokenFile, given: str) -> None:
        self._config, self._tokens, self._given = config, tokens, given

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Both files' locks, always in the same order."""
        with self._tokens.lock(), self._config.lock():
            yield

    def read(self) -> Mapping[str, str]:
        """What a config file that has changed since it was read says, else the token file."""
        now = self._config.read()
        return now if now.get("refresh_token", self._given) != self._given else self._tokens.read()

    def write(self, settings: Mapping[str, str]) -> bool:
        """Writes both; one suffices."""
        written = [self._tokens.write(settings), self._config.write(settings)]
        return any(written)


class HandedBack(_OfOne):
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
