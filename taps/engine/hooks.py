"""What a platform's hooks.py may import: the points where code may stand in for a word the grammar lacks.

A hook is named in the manifest as `hooks.py:name`, has one of the signatures below and a docstring that says which
vendor fact forces it. Hooks see answers and records, never credentials.
"""

import importlib.util
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from taps.engine.http_answer import Answer

SIGNATURES: dict[str, tuple[str, ...]] = {
    "duplicate": ("answer",),
    "page": ("answer",),
    "record": ("record",),
    "webhook.verify": ("body", "headers", "secret"),
}
"""Hook point -> the names of the parameters its function takes."""

__all__ = ["SIGNATURES", "Answer", "HookError", "load_hook"]


class HookError(Exception):
    """Raised by a hook that cannot make sense of an answer: one sentence."""


def load_hook(folder: Path, word: str, point: str) -> Callable[..., Any]:
    """The function `hooks.py:name` of a platform's folder; raises `LookupError` or `TypeError` saying what is wrong."""
    name = word.removeprefix("hooks.py:")
    spec = importlib.util.spec_from_file_location(f"taps.platforms.{folder.name}.hooks", folder / "hooks.py")
    if spec is None or spec.loader is None or not (folder / "hooks.py").exists():
        msg = f"{folder.name} has no hooks.py"
        raise LookupError(msg)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Callable[..., Any] | None = getattr(module, name, None)
    if function is None:
        msg = f"hooks.py has no function {name}"
        raise LookupError(msg)
    if tuple(inspect.signature(function).parameters) != SIGNATURES[point]:
        msg = f"{name} must take ({', '.join(SIGNATURES[point])})"
        raise TypeError(msg)
    if not function.__doc__:
        msg = f"{name} needs a docstring that says which vendor fact forces it"
        raise TypeError(msg)
    return function
