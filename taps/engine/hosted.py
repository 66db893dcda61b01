"""What a tap refuses where an operator runs it with other people's settings: his own network and his own files.

`ENGARDE_HOSTED=1` says so. Without it the settings are the operator's own, and may name what he likes.
"""

import os
from collections.abc import Mapping
from typing import Any

from taps.engine.egress import look_up, zone_of
from taps.engine.errors import BadSetting

HOSTED = "ENGARDE_HOSTED"
_OPERATORS = frozenset({"proxy", "allow_insecure", "batch_config"})
"""Settings of every tap that are the operator's; those that name files are marked `file` where they are described."""
_LOOK_UP_SECONDS = 10.0


def is_hosted() -> bool:
    """Whether the settings are other people's."""
    return os.environ.get(HOSTED, "").lower() in {"1", "true", "yes", "on"}


def refuse_operators(given: Mapping[str, Any], described: Mapping[str, Any], platform: str) -> None:
    """Raises `BadSetting` for a setting that would read this machine's files or change the way to the vendor."""
    if not is_hosted():
        return
    for name, value in given.items():
        if value and (name in _OPERATORS or described.get(name, {}).get("file")):
            msg = f"setting {name!r} is the operator's here: leave it out"
            raise BadSetting(msg, platform=platform)


def refuse_inside(host: Any, port: Any, platform: str) -> None:
    """Raises `BadSetting` for a server that is not on the public internet, or is a socket of this machine."""
    if not is_hosted() or host is None:
        return
    try:
        found = look_up(str(host), int(port or 0), _LOOK_UP_SECONDS)
    except OSError:
        found = []
    if not found or any(zone_of(address) != "public" for _, (address, _) in found):
        msg = "setting 'host' does not lead to a public address, which is required here"
        raise BadSetting(msg, platform=platform)
