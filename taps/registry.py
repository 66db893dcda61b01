"""Which platforms there are, under which names, and what each can do; and the way to an adapter of one.

The catalogue (`taps/catalog.tsv`) lists every platform the collection is meant for, with its category and aliases; a
platform is supported once it has a manifest.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from taps.engine.cursor import Cursor, TokenCursor
from taps.engine.load import PLATFORMS
from taps.engine.manifest import Manifest, Stream
from taps.kinds import load, platforms

if TYPE_CHECKING:
    from taps.adapter import PlatformAdapter

CATALOG = Path(__file__).parent / "catalog.tsv"
STAGING = Path(__file__).parent.parent / "transform" / "models" / "staging"
ROW_HASH = "_row_hash"
"""A column of staging models by which dbt knows what a raw row became; nobody else reads it."""


class UnknownPlatformError(LookupError):
    """No platform of that name; the text names the nearest."""


@dataclass(frozen=True)
class CatalogEntry:
    """A platform the collection is meant for."""

    platform: str
    category: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class StreamCapabilities:
    """What a stream offers: how it goes on from run to run, and how deletes show."""

    name: str
    key: tuple[str, ...]
    incremental: bool
    by_changes: bool
    deletes: str
    docs: str


@dataclass(frozen=True)
class Capabilities:
    """What a platform offers. The streams of a database are its tables, which only its catalogue knows."""

    platform: str
    title: str
    category: str
    status: str
    logins: tuple[str, ...]
    streams: tuple[StreamCapabilities, ...]
    entities: tuple[str, ...]
    webhooks: bool


class Settings(Protocol):
    """Where an adapter finds a tenant's settings for a platform: the control plane's store, or anything like it."""

    def settings(self, tenant_id: str, platform: str) -> Mapping[str, Any]:
        """The tap's settings; raises `LookupError` if the tenant has not connected the platform."""


@lru_cache(maxsize=1)
def catalog() -> dict[str, CatalogEntry]:
    """Every platform of the catalogue by name."""
    with CATALOG.open(newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {
            row["platform"]: CatalogEntry(
                row["platform"], row["category"], tuple(filter(None, (row["aliases"] or "").split(",")))
            )
            for row in rows
        }


def _plain(name: str) -> str:
    return name.strip().lower().removeprefix("tap-").replace("-", "_").replace(" ", "_")


def entities_of(platform: str) -> tuple[str, ...]:
    """The unified entities a platform feeds: those it has a staging model for."""
    models = (STAGING / platform).glob(f"stg_{platform}__*.sql")
    return tuple(sorted({path.stem.split("__")[1] for path in models}))


def _deletes(stream: Stream) -> str:
    said: Any = stream.deletes
    return said if isinstance(said, str) else str(next(iter(said.model_dump(exclude_defaults=True, by_alias=True))))


def _stream(manifest: Manifest, name: str) -> StreamCapabilities:
    stream = manifest.resolved(name)
    return StreamCapabilities(
        name=name,
        key=tuple(stream.key) if isinstance(stream.key, list) else ("_row",),
        incremental=isinstance(stream.cursor, Cursor | TokenCursor) or stream.changes is not None,
        by_changes=stream.changes is not None,
        deletes=_deletes(stream),
        docs=stream.docs,
    )


class AdapterRegistry:
    """Lists platforms and gives adapters. Names may be aliases, and be written as `Google Ads` or `tap-google-ads`."""

    def list_platforms(self, category: str | None = None) -> list[str]:
        """Every supported platform, of one category if it is named."""
        return [name for name in platforms() if category is None or load(name).category == category]

    def resolve(self, name: str) -> str:
        """The platform meant by a name or alias; raises `UnknownPlatformError`."""
        plain = _plain(name)
        names = {alias: entry.platform for entry in catalog().values() for alias in entry.aliases}
        found = names.get(plain, plain)
        if found in catalog() or _has_tap(found):
            return found
        nearest = get_close_matches(plain, [*catalog(), *names], n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        msg = f"there is no platform {name!r}{hint}"
        raise UnknownPlatformError(msg)

    def is_platform_supported(self, name: str) -> bool:
        """Whether a platform has a tap."""
        try:
            return _has_tap(self.resolve(name))
        except UnknownPlatformError:
            return False

    def _supported(self, name: str) -> str:
        platform = self.resolve(name)
        if not _has_tap(platform):
            msg = f"{platform} is in the catalogue but has no tap yet"
            raise UnknownPlatformError(msg)
        return platform

    def get_platform_capabilities(self, name: str) -> Capabilities:
        """What a platform offers; raises `UnknownPlatformError`."""
        platform = self._supported(name)
        manifest = load(platform)
        if not isinstance(manifest, Manifest):
            return Capabilities(
                platform,
                manifest.title,
                manifest.category,
                "active",
                ("settings",),
                (),
                entities_of(platform),
                webhooks=False,
            )
        return Capabilities(
            platform=platform,
            title=manifest.title,
            category=manifest.category,
            status=manifest.status,
            logins=tuple(f"{entry} ({auth.kind})" for entry, auth in manifest.auth.items()),
            streams=tuple(_stream(manifest, each) for each, s in manifest.streams.items() if not s.helper),
            entities=entities_of(platform),
            webhooks=manifest.webhooks is not None,
        )

    def get_adapter(self, platform: str, tenant_id: str, db: Settings) -> "PlatformAdapter":
        """An adapter with a tenant's settings; raises `UnknownPlatformError` or `LookupError`."""
        from taps.adapter import PlatformAdapter

        name = self._supported(platform)
        return PlatformAdapter(name, db.settings(tenant_id, name))


def get_adapter_registry() -> AdapterRegistry:
    """The registry."""
    return AdapterRegistry()


def _has_tap(platform: str) -> bool:
    """Whether there is a manifest; the name may be anything that somebody typed, and leads to no other folder."""
    return any(path.name == platform and (path / "manifest.yaml").is_file() for path in PLATFORMS.iterdir())
