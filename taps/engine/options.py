"""`config:` what the user of a platform types, picks or pastes; each option is one setting of the tap."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from taps.engine.words import Docs, Name, Word


class _Option(Word):
    title: str
    """How a form names it."""
    help: str | None = None
    """One sentence on where the user finds the value."""
    docs: Docs | None = None
    optional: bool = False
    example: str | None = None


class TextOption(_Option):
    """A text; a secret one is masked wherever settings are shown."""

    type: Literal["string", "secret"]
    default: str | None = None
    pattern: str | None = None
    suffix: str | None = None
    """Shown behind the field, and cut off when the user types it too: `.myshopify.com`."""
    file: bool = False
    """Whether it names a file of the machine that the tap runs on."""


class NumberOption(_Option):
    """A whole number."""

    type: Literal["integer"]
    default: int | None = None


class SwitchOption(_Option):
    """Yes or no."""

    type: Literal["boolean"]
    default: bool | None = None


class TimeOption(_Option):
    """A day (`2024-01-31`) or a moment (ISO 8601, UTC without an offset)."""

    type: Literal["date", "datetime"]
    default: str | None = None


class ChoiceOption(_Option):
    """One of a few; the setting is the label, `{config.x}` its text (`{config.x.part}` one of its texts)."""

    type: Literal["choice"]
    choices: dict[str, str | dict[str, str]]
    default: str | None = None

    @model_validator(mode="after")
    def _same_parts(self) -> "ChoiceOption":
        shapes = {tuple(sorted(texts)) if isinstance(texts, dict) else None for texts in self.choices.values()}
        if len(shapes) != 1:
            msg = "every choice must set the same texts"
            raise ValueError(msg)
        if self.default is not None and self.default not in self.choices:
            msg = f"default {self.default!r} is none of the choices"
            raise ValueError(msg)
        return self


class ListOption(_Option):
    """Several values typed by the user."""

    type: Literal["list"]
    of: Literal["string", "integer", "secret"] = "string"
    default: list[str] | None = None
    parts: list[Name] = []
    """The parts of a value, where it has several: `[owner, name]` of `octocat/hello`."""
    separator: str = "/"
    many: list[Name] = []
    """The parts that hold several values, with spaces between them."""

    @model_validator(mode="after")
    def _many_of_the_parts(self) -> "ListOption":
        strange = [name for name in self.many if name not in self.parts]
        if strange:
            msg = f"many: {', '.join(strange)} is none of the parts"
            raise ValueError(msg)
        return self


class PickOption(_Option):
    """Chosen among a stream's records; unset means all of them."""

    type: Literal["pick"]
    stream: Name
    value: str
    label: str | None = None
    many: bool = True


Option = Annotated[
    TextOption | NumberOption | SwitchOption | TimeOption | ChoiceOption | ListOption | PickOption,
    Field(discriminator="type"),
]

_JSON_TYPES = {
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}


def json_schema(option: Option) -> dict[str, Any]:
    """The option as a property of the tap's settings schema (what `--about` and Meltano show)."""
    schema: dict[str, Any] = dict(_JSON_TYPES.get(option.type, {"type": "string"}))
    if isinstance(option, TextOption) and option.type == "secret":
        schema["secret"] = True
    if isinstance(option, TextOption) and option.file:
        schema["file"] = True
    if isinstance(option, ChoiceOption):
        schema["enum"] = list(option.choices)
    if isinstance(option, ListOption) or (isinstance(option, PickOption) and option.many):
        items = "integer" if isinstance(option, ListOption) and option.of == "integer" else "string"
        schema = {"type": ["array", "string"], "items": {"type": items}}
    schema["title"] = option.title
    schema["description"] = " ".join(filter(None, [option.help or option.title, option.docs]))
    if getattr(option, "default", None) is not None:
        schema["default"] = getattr(option, "default")  # noqa: B009 - a pick has none
    return schema


def value_of(name: str, option: Option, given: Any) -> Any:
    """What `{config.name}` becomes for what the user gave; raises `ValueError` naming the setting, never a secret."""
    given = given if given not in (None, "") else getattr(option, "default", None)
    if given is None:
        return None
    match option:
        case ChoiceOption():
            if given not in option.choices:
                msg = f"setting {name!r}: {given!r} is none of {', '.join(option.choices)}"
                raise ValueError(msg)
            return option.choices[given]
        case ListOption() | PickOption():
            values = [part.strip() for part in given.split(",")] if isinstance(given, str) else list(given)
            found = [str(value) for value in values if str(value)]
            for value in found:
                _check_parts(name, option, value)
            return found
        case TextOption():
            text = str(given).strip()
            text = text.removesuffix(option.suffix) if option.suffix else text
            if option.pattern and not re.search(option.pattern, text):
                shown = "the value" if option.type == "secret" else repr(text)
                example = f", such as {option.example}" if option.example else ""
                msg = f"setting {name!r}: {shown} does not look like {option.title}{example}"
                raise ValueError(msg)
            return text
    return given


def _check_parts(name: str, option: Option, value: str) -> None:
    if not isinstance(option, ListOption) or not option.parts:
        return
    parts = value.split(option.separator)
    if len(parts) != len(option.parts) or not all(parts):
        shape = option.separator.join(option.parts)
        shown = "a value" if option.of == "secret" else repr(value)
        msg = f"setting {name!r}: {shown} is not of the form {shape}"
        raise ValueError(msg)


def parts_of(option: Option, value: str) -> dict[str, str | list[str]]:
    """What `{parent.x}` and `{each.x}` are for one of the values that the user typed: `value`, and its parts."""
    if not isinstance(option, ListOption) or not option.parts:
        return {"value": value}
    parts = dict(zip(option.parts, value.split(option.separator), strict=True))
    several = {name: parts[name].split() for name in option.many}
    return {"value": value, **parts, **several}


def secret_texts(option: Option, value: Any) -> list[str]:
    """What of a setting must never be shown."""
    if isinstance(option, ListOption):
        return [str(each) for each in value] if option.of == "secret" else []
    return [str(value)] if option.type == "secret" else []
