"""Where target-duckdb's executable begins."""

from __future__ import annotations

import gc
from typing import NoReturn


def main() -> NoReturn:
    """Runs target-duckdb.

    A third of a short run would go into looking for garbage while the modules load, where there is none.
    """
    gc.disable()
    from targets.duckdb.kind import DUCKDB
    from targets.loading import command

    command.main(DUCKDB)


if __name__ == "__main__":
    main()
