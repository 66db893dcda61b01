"""Where target-postgres's executable begins."""

from __future__ import annotations

import gc
from typing import NoReturn


def main() -> NoReturn:
    """Runs target-postgres.

    A third of a short run would go into looking for garbage while the modules load, where there is none.
    """
    gc.disable()
    from targets.loading import command
    from targets.postgres.kind import POSTGRES

    command.main(POSTGRES)


if __name__ == "__main__":
    main()
