"""What ends a run: every message is one line for the person who reads it, without row content or secrets."""

from __future__ import annotations


class LoadError(Exception):
    """A run that cannot go on; the text is the whole explanation."""


class InputError(LoadError):
    """The input broke off; what came before it is whole and can be committed."""


class NoSchemaError(InputError):
    """A record of a stream whose SCHEMA has not come."""


class NoKeyError(InputError):
    """A record without a value of its key."""


class SettingsError(LoadError):
    """A setting is missing, unreadable or cannot work; raised before anything is read or written."""


class StoreUnavailableError(LoadError):
    """The connection to the store was lost in a way that a new connection may heal."""


class ConversionRefusedError(LoadError):
    """The store could not read the staged values of a batch as the declared types."""


class RowTooWideError(ConversionRefusedError):
    """The store has no place for so many values in one row."""


def one_line(text: object) -> str:
    """Folds a text into one printable line, so that foreign messages cannot forge log lines."""
    return "".join(c if c.isprintable() else " " for c in str(text)).strip()
