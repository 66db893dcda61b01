"""Which raw streams a unified entity of a platform is made from: those that its staging models read."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment

from taps.engine.errors import BadSetting
from taps.registry import STAGING, entities_of

_MACROS = STAGING.parents[1] / "macros"
_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\(.*?endmacro\s*-?%\}", re.DOTALL)
_CALL = re.compile(r"\b(\w+)\(")


class _Nothing(ChainableUndefined):
    """Stands for whatever of dbt a model asks for besides its sources."""

    def __call__(self, *_: Any, **__: Any) -> "_Nothing":  # type: ignore[override] # for those that nothing answers
        return self


_JINJA = Environment(undefined=_Nothing, extensions=["jinja2.ext.do"])  # noqa: S701 # it makes SQL that nobody runs


@cache
def streams_of(platform: str, entity: str) -> tuple[str, ...]:
    """The streams in order of name; raises `BadSetting` for an entity that the platform does not have.

    The models are rendered without dbt, which would take seconds: what they ask of `raw` is noted, and what the models
    ask that they are made from.
    """
    models = (STAGING / platform).glob(f"stg_{platform}__{entity}*.sql")
    found = {stream for path in models if path.stem.split("__")[1] == entity for stream in _read_by(path)}
    if not found:
        known = ", ".join(entities_of(platform)) or "none of the unified ones"
        raise BadSetting(f"there are no {entity}; there are {known}", platform=platform)
    return tuple(sorted(found))


def _read_by(path: Path) -> set[str]:
    read: set[str] = set()

    def raw(_: str, stream: str, *__: Any, **___: Any) -> str:
        read.add(stream)
        return ""

    def ref(name: str) -> str:
        above = path.with_name(f"{name}.sql")
        if above.is_file():
            read.update(_read_by(above))
        return name

    model = path.read_text(encoding="utf-8")
    told = {"raw": raw, "ref": ref, "return": lambda value: value}
    _JINJA.from_string("".join(_called(model)) + model).render(told)
    return read


def _called(model: str) -> Iterator[str]:
    """The macros that a model calls, and those that they call."""
    seen, todo = {"raw"}, [model]
    while todo:
        for name in set(_CALL.findall(todo.pop())) & _macros().keys() - seen:
            seen.add(name)
            todo.append(_macros()[name])
            yield _macros()[name]


@cache
def _macros() -> dict[str, str]:
    files = sorted(_MACROS.rglob("*.sql"))
    return {found[1]: found[0] for file in files for found in _MACRO.finditer(file.read_text(encoding="utf-8"))}
