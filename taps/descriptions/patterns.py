"""A text that a regular expression accepts, for values of which only the pattern is known."""

import re
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_LIKED = "a1A0 -_./:@"
_CATEGORIES: dict[object, str] = {
    constants.CATEGORY_DIGIT: "1", constants.CATEGORY_SPACE: " ", constants.CATEGORY_WORD: "a",
    constants.CATEGORY_NOT_SPACE: "a", constants.CATEGORY_NOT_DIGIT: "a", constants.CATEGORY_NOT_WORD: "-",
}  # fmt: skip


def text_for(pattern: str) -> str | None:
    """The simplest text that fits; None where the pattern is not Python's, or looks ahead for what is not found."""
    try:
        text = _several(parser.parse(pattern))
        return text if re.search(pattern, text) else None
    except (re.error, KeyError, RecursionError, OverflowError):
        return None


def _several(parts: Any) -> str:
    return "".join(_one(kind, value) for kind, value in parts)


def _one(kind: Any, value: Any) -> str:
    match str(kind):
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return next(each for each in _LIKED if ord(each) != value)
        case "ANY":
            return "a"
        case "IN":
            return _member(value)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            times: int = min(max(least, 1), most)
            return _several(inner) * times
        case "SUBPATTERN":
            return _several(value[-1])
        case "ATOMIC_GROUP":
            return _several(value)
        case "BRANCH":
            return _several(value[1][0])
        case "CATEGORY":
            return _CATEGORIES[value]
    return ""


def _member(choices: Any) -> str:
    if choices[0][0] is constants.NEGATE:
        return next(each for each in _LIKED if not any(_holds(choice, each) for choice in choices[1:]))
    kind, value = choices[0]
    if kind is constants.RANGE:
        return "2" if value[0] <= ord("2") <= value[1] else chr(value[0])
    return _one(kind, value)


def _holds(choice: Any, character: str) -> bool:
    kind, value = choice
    if kind is constants.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    if kind is constants.CATEGORY:
        return _CATEGORIES[value] == character or (value is constants.CATEGORY_WORD and character.isalnum())
    return bool(value == ord(character))
