"""Defects in what follows from refusals and bad answers, and in what is written."""

import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from taps.engine import errors as engine_errors
from taps.engine.answers import Tree
from taps.engine.errors import Empty
from tests.conformance.defects import (
    as_no_records,
    edit,
    faults_as_no_records,
    plant,
    three_times,
    written_as,
)
from tests.targets.warehouse import PostgresWarehouse


@plant("status_401", "status_403", "status_404", "status_410", "error_under_200")
def _refusals_are_empty(_folder: Path) -> AbstractContextManager[Any]:
    judge = engine_errors.judge

    def mild(status: int, decoded: Any, errors: Any) -> Any:
        verdict = judge(status, decoded, errors)
        return engine_errors.Verdict("empty") if verdict else verdict

    return mock.patch("taps.engine.http.judge", mild)


@plant("status_408", "limit_without_hint", "server_errors_pass")
def _never_again(_folder: Path) -> AbstractContextManager[Any]:
    judge = engine_errors.judge

    def final(status: int, decoded: Any, errors: Any) -> Any:
        verdict = judge(status, decoded, errors)
        return engine_errors.Verdict("fail") if verdict and verdict.meaning in {"retry", "rate_limit"} else verdict

    return mock.patch("taps.engine.http.judge", final)


@plant("missing_parent")
def _a_childs_404_ends_it_all(_folder: Path) -> AbstractContextManager[Any]:
    return mock.patch("taps.engine.children.Missing", Empty)


@plant("limit_in_seconds", "limit_as_date")
def _retry_after_is_not_read(_folder: Path) -> AbstractContextManager[Any]:
    @contextmanager
    def unread() -> Iterator[None]:
        with (
            mock.patch("taps.engine.http.retry_after", lambda _: None),
            mock.patch("taps.engine.rate_bucket.retry_after", lambda _: None),
        ):
            yield

    return unread()


@plant("limit_in_own_header")
def _own_headers_are_not_read(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.rate_bucket import Bucket

    @contextmanager
    def unread() -> Iterator[None]:
        with (
            mock.patch.object(Bucket, "observe", lambda *_: None),
            mock.patch.object(Bucket, "wait_after", lambda *_: None),
        ):
            yield

    return unread()


@plant("limit_far_away")
def _waits_for_ever(_folder: Path) -> AbstractContextManager[Any]:
    @contextmanager
    def patient() -> Iterator[None]:
        with (
            mock.patch("taps.engine.http.LONGEST_WAIT", 1e9),
            mock.patch("taps.engine.rate_bucket.LONGEST_WAIT", 1e9),
            mock.patch("taps.engine.http_patience.Budget.next_wait", three_times(7200.0)),
        ):
            yield

    return patient()


@plant("server_errors_last", "slow_drip")
def _tries_for_hours(_folder: Path) -> AbstractContextManager[Any]:
    return mock.patch("taps.engine.http_patience.Budget.next_wait", three_times(3000.0))


@plant("cut_json")
def _half_an_answer_is_empty(_folder: Path) -> AbstractContextManager[Any]:
    def is_broken(body: bytes) -> bool:
        try:
            json.loads(body)
        except ValueError:
            return True
        return False

    return as_no_records(is_broken)


@plant("cut_line")
def _lengths_are_not_checked(_folder: Path) -> AbstractContextManager[Any]:
    return faults_as_no_records({"cut_off"})


@plant("html_under_200")
def _a_page_is_empty(_folder: Path) -> AbstractContextManager[Any]:
    return as_no_records(lambda body: body.startswith(b"<"))


@plant("null_under_200")
def _null_is_empty(_folder: Path) -> AbstractContextManager[Any]:
    return as_no_records(lambda body: body == b"null")


@plant("list_absent")
def _everything_may_be_absent(_folder: Path) -> AbstractContextManager[Any]:
    rows = Tree.rows
    return mock.patch.object(
        Tree, "rows", lambda tree, path: rows(tree, f"{path}?" if isinstance(path, str) and path != "." else path)
    )


@plant("connection_reset")
def _faults_are_final(_folder: Path) -> AbstractContextManager[Any]:
    return mock.patch("taps.engine.http_patience.Budget.next_wait", lambda *_given, **_named: None)


@plant("redirect_elsewhere")
def _redirects_are_followed(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.egress import Egress
    from taps.engine.http import Client

    def followed(request: Any, answer: Any) -> Any:
        return replace(request, url=answer.headers["Location"])

    def signed(client: Client, request: Any, _task: Any) -> Any:
        login = client._login(request)
        return login.apply(request, client.ask_for_token) if login else request

    @contextmanager
    def open_hearted() -> Iterator[None]:
        with (
            mock.patch("taps.engine.http_redirect.redirected", followed),
            mock.patch.object(Client, "_signed", signed),
            mock.patch.object(Egress, "check", lambda *_: None),
        ):
            yield

    return open_hearted()


@plant("page_loop")
def _a_circle_is_an_end(_folder: Path) -> AbstractContextManager[Any]:
    return mock.patch("taps.engine.reading._loop", lambda *_: engine_errors.NotYet("the end"))


@plant("unicode_kept")
def _ascii_only(_folder: Path) -> AbstractContextManager[Any]:
    return written_as(lambda data: data.decode("utf-8").encode("ascii", "ignore"))


@plant("numbers_kept")
def _floats(_folder: Path) -> AbstractContextManager[Any]:
    return written_as(lambda data: re.sub(rb"\d[\d.]{15,}", lambda match: str(float(match[0])).encode(), data))


@plant("schema_fits")
def _other_types(_folder: Path) -> AbstractContextManager[Any]:
    return written_as(lambda data: data.replace(b'"count":2', b'"count":"2"'))


@plant("nothing_drifts")
def _another_type(folder: Path) -> AbstractContextManager[Any]:
    return edit(folder, "note: string", "note: integer")


@plant("undeclared_kept")
def _undeclared_is_dropped(_folder: Path) -> AbstractContextManager[Any]:
    return written_as(lambda data: data.replace(b'"_extra":{"engarde_new":{"a":[1]}}', b'"_extra":null'))


@plant("selection_of_streams")
def _everything_is_written(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.api import NodeStream

    choose = NodeStream.choose
    return mock.patch.object(NodeStream, "choose", lambda self, _chosen, columns: choose(self, True, columns))


@plant("selection_of_fields")
def _all_columns_are_written(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.frame import FrameStream

    return mock.patch.object(FrameStream, "deselected", lambda _self: frozenset())


@plant("deletes_arrive")
def _deletes_are_dropped(_folder: Path) -> AbstractContextManager[Any]:
    return written_as(lambda data: data.replace(b"_sdc_deleted_at", b"_deleted_at"))


@plant("connection_test")
def _reads_on(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.api import ManifestTap

    new_run = ManifestTap.new_run

    def whole(tap: ManifestTap, writer: Any, state: Any, *, first_page_only: bool) -> Any:
        run = new_run(tap, writer, state, first_page_only=False)
        run.writer.write_state(now=True)
        return run

    return mock.patch.object(ManifestTap, "new_run", whole)


@plant("loaded_twice_into_duckdb", "loaded_twice_into_postgres")
def _no_keys_for_the_target(_folder: Path) -> AbstractContextManager[Any]:
    return written_as(lambda data: re.sub(rb'"key_properties":\[[^\]]*\]', b'"key_properties":[]', data))


@plant("warehouses_agree")
def _a_row_is_lost(_folder: Path) -> AbstractContextManager[Any]:
    load = PostgresWarehouse.load

    def without(warehouse: PostgresWarehouse, lines: Any) -> Any:
        return load(warehouse, [line for line in lines if b'"it_1"' not in line])

    return mock.patch.object(PostgresWarehouse, "load", without)
