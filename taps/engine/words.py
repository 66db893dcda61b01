"""The small words every part of a manifest is made of: paths, texts, durations, links."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


class Word(BaseModel):
    """A map in a manifest: closed (an unknown key is an error) and never changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _seconds(value: Any) -> Any:
    if isinstance(value, str) and (match := re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)", value)):
        return float(match[1]) * _UNITS[match[2]]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    msg = f"{value!r} is not a duration: a number and one of ms, s, m, h, d, w, such as 30d"
    raise ValueError(msg)


Duration = Annotated[float, BeforeValidator(_seconds, json_schema_input_type=str)]
"""`30d`, `10m`, `500ms`; kept in seconds."""


def _link(value: str) -> str:
    if not re.fullmatch(r"https://[^\s]+", value):
        msg = f"{value!r} is not an https link to the vendor's documentation"
        raise ValueError(msg)
    return value


Docs = Annotated[str, AfterValidator(_link)]
"""The vendor page where a reader can check what is stated here."""

Path = str | list[str]
"""Where something stands in an answer: see `taps.engine.paths`."""

Text = str
"""A text that may hold references such as `{config.x}`: see `taps.engine.references`."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name the manifest's author chooses: streams, options, buckets, hosts."""

Hook = Annotated[str, StringConstraints(pattern=r"^hooks\.py:[a-z_][a-z0-9_]*$")]
"""A function of the platform's own hooks.py: see `taps.engine.hooks`."""

Status = Annotated[str, Field(pattern=r"^[1-5]([0-9]{2}|xx)$")]
"""An HTTP status (`404`) or class of them (`5xx`), always written as text."""


def as_text(value: Any) -> Any:
    """Status codes and vendor codes may be written bare in YAML; they are texts all the same."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Code = Annotated[str, BeforeValidator(as_text)]
"""A vendor's error code, as text."""
