"""Finds numbers and moments that a store would change if it read lines as they came: many lines at once, and cheaply.

A translation makes all digits alike, so that a plain search finds what is long enough to be looked at; most lines hold
nothing of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

_ALIKE = bytes.maketrans(b".123456789E", b"0" * 10 + b"e")
_LONG_NUMBER = b"0" * 16
# Among many letters `re` finds a text twice as fast as `bytes.find` does.
_TINY_NUMBER = re.compile(rb"e-000")
_FINE_MOMENT = b"0:" + b"0" * 10

_NUMBER = re.compile(rb"(?:(?<=[:,\[\s])|(?<=[:,\[\s]-))\d[\d.]*(?:[eE][+-]?\d+)?")
_FINER = re.compile(rb":\d\d\.\d{6}\d*[1-9]")
# Of fewer digits before its exponent a number is found as a long one.
_WIDEST = 17
_LONGEST_INTEGER = 18


def loses(lines: bytes, *, numbers: bool, moments: bool) -> bool:
    """Whether a number differs from what its nearest double is written as, or a moment lies between two microseconds.

    Those inside texts count too where they stand after a space: a closer look finds them harmless.
    """
    alike = lines.translate(_ALIKE)
    if numbers and (_finds_long(lines, alike) or _finds_tiny(lines, alike)):
        return True
    return moments and any(_FINER.match(lines, at + 1) for at in _places(alike, _FINE_MOMENT))


def _finds_long(lines: bytes, alike: bytes) -> bool:
    for at in _places(alike, _LONG_NUMBER):
        found = _NUMBER.match(lines, at)
        if found is not None and _is_inexact(found[0]):
            return True
    return False


def _finds_tiny(lines: bytes, alike: bytes) -> bool:
    for at in (found.start() for found in _TINY_NUMBER.finditer(alike)):
        near = _NUMBER.finditer(lines, max(at - _WIDEST, 0), at + _WIDEST)
        if any(found.end() > at and _is_inexact(found[0]) for found in near):
            return True
    return False


def _places(alike: bytes, wanted: bytes) -> Iterator[int]:
    at = alike.find(wanted)
    while at >= 0:
        yield at
        at = alike.find(wanted, at + len(wanted))


def _is_inexact(number: bytes) -> bool:
    """Integers are exact up to 64 bits; what merely looks like a number is none."""
    if number.isdigit():
        return len(number) > _LONGEST_INTEGER
    try:
        nearest = repr(float(number))
    except ValueError:
        return False
    return nearest.encode() != number and Decimal(nearest) != Decimal(number.decode())
