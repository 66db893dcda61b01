"""Writes docs/manifest.md, the reference of the manifest's words, from the models that read it."""

import importlib
import inspect
import types
import typing
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from taps import docstrings
from taps.engine.words import Word

MODULES = (
    "manifest", "options", "auth", "rate", "errors", "pages", "cursor", "changes", "one", "deletes", "parents", "jobs",
    "fields", "reports", "columns", "files", "webhooks",
)  # fmt: skip
"""The words in the order in which a reader meets them; one module each."""
DATABASE = """# Databases

A platform with `kind: database` has a grammar of its own: its tables are found at run time, so the manifest says how
to connect, where the catalogue stands and how each of the vendor's types is read. `taps/database.schema.json` gives
editors completion. A table is the stream `schema__table`; without a replication key it is read whole in the order of
its primary key, and an interrupted reading goes on where it stopped.

## Settings every database has

"""
FILE = Path(__file__).parent.parent / "docs" / "manifest.md"
INTRODUCTION = """# The manifest

*Generated from the models in `taps/engine` by `engarde reference`; do not edit.*

A platform is described by one file, `taps/platforms/<platform>/manifest.yaml`. The vocabulary is closed: an unknown key
is an error that names file, line, stream, key and the nearest known key. `engarde check <platform>` says what is wrong;
`taps/manifest.schema.json` gives editors completion. Every fact carries the vendor's page where it can be checked.

## What holds everywhere

- `defaults:` is what every stream has unless it says otherwise; a stream's own block replaces a default whole.
- A **path** is dotted and goes on through every item of a list; one object is a list of one; `.` is the whole answer;
  in `a.b?` b may be absent (in `a?.b?` a too), anything else absent is a failure and never zero rows; `*` goes on
  through every value of an object whose keys are ids; `header:Name` reads a header; a list of keys where a key holds
  a dot. XML is read by the same paths: attributes are `@name`, the
  text beside them `#text`, namespaces are dropped.
- A **text** may hold references: `{config.x} {checked.api_version} {auth.client_id} {account.x} {parent.x} {record.x}
  {window.start} {window.end} {job.x} {page.offset} {each.x} {stream.graphql} {fields} {dimensions} {metrics}`. There
  are no functions, conditions or arithmetic. An unset reference drops the whole parameter, header or map entry that it
  is; inside a longer text it is an error. Literal braces are doubled.
- `{fields}` is the vendor's names of all columns that are not carried from a parent: a list as a whole value, joined by
  commas inside a text. In a `.graphql` file references have doubled braces, and `{{fields}}` is the selection.
- A **duration** is a number and a unit: `500ms 30s 10m 6h 30d 2w`.
- A field's type ends with `!` where the vendor never leaves it out. What arrives and is not declared is kept in the
  column `_extra`.

## Settings every tap has

"""


def text() -> str:
    """The whole page."""
    from taps.databases.settings import COMMON as DATABASE_COMMON
    from taps.engine.settings import COMMON

    parts = [INTRODUCTION]
    parts += [f"- `{name}`: {schema['description']}\n" for name, schema in COMMON.items()]
    parts.append("\n")
    for name in MODULES:
        parts += _section(name, f"taps.engine.{name}")
    parts += [f"\n{DATABASE}", *(f"- `{name}`: {schema['description']}\n" for name, schema in DATABASE_COMMON.items())]
    parts += ["\n", *_section("database manifest", "taps.databases.manifest")]
    return "".join(parts)


def _section(name: str, path: str) -> list[str]:
    module = importlib.import_module(path)
    heading, _, rest = (module.__doc__ or name).partition("\n")
    parts = [f"## {name}\n\n{heading.strip()}\n"]
    if rest.strip():
        parts.append(f"\n{rest.strip()}\n")
    return parts + [_table(model) for _, model in _models(module)]


def _models(module: types.ModuleType) -> list[tuple[str, type[BaseModel]]]:
    found = [
        (name, member)
        for name, member in vars(module).items()
        if inspect.isclass(member) and issubclass(member, Word) and member.__module__ == module.__name__
    ]
    return [(name, model) for name, model in found if not name.startswith("_")]


def _table(model: type[BaseModel]) -> str:
    lines = [f"\n### {model.__name__}\n\n{inspect.cleandoc(model.__doc__ or '')}\n\n", "| key | what | unless said |\n"]
    lines.append("|---|---|---|\n")
    said = docstrings.of_fields(model)
    for name, field in model.model_fields.items():
        what = " ".join(filter(None, [f"`{_type(field.annotation, field)}`", said.get(name)]))
        lines.append(f"| `{field.alias or name}` | {what} | {_default(field)} |\n".replace("\n|", "|"))
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    default = field.get_default(call_default_factory=True)
    if default is None or default in ({}, [], ()) or isinstance(default, BaseModel):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _type(annotation: Any, field: FieldInfo | None = None) -> str:
    """A type in the words of the grammar rather than Python's."""
    if field is not None and any(type(part).__name__ == "BeforeValidator" for part in field.metadata):
        annotation = field.annotation
    origin = typing.get_origin(annotation)
    arguments = [part for part in typing.get_args(annotation) if part is not type(None)]
    if origin is typing.Annotated:
        return _type(arguments[0])
    if origin is Literal:
        return " / ".join(str(part) for part in arguments)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_type(part) for part in arguments))
    if origin in (list, tuple):
        return f"list of {_type(arguments[0])}" if arguments else "list"
    if origin is dict:
        return f"map to {_type(arguments[1])}"
    plain = {str: "text", int: "number", float: "number", bool: "true / false", Any: "anything"}
    return plain.get(annotation, getattr(annotation, "__name__", str(annotation)))


def write() -> None:
    """Writes the page."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text())
