"""`cells:` rows of positional values, as report APIs answer them."""

from taps.engine.words import Path, Word


class Cells(Word):
    """Names from one place of the answer, or a fixed list; values from each row. A row may hold several such sets."""

    names: Path | None = None
    """Where the answer names the columns."""
    fixed: list[str] = []
    values: Path
    """Where a row holds its values."""
