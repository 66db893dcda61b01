"""What the grammar's models say of their fields: the text below each, read from the source where it is wanted.

pydantic can do the same while it makes a class; every start of every tap would wait for it.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel


def of_fields(model: type[BaseModel]) -> dict[str, str]:
    """Field name -> its text; those of the model's bases too."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            found |= _of_module(base.__module__).get(base.__name__, {})
    return found


def put_into(schema: dict[str, Any], models: Iterator[type[BaseModel]]) -> dict[str, Any]:
    """A JSON Schema with each model's texts as the descriptions of its properties."""
    places = {**schema.get("$defs", {}), schema["title"]: schema}
    for model in models:
        properties = places.get(model.__name__, {}).get("properties", {})
        for name, text in of_fields(model).items():
            key = model.model_fields[name].alias or name if name in model.model_fields else name
            if key in properties:
                properties[key]["description"] = text
    return schema


def subclasses(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Every model below one."""
    for below in model.__subclasses__():
        yield below
        yield from subclasses(below)


@cache
def _of_module(name: str) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(importlib.import_module(name)))
    return {node.name: dict(_texts(node)) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _texts(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for above, below in zip(node.body, node.body[1:], strict=False):
        if not (isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name)):
            continue
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            yield above.target.id, inspect.cleandoc(below.value.value)
