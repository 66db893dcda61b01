"""What can be connected is read ahead, but not while deliveries come."""

import itertools

import pytest

from orchestrate.connections import offered


def test_reading_ahead_waits_while_the_service_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []
    busy = itertools.chain([False, True, True], itertools.repeat(False))
    monkeypatch.setattr(offered, "offer", did.append)
    monkeypatch.setattr(offered.time, "sleep", lambda seconds: did.append(f"slept {seconds}"))
    offered.read_ahead(lambda: next(busy), pause=0.25)
    names = sorted(offered.get_adapter_registry().list_platforms())
    assert did[:5] == [names[0], "slept 0.25", "slept 1", "slept 1", names[1]]
    assert [each for each in did if not each.startswith("slept")] == names
