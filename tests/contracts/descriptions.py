"""The vendors' descriptions, for tests; they skip where there are none."""

from pathlib import Path
from typing import Any

import pytest

from taps.descriptions import index
from taps.descriptions.description import Description
from taps.descriptions.documents import parsed


def specs() -> Path:
    """The folder of the descriptions."""
    if not index.at_hand():
        pytest.skip(f"no descriptions at {index.folder()}: set ENGARDE_SPECS to the folder that holds them")
    return index.folder()


def read(platform: str, file: str) -> Any:
    """A description's document, JSON or YAML."""
    path = specs() / platform / file
    if not path.is_file():
        pytest.skip(f"no description {platform}/{file} in {specs()}")
    return parsed(path)


def described(platform: str, file: str) -> Description:
    """An OpenAPI description, to ask about."""
    path = specs() / platform / file
    if not path.is_file():
        pytest.skip(f"no description {platform}/{file} in {specs()}")
    return index.open_description(path, "openapi3")
