"""`batch_config`: rows in files, and messages in an order that a target can trust."""

import gzip
import io
import json
from pathlib import Path

import pytest

from taps.engine.errors import BadSetting
from targets.duckdb.kind import DUCKDB
from targets.loading.frame import target_class
from tests.engine.vendor import STREAM, Told, platform, run, vendor

PAGED = STREAM.replace("records: data", "records: data\n    pages: {kind: token, send: page, take: next}")


def answer(asked):
    page = int(asked.params.get("page", 0))
    data = [{"id": f"{page}-{n}", "n": n, "new": None if n else page} for n in range(3)]
    return {"data": data, "next": str(page + 1) if page < 2 else None}


def read(message: dict) -> list[dict]:
    lines = []
    for name in message["manifest"]:
        data = Path(name.removeprefix("file://")).read_bytes()
        data = gzip.decompress(data) if message["encoding"]["compression"] == "gzip" else data
        lines += [json.loads(line) for line in data.splitlines()]
    return lines


def batched(folder: Path, manifest: str = PAGED, **encoding: str) -> Told:
    (folder / "files").mkdir()
    config = {"encoding": {"format": "jsonl", **encoding}, "storage": {"root": str(folder / "files"), "prefix": "x-"}}
    with vendor(answer) as there:
        return run(platform(folder / "acme", manifest), there.url, batch_config=config)


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_files_hold_the_rows_that_lines_would(tmp_path, compression):
    told = batched(tmp_path, compression=compression)
    with vendor(answer) as there:
        lines = run(platform(tmp_path / "acme", PAGED), there.url)
    assert [row for message in told.of("BATCH") for row in read(message)] == lines.records("items")
    assert told.of("RECORD") == []
    assert [m["type"] for m in told.messages if m["type"] in ("SCHEMA", "BATCH")][:2] == ["SCHEMA", "BATCH"]


def test_no_state_comes_before_the_file_whose_rows_it_covers(tmp_path):
    told = batched(tmp_path)
    kinds = [message["type"] for message in told.messages]
    assert "BATCH" in kinds
    assert kinds.index("STATE") > max(at for at, kind in enumerate(kinds) if kind == "BATCH")


def test_rows_of_a_version_stay_lines(tmp_path):
    told = batched(tmp_path, PAGED.replace("deletes: never", "deletes: {compare: each_run}"))
    assert told.of("BATCH") == []
    assert len(told.records("items")) == 9
    assert told.of("ACTIVATE_VERSION")


@pytest.mark.parametrize(
    "config",
    [
        {"encoding": {"format": "parquet"}, "storage": {"root": "{root}"}},
        {"encoding": {"format": "jsonl", "compression": "zstd"}, "storage": {"root": "{root}"}},
        {"storage": {"root": "{root}/absent"}}, {"storage": {"root": "s3://bucket"}}, {"encoding": {}}, [1], "no",
        {"storage": {"root": "{root}", "prefix": "../x"}},
    ],
)  # fmt: skip
def test_other_configurations_are_refused_before_any_request(tmp_path, config):
    given = json.loads(json.dumps(config).replace("{root}", str(tmp_path)))
    with vendor(answer) as there:
        with pytest.raises(BadSetting, match="batch_config"):
            run(platform(tmp_path / "acme", PAGED), there.url, batch_config=given)
        assert there.asked == []


def test_our_target_takes_the_files(tmp_path, capsys):
    import duckdb

    told = batched(tmp_path)
    text = "".join(json.dumps(message) + "\n" for message in told.messages)
    database = tmp_path / "warehouse.duckdb"
    target = target_class(DUCKDB)(config={"path": str(database), "batch_root": str(tmp_path)})
    target.run(io.StringIO(text))
    with duckdb.connect(str(database)) as connection:
        sql = "SELECT id, n, _extra->>'new', _sdc_extracted_at = ? FROM acme.items ORDER BY id"
        rows = connection.execute(sql, [told.of("BATCH")[-1]["time_extracted"]]).fetchall()
    assert [row[0] for row in rows] == [f"{page}-{n}" for page in range(3) for n in range(3)]
    assert all(row[3] for row in rows)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == told.of("STATE")[-1]["value"]
