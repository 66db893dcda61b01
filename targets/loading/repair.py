"""Mends what is not Unicode or not JSON in a line, by documented rules, and counts every change."""

from __future__ import annotations

import re
from collections import Counter

import msgspec

_ESCAPES = re.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u([dD][89a-fA-F][0-9a-fA-F]{2}|0000)|\\[^u]|\\u"
)
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|-?Infinity|NaN', re.DOTALL)
_NESTING = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{\]}]', re.DOTALL)
NAN_AS_TEXT = "NaN or Infinity as text"
TOO_DEEP = "nested too deeply, as text"
_KEPT_LEVELS = 500
_REPLACEMENT = b"\\ufffd"


def needs_repair(line: bytes) -> bool:
    """Tells cheaply whether a line, or several, may hold a NUL, a lone surrogate or bytes that are not UTF-8."""
    if b"\\u" in line and (b"\\u0000" in line or b"\\ud" in line or b"\\uD" in line):
        return True
    if line.isascii():
        return False
    try:
        line.decode()
    except UnicodeDecodeError:
        return True
    return False


def repair(line: bytes, *, not_json: bool = False) -> tuple[bytes, Counter[str]]:
    """Returns the line with NUL and lone surrogates as U+FFFD (and NaN, Infinity as strings), and the changes by rule.

    Bytes that are not UTF-8 become U+FFFD too. Lines that were right come back as they were.
    """
    changes: Counter[str] = Counter()
    text = line.decode(errors="replace")
    if (encoded := text.encode()) != line:
        changes["not UTF-8, replaced"] += 1
        line = encoded

    def escape(match: re.Match[bytes]) -> bytes:
        if (broken := match[2]) is None:
            return match[0]
        changes["NUL replaced" if broken == b"0000" else "lone surrogate replaced"] += 1
        return _REPLACEMENT

    def token(match: re.Match[bytes]) -> bytes:
        if match[0][:1] == b'"':
            return match[0]
        changes[NAN_AS_TEXT] += 1
        return b'"' + match[0] + b'"'

    line = _ESCAPES.sub(escape, line)
    return (_TOKENS.sub(token, line) if not_json else line), changes


def shallow(line: bytes) -> tuple[bytes, Counter[str]]:
    """Returns JSON with each object and array below the 500th level as the text of it, and how many those were."""
    changes: Counter[str] = Counter()
    parts: list[bytes] = []
    depth = written = begin = 0
    for token in _NESTING.finditer(line):
        if token[0] in b"[{":
            depth += 1
            if depth == _KEPT_LEVELS + 1:
                begin = token.start()
        elif token[0] in b"]}":
            if depth == _KEPT_LEVELS + 1:
                parts += [line[written:begin], msgspec.json.encode(line[begin : token.end()].decode())]
                written = token.end()
                changes[TOO_DEEP] += 1
            depth -= 1
    return b"".join([*parts, line[written:]]), changes
