"""Why rows cannot be given; each says what to do."""


class RowsError(Exception):
    """What was asked of the rows cannot be answered."""


class NoRowsError(RowsError):
    """There is no such table, or nothing was loaded yet."""


class CursorGoneError(RowsError):
    """The state of the warehouse that a cursor belongs to is no longer kept."""


class BusyError(RowsError):
    """The warehouse is being written, and no finished state of it is kept yet."""


class AbandonedError(RowsError):
    """Who waited for the warehouse was asked to end meanwhile."""
