"""One run of a database's tap: the settings and switches its tables share."""

from dataclasses import dataclass

from taps.databases.settings import DatabaseSettings
from taps.engine.errors import Stopped
from taps.engine.outcomes import TapRun


@dataclass(kw_only=True)
class DatabaseRun(TapRun):
    """The settings beside what every run has."""

    settings: DatabaseSettings
    platform: str

    def check_stopped(self) -> None:
        """Raises `Stopped` once the run was asked to end."""
        if self.stop.is_set():
            msg = "stopped"
            raise Stopped(msg, platform=self.platform)
