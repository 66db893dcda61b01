"""Two files that tell the same things in their own words: loaded as one raw table, and pairs across are counted."""

from __future__ import annotations

from pathlib import Path

import duckdb

from transform.scoring.builds import WAREHOUSE, build, load
from transform.scoring.cases import Result, Score

PAIRS = """
WITH truth AS (SELECT id, side, thing FROM {platform}.truth),
made AS ({made})
SELECT
    (SELECT count(*) FROM made JOIN truth AS a ON a.id = made.one JOIN truth AS b ON b.id = made.other
        WHERE a.thing = b.thing),
    (SELECT count(*) FROM made),
    (SELECT count(*) FROM truth AS a JOIN truth AS b USING (thing) WHERE a.side = 'left' AND b.side = 'right')
"""


def score(files: tuple[Path, ...], folder: Path, platform: str, table: str, read: str, model: str, made: str) -> Result:
    """Scores the pairs of ids (`one`, `other`) that the query `made` finds in what dbt built.

    `read` selects id, side, the raw columns and `thing`, the truth, from one file; `{side}` in it is left or right.
    """
    if len(files) != 2:
        msg = f"score: two files with a comma between are needed, left and right; got {len(files)}"
        raise SystemExit(msg)
    query = f"{read.format(side='left')} UNION ALL {read.format(side='right')}"
    load(folder, platform, "truth", query, [str(file) for file in files])
    load(folder, platform, table, f"SELECT * EXCLUDE (thing) FROM {platform}.truth")  # noqa: S608 - own names
    seconds, megabytes = build(folder, platform, [f"+{model}"], {})
    with duckdb.connect(str(folder / WAREHOUSE), read_only=True) as connection:
        right, found, wanted = connection.execute(PAIRS.format(platform=platform, made=made)).fetchall()[0]
    return Result({"pairs": Score(right, found, wanted)}, seconds, megabytes)
