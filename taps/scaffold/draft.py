"""`make platform NAME=acme SPEC=openapi.json`: the two folders of a new platform, as a draft."""

from __future__ import annotations

import re
from pathlib import Path

from taps.engine.load import PLATFORMS
from taps.scaffold.fields import Column
from taps.scaffold.fixtures import fixture, invented
from taps.scaffold.manifest import manifest
from taps.scaffold.staging import models
from taps.scaffold.unchecked import STAGING
from taps.scaffold.vendor import ScaffoldError, Vendor, described, unknown

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def draft(name: str, spec: Path | None, platforms: Path = PLATFORMS, staging: Path = STAGING) -> list[Path]:
    """Writes a platform's draft and returns its files; raises `ScaffoldError`, and then nothing is written."""
    if not _NAME.fullmatch(name):
        msg = f"{name!r} is no platform's name: small letters, digits and single underscores, as in google_ads"
        raise ScaffoldError(msg)
    folder = platforms / name
    if folder.exists():
        msg = f"{folder} is there already; a draft would overwrite what somebody checked"
        raise ScaffoldError(msg)
    files = _texts(name, described(name, spec) if spec else unknown(name), folder, staging / name)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def _texts(name: str, vendor: Vendor, folder: Path, staging: Path) -> dict[Path, str]:
    files = {folder / "manifest.yaml": manifest(name, vendor)}
    for each in vendor.lists:
        files[folder / "fixtures" / f"{each.name}.json"] = fixture(vendor, each)
    streams = vendor.columns
    if not vendor.lists:
        files[folder / "fixtures" / "customers.json"] = invented(vendor.docs)
        streams = {"customers": {"id": Column("id", "id", "string", required=True)}}
    return files | {staging / file: text for file, text in models(name, streams).items()}
