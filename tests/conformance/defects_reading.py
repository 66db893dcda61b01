"""Defects of manifests, of reading, of bookmarks and of logins."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec

from sandbox.fixtures.asked import Answered
from taps.engine import errors as engine_errors
from taps.engine.answers import Raw, Tree
from tests.conformance.clock import START
from tests.conformance.defects import edit, plant, vendor_says


@plant("manifest_sound")
def _typing_mistake(folder: Path) -> AbstractContextManager[Any]:
    return edit(folder, "lookback: 10m", "lookbak: 10m")


@plant("fixtures_sound")
def _field_gone(folder: Path) -> AbstractContextManager[Any]:
    return edit(folder, '"sku": "TEA"', '"size": "TEA"', "fixtures/orders.json")


@plant("catalog_whole")
def _no_keys(_folder: Path) -> AbstractContextManager[Any]:
    return mock.patch("taps.engine.api.key_properties", lambda _stream: ["_connection_id"])


@plant("settings_missing")
def _not_named(_folder: Path) -> AbstractContextManager[Any]:
    return mock.patch("taps.engine.auth_choice._listed", lambda _: "something")


@plant("runs_end_well")
def _one_list_is_refused(_folder: Path) -> AbstractContextManager[Any]:
    return vendor_says(lambda _, asked, good: Answered({}, 400) if asked.path == "/v1/items" else good)


@plant("requests_understood")
def _another_path(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.asking import Asker

    url = Asker._url
    return mock.patch.object(Asker, "_url", lambda *given: url(*given).replace("/items", "/itms"))


@plant("requests_reviewed")
def _no_page_size(folder: Path) -> AbstractContextManager[Any]:
    return edit(folder, "        limit: 100\n", "        limit: 99\n")


@plant("all_records_arrive")
def _first_page_only(_folder: Path) -> AbstractContextManager[Any]:
    return mock.patch("taps.engine.pages.following", lambda *_: None)


@plant("pages_read_once")
def _twice(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.writer import Writer

    rows = Writer.rows

    def twice(writer: Writer, *given: Any) -> None:
        rows(writer, *given)
        rows(writer, *given)

    return mock.patch.object(Writer, "rows", twice)


@plant("empty_account")
def _empty_is_a_fault(_folder: Path) -> AbstractContextManager[Any]:
    rows = Tree.rows

    def some(tree: Tree, path: Any) -> list[Raw]:
        found = rows(tree, path)
        if not found:
            msg = "no records"
            raise engine_errors.BadBody(msg)
        return found

    return mock.patch.object(Tree, "rows", some)


@plant("boundary_kept")
def _starts_late(_folder: Path) -> AbstractContextManager[Any]:
    from datetime import timedelta

    from taps.engine import sync

    windows = sync.windows

    def late(cursor: Any, start: Any, *more: Any) -> Any:
        return windows(cursor, start + timedelta(minutes=10, seconds=1) if start else start, *more)

    return mock.patch("taps.engine.sync.windows", late)


@plant("ties_kept")
def _one_a_moment(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.run import Run

    write = Run.write
    seen: set[bytes] = set()

    def first_of_each(run: Run, node: Any, shaped: list[Any], *more: Any) -> None:
        kept = []
        for each in shaped:
            moment = bytes(each.row.get("updated_at", msgspec.Raw(b"")))
            if moment not in seen:
                kept.append(each)
                seen.add(moment)
        write(run, node, kept, *more)

    return mock.patch.object(Run, "write", first_of_each)


@plant("second_run_is_shorter")
def _bookmark_is_not_read(_folder: Path) -> AbstractContextManager[Any]:
    return mock.patch("taps.engine.sync._bookmark", lambda *_: {})


@plant("killed_and_resumed", "failed_and_resumed")
def _state_runs_ahead(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.state import State
    from taps.engine.window_read import Frontier

    made, put = Frontier.__post_init__, State.put

    def ahead(frontier: Frontier) -> None:
        made(frontier)
        frontier.done(frontier.found[-1].end)
        frontier.run.writer.write_state(now=True)

    def never_back(state: State, name: str, **changes: Any) -> None:
        if name == "orders" and changes.get("replication_key_value"):
            changes["replication_key_value"] = START.isoformat()
        put(state, name, **changes)

    @contextmanager
    def both() -> Iterator[None]:
        with mock.patch.object(Frontier, "__post_init__", ahead), mock.patch.object(State, "put", never_back):
            yield

    return both()


@plant("state_small")
def _state_of_everything(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.state import State

    put = State.put
    return mock.patch.object(State, "put", lambda self, name, **more: put(self, name, **more, seen="x" * 9_000))


@plant("state_moves_forward")
def _state_moves_back(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.state import State

    put, count = State.put, iter(range(9_999, 0, -1))

    def back(state: State, name: str, **changes: Any) -> None:
        if changes.get("replication_key_value"):
            changes["replication_key_value"] = f"{next(count):04d}-01-01T00:00:00+00:00"
        put(state, name, **changes)

    return mock.patch.object(State, "put", back)


@plant("vendors_clock")
def _our_own_clock(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.http import Client

    return mock.patch.object(Client, "server_now", lambda self: self._clock.now())


@plant("single_records")
def _state_all_the_same(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.writer import Writer

    return mock.patch.object(Writer, "keeps_state", property(lambda _: True, lambda _self, _value: None), create=True)


@plant("address_registered")
def _none_is_listed(_folder: Path) -> AbstractContextManager[Any]:
    return mock.patch("taps.engine.registering.listed", lambda *_: iter(()))


@plant("start_date_kept")
def _start_date_is_not_read(_folder: Path) -> AbstractContextManager[Any]:
    from datetime import UTC, datetime

    return mock.patch("taps.engine.sync.beginning", lambda *_: datetime(2019, 1, 1, tzinfo=UTC))


@plant("end_date_kept")
def _end_date_is_not_read(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.run import Run

    return mock.patch.object(Run, "end", property(lambda _: None, lambda _self, _value: None))


@plant("every_login")
def _no_credentials(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.auth_login import Login

    return mock.patch.object(Login, "sign", lambda _self, request, _fetch: (request, 0))


@plant("wrong_credentials")
def _everybody_is_let_in(_folder: Path) -> AbstractContextManager[Any]:
    from sandbox.fixtures.gate import Gate

    def issued(gate: Gate, _asked: Any, entry: str) -> Answered:
        return Answered({"access_token": gate.issue(entry)})

    @contextmanager
    def both() -> Iterator[None]:
        with mock.patch.object(Gate, "admits", lambda *_: True), mock.patch.object(Gate, "exchange", issued):
            yield

    return both()


@plant("token_renewed")
def _no_renewal(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.auth_login import Login

    return mock.patch.object(Login, "renew", lambda *_: False)


@plant("no_secret_shown")
def _not_scrubbed(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.http_scrub import Scrubber

    return mock.patch.object(Scrubber, "scrub", lambda _self, text, at_most=1000: text[:at_most])


@plant("others_children_stay")
def _all_have_one_parent(_folder: Path) -> AbstractContextManager[Any]:
    from taps.engine.parents import Parent

    return mock.patch.object(Parent, "owner_by", lambda *_: {"_connection_id": "_connection_id"})
