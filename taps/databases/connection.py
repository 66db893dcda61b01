"""A session with a database: the manifest's words filled with the settings, and transactions around tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, cast

from taps.databases.drivers.base import Driver, Session
from taps.databases.faults import told
from taps.databases.manifest import DatabaseManifest
from taps.databases.settings import DatabaseSettings
from taps.engine.errors import BadSetting
from taps.engine.hosted import refuse_inside
from taps.engine.references import fill_text, fill_value


class Database:
    """How one database is reached. Nothing is sent before `session` is called."""

    def __init__(self, manifest: DatabaseManifest, settings: DatabaseSettings, platform: str) -> None:
        self.manifest, self.settings, self.platform = manifest, settings, platform
        self._scope = {"config": settings.config}
        self._driver: Driver | None = None

    @property
    def driver(self) -> Driver:
        """The driver's module; raises `BadSetting` where its library is not installed."""
        if self._driver is None:
            name = f"taps.databases.drivers.{self.manifest.driver}"
            try:
                self._driver = cast("Driver", import_module(name))
            except ImportError as absent:
                msg = f"the library {absent.name} is not installed: pip install 'engarde[{self.platform}]'"
                raise BadSetting(msg, platform=self.platform) from None
        return self._driver

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A read-only session; faults within become `TapError`s."""
        with self.told():
            arguments: dict[str, Any] = fill_value(self.manifest.connect.arguments, self._scope)
            refuse_inside(arguments.get("host"), arguments.get("port"), self.platform)
            session = self.driver.connect(arguments)
            try:
                self.run(session, self.manifest.connect.session)
                yield session
            finally:
                session.close()

    @contextmanager
    def snapshot(self, session: Session) -> Iterator[None]:
        """Within the block all tables are read as they are at one moment, if the settings want that."""
        if not self.settings.snapshot:
            yield
            return
        self.run(session, self.manifest.connect.snapshot)
        yield
        self.run(session, self.manifest.connect.end)

    @contextmanager
    def table(self, session: Session, stream: str) -> Iterator[None]:
        """Within the block one table is read; if that fails, the session can still read the next."""
        words = self.manifest.connect
        before, after = (
            ([words.savepoint or ""], [words.undo or ""]) if self.settings.snapshot else (words.transaction, words.end)
        )
        self.run(session, before)
        try:
            with self.told(stream):
                yield
        except Exception:
            with self.told(stream):
                self.run(session, after)
            raise
        if not self.settings.snapshot:
            self.run(session, after)

    def run(self, session: Session, statements: list[str]) -> None:
        """Runs statements one after another."""
        for statement in statements:
            if statement:
                session.execute(fill_text(statement, self._scope))

    def told(self, stream: str = "") -> Any:
        """The driver's faults as errors of one line."""
        return told(self.driver, self.manifest.errors, self.platform, stream)
