"""How many rows are fetched at once: so many that a page is worth its round trip, so few that it fits in memory."""

PAGE_BYTES = 2_000_000
FEWEST, MOST = 1, 20_000
FIRST = 500
LEAP = 8
"""A page grows no more than so many times over the last, because rows may be of very different sizes."""


class Pace:
    """The size of the next page, from the sizes of those before."""

    def __init__(self) -> None:
        self.rows = FIRST

    def took(self, rows: int, size: int) -> None:
        """Notes how many bytes so many rows were."""
        fitting = PAGE_BYTES * rows // max(size, 1)
        self.rows = max(FEWEST, min(MOST, fitting, self.rows * LEAP))
