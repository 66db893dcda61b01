"""Who gets what when: no overlap on a connection, turns between tenants, one run after an outage, the dead replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from fastapi.testclient import TestClient

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.announce.service import Announcements
from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections, NoConnectionError
from orchestrate.operations import metrics
from orchestrate.store.database import Store
from orchestrate.syncs.keeping import Keeping, TakenError
from orchestrate.syncs.objects import MOST, refresh
from orchestrate.syncs.queue import ATTEMPTS, Claim, claim
from orchestrate.syncs.service import Result, Syncs

START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HUBSPOT = {"access_token": "pat-canary-1"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def store(connections: Connections) -> Store:
    return connections.store


@pytest.fixture
def syncs(connections: Connections) -> Syncs:
    connections.add("hubspot", "main", HUBSPOT)
    connections.add("hubspot", "other", HUBSPOT)
    return Syncs(connections.store, connections.tenant_id, "user test")


def end(store: Store, claimed: Claim | None, status: str = "done") -> str:
    assert claimed is not None
    Keeping(store, claimed).end(status, None, {})
    return claimed.run_id


def test_a_connection_has_one_run_under_way(syncs: Syncs, store: Store) -> None:
    first = syncs.trigger("main")
    claimed = claim(store)
    assert claimed is not None and claimed.run_id == first
    second, other = syncs.trigger("main"), syncs.trigger("other")
    beside = claim(store)
    assert beside is not None and beside.run_id == other
    assert claim(store) is None
    end(store, claimed)
    assert end(store, claim(store)) == second


def test_a_build_of_decisions_is_of_no_connection_holds_up_none_and_outlives_all(
    syncs: Syncs, store: Store, connections: Connections
) -> None:
    build = syncs.rebuild()
    assert syncs.rebuild() == build, "one that waits is enough"
    building = claim(store)
    assert building is not None and building.run_id == build
    again, load = syncs.rebuild(), syncs.trigger("main")
    loading = claim(store)
    assert loading is not None and loading.run_id == load
    assert claim(store) is None, "one build at a time"
    for name in ("main", "other"):
        connections.remove(name)
    assert end(store, building) == build
    assert (syncs.run(build).connection, syncs.run(build).platform, syncs.run(build).status) == (None, None, "done")
    assert end(store, claim(store)) == again
    assert {run.id for run in syncs.runs()} == {build, again}


def test_workers_at_once_never_share_a_run(syncs: Syncs, store: Store, connections: Connections) -> None:
    for n in range(6):
        connections.add("hubspot", f"shop-{n}", HUBSPOT)
        syncs.trigger(f"shop-{n}")
    with ThreadPoolExecutor(8) as pool:
        claimed = [each for each in pool.map(lambda _: claim(store), range(16)) if each]
    rest = iter(lambda: claim(store), None)
    taken = [each.run_id for each in (*claimed, *rest)]
    assert len(taken) == len(set(taken)) == 6


def test_what_waits_to_load_the_same_is_enough(syncs: Syncs) -> None:
    whole = syncs.trigger("main")
    assert syncs.trigger("main", streams=["contacts"], priority=5) == whole
    assert syncs.run(whole).priority == 5
    assert syncs.trigger("other") != whole


def test_a_backfill_and_a_connection_that_is_made_anew_have_bookmarks_of_their_own(
    syncs: Syncs, store: Store, connections: Connections
) -> None:
    first = syncs.run(syncs.trigger("main")).bookmark
    end(store, claim(store))
    assert syncs.run(syncs.trigger("main")).bookmark == first
    backfill = syncs.run(syncs.backfill("main", "contacts", START, START + timedelta(days=1)))
    connections.remove("main")
    connections.add("hubspot", "main", HUBSPOT)
    anew = syncs.run(syncs.trigger("main")).bookmark
    assert len({first, backfill.bookmark, anew}) == 3


def test_higher_priority_goes_first_and_the_older_of_equals(
    syncs: Syncs, store: Store, connections: Connections
) -> None:
    names = ["low", "first", "second", "high"]
    for name in names:
        connections.add("hubspot", name, HUBSPOT)
    runs = {name: syncs.trigger(name, priority={"low": -1, "high": 1}.get(name, 0)) for name in names}
    assert [end(store, claim(store)) for _ in names] == [runs[name] for name in ("high", "first", "second", "low")]


def test_tenants_take_turns_however_much_one_of_them_wants(
    syncs: Syncs, store: Store, connections: Connections
) -> None:
    for n in range(8):
        connections.add("hubspot", f"shop-{n}", HUBSPOT)
        syncs.trigger(f"shop-{n}")
    small = Connections(store, connections.vault, store.tenant("small"), "user test")
    small.add("hubspot", "main", HUBSPOT)
    Syncs(store, small.tenant_id, "user test").trigger("main")
    first_two = Counter(each.tenant for each in (claim(store), claim(store)) if each)
    assert first_two == {"acme": 1, "small": 1}


def test_after_an_outage_a_schedule_runs_once(syncs: Syncs, store: Store, clock: time_machine.Traveller) -> None:
    made = syncs.schedule("main", "every 15 minutes", jitter=0)
    assert made.due_at == START + timedelta(minutes=15)
    assert claim(store) is None
    clock.move_to(START + timedelta(hours=9, minutes=7))
    end(store, claim(store))
    assert claim(store) is None
    assert syncs.schedules()[0].due_at == START + timedelta(hours=9, minutes=15)
    clock.move_to(START + timedelta(hours=9, minutes=15))
    claimed = claim(store)
    assert claimed is not None and syncs.run(claimed.run_id).cause == "schedule"


def test_a_schedule_whose_last_run_is_under_way_waits(
    syncs: Syncs, store: Store, clock: time_machine.Traveller
) -> None:
    syncs.schedule("main", "every 15 minutes", jitter=0)
    clock.move_to(START + timedelta(minutes=15))
    claimed = claim(store)
    assert claimed is not None
    clock.move_to(START + timedelta(minutes=16))
    Keeping(store, claimed).lives()
    clock.move_to(START + timedelta(minutes=16, seconds=60))
    assert claim(store) is None
    assert len(syncs.runs()) == 1


def test_a_paused_schedule_rests_and_goes_on_from_now(
    syncs: Syncs, store: Store, clock: time_machine.Traveller
) -> None:
    made = syncs.schedule("main", "hourly", jitter=0)
    syncs.pause(made.id)
    clock.move_to(START + timedelta(hours=3, minutes=1))
    assert claim(store) is None
    syncs.pause(made.id, paused=False)
    assert claim(store) is None
    assert syncs.schedules()[0].due_at == START + timedelta(hours=4)


def test_the_run_of_a_silent_worker_is_anothers_and_its_late_word_does_not_count(
    syncs: Syncs, store: Store, clock: time_machine.Traveller
) -> None:
    run = syncs.trigger("main")
    late = claim(store)
    assert late is not None
    keeping = Keeping(store, late)
    clock.move_to(START + timedelta(seconds=91))
    again = claim(store)
    assert again is not None and (again.run_id, again.fence) == (run, late.fence + 1)
    for word in (keeping.lives, lambda: keeping.end("done", None, {}), lambda: keeping.wait("later", START)):
        with pytest.raises(TakenError):
            word()
    assert syncs.run(run).status == "running"
    end(store, again)
    assert syncs.run(run).status == "done"


def test_a_run_that_kills_its_workers_ends(syncs: Syncs, store: Store, clock: time_machine.Traveller) -> None:
    run = syncs.trigger("main")
    for n in range(ATTEMPTS):
        assert claim(store) is not None
        clock.move_to(START + timedelta(seconds=91 * (n + 1)))
    assert claim(store) is None
    assert (syncs.run(run).status, syncs.run(run).attempt) == ("failed", ATTEMPTS)
    assert "vanished" in (syncs.run(run).reason or "")


def test_a_run_whose_vendor_asks_to_wait_comes_back_then(
    syncs: Syncs, store: Store, clock: time_machine.Traveller
) -> None:
    run = syncs.trigger("main")
    claimed = claim(store)
    assert claimed is not None
    Keeping(store, claimed).wait("rate limit", START + timedelta(minutes=2))
    assert claim(store) is None
    clock.move_to(START + timedelta(minutes=2))
    again = claim(store)
    assert again is not None and again.run_id == run


def test_a_queued_run_is_cancelled_at_once_and_one_under_way_by_its_worker(syncs: Syncs, store: Store) -> None:
    syncs.trigger("main")
    claimed = claim(store)
    assert claimed is not None
    queued = syncs.trigger("main")
    assert syncs.cancel(queued).status == "cancelled"
    assert syncs.cancel(claimed.run_id).status == "running"
    assert Keeping(store, claimed).lives() is True


def test_a_refused_login_is_told_once_and_a_success_mends_it(
    syncs: Syncs, store: Store, connections: Connections, clock: time_machine.Traveller
) -> None:
    announcements = Announcements(store, connections.vault, connections.tenant_id, "user test")
    announcements.subscribe("https://alerts.example/hook", ["connection.broken"])

    def ends(status: str, *, refused: bool) -> str:
        syncs.trigger("main")
        claimed = claim(store)
        assert claimed is not None
        Keeping(store, claimed).end(status, "the login is refused" if refused else None, {}, login_refused=refused)
        return connections.show("main").status

    assert [ends("failed", refused=refused) for refused in (True, True, False)] == ["reconnect"] * 3
    assert len(announcements.sent(10)) == 1
    assert ends("done", refused=False) == "ok"
    assert connections.show("main").status_reason is None
    assert ends("failed", refused=True) == "reconnect"
    assert len(announcements.sent(10)) == 2
    assert connections.show("other").status == "new"


def test_what_all_runs_brought_is_kept_as_they_end_and_connections_are_shown_by_parts(
    syncs: Syncs, store: Store, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "COUNTED_FOR", 0.0)
    app = create_app(store, connections.vault)
    for rows in (5, 7):
        syncs.trigger("main")
        claimed = claim(store)
        assert claimed is not None
        Keeping(store, claimed).end(
            "done",
            None,
            {"contacts": Result("contacts", rows, rows, 0, 3, 2048, 0.5, None, answers=3, answering=1.5, slowest=1.0)},
        )
    figures = app.state.figures.text().decode()
    assert 'engarde_sync_rows{platform="hubspot"} 12.0' in figures
    assert 'engarde_sync_answers{platform="hubspot"} 6.0' in figures
    assert 'engarde_sync_answering_seconds{platform="hubspot"} 3.0' in figures
    assert 'engarde_connections{platform="hubspot",status="ok"} 1.0' in figures
    connections.remove("main")
    figures = app.state.figures.text().decode()
    assert 'engarde_sync_rows{platform="hubspot"} 12.0' in figures, "what was brought does not grow less"
    key = ApiKeys(store, connections.tenant_id, "user test").add("all", SCOPES)
    client = TestClient(app, headers={"Authorization": f"Bearer {key}"})
    connections.add("hubspot", "alpha", {"access_token": "pat-canary-2"})
    for path in ("/api/v1/standings", "/api/v1/usage"):
        first = client.get(path, params={"limit": 1}).json()
        rest = client.get(path, params={"limit": 1, "cursor": first["next"]}).json()
        assert [each["connection"] for each in (*first["items"], *rest["items"])] == ["alpha", "other"]
        assert rest["next"] is None


def test_single_records_join_the_run_that_waits_and_have_a_place_of_their_own(
    syncs: Syncs, store: Store, connections: Connections
) -> None:
    whole = syncs.trigger("other")
    run = refresh(store, connections.tenant_id, "main", {"contacts": ["1"]})
    assert refresh(store, connections.tenant_id, "main", {"contacts": ["2", "1"], "deals": ["9"]}) == run
    assert syncs.run(run).objects == {"contacts": ["1", "2"], "deals": ["9"]}
    assert syncs.trigger("main", streams=["contacts", "deals"]) != run, "the increment is another matter"
    claimed = claim(store, short=True)
    assert claimed is not None and claimed.run_id == run
    assert claim(store, short=True) is None
    later = refresh(store, connections.tenant_id, "main", {"contacts": ["3"]})
    assert later != run and claim(store, short=True) is None, "a connection has one run under way"
    end(store, claimed)
    assert end(store, claim(store, short=True)) == later
    assert claim(store, short=True) is None
    assert end(store, claim(store)) == whole


def test_more_records_than_a_run_takes_wait_for_the_next(store: Store, syncs: Syncs, connections: Connections) -> None:
    first = refresh(store, connections.tenant_id, "main", {"contacts": [str(number) for number in range(MOST)]})
    assert refresh(store, connections.tenant_id, "main", {"contacts": ["x"]}) != first


def test_another_tenants_connection_is_unknown(store: Store, syncs: Syncs) -> None:
    with pytest.raises(NoConnectionError):
        refresh(store, store.tenant("stranger"), "main", {"contacts": ["1"]})
