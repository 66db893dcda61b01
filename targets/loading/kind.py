"""What sets one target apart from another."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from targets.loading.settings import LoadSettings
from targets.loading.store import Store


@dataclass(frozen=True)
class Kind:
    """A target's name, its settings, and what opens its store.

    `open_store` is given those settings; it raises SettingsError or LoadError where that cannot work.
    """

    name: str
    settings: type[LoadSettings]
    open_store: Callable[[Any, logging.Logger], Store]
