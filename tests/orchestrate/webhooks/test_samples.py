"""Deliveries as vendors' documentation shows them: `deliveries.yaml` of each platform, read by its manifest's words."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.naming import concerned, named
from orchestrate.webhooks.reading import is_empty, told, words_of
from taps.engine.load import PLATFORMS, load
from taps.engine.one import columns_of, identity_of, values_of
from taps.engine.yaml import Document


class Sample(BaseModel):
    """One delivery, and what it is about."""

    model_config = ConfigDict(extra="forbid")

    docs: str = Field(pattern=r"^https://")
    """Where the vendor shows it."""
    headers: dict[str, str] = {}
    body: Any = None
    form: dict[str, str] | None = None
    settings: dict[str, str | list[str]] = {}
    """Those of the connection that tell which account is its own."""
    account: dict[str, str] = {}
    """What its vendor says of it, where that tells."""
    names: dict[str, list[str | list[str]]] = {}
    """Stream -> the records that it names, each by its id or by the values of the columns of `one.by`."""
    elsewhere: bool = False
    """Whether all of it is of other accounts, so that nothing comes of it."""
    reads: list[str] = []
    """The streams that are read again, beside what hangs below the records named; `*` for the whole connection."""

    @property
    def whose(self) -> dict[str, dict[str, Any]]:
        return {"config": self.settings, "account": self.account}

    def delivery(self) -> Delivery:
        """As it comes in."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if self.form is not None else {}
        body = urlencode(self.form) if self.form is not None else json.dumps(self.body)
        return Delivery("POST", "https://engarde.example/", body.encode(), {**headers, **self.headers})


def samples_of(platform: str) -> list[Sample]:
    file = PLATFORMS / platform / "deliveries.yaml"
    return TypeAdapter(list[Sample]).validate_python(Document(file.read_text()).tree) if file.exists() else []


PLATFORMS_WITH_SAMPLES = sorted(file.parent.name for file in PLATFORMS.glob("*/deliveries.yaml"))
CASES = [
    pytest.param(platform, sample, id=f"{platform}-{number}")
    for platform in PLATFORMS_WITH_SAMPLES
    for number, sample in enumerate(samples_of(platform))
]


@pytest.mark.parametrize(("platform", "sample"), CASES)
def test_a_delivery_as_the_vendor_shows_it_names_its_records(platform: str, sample: Sample) -> None:
    words = words_of(platform)
    assert words is not None
    assert is_empty(words.delivery, sample.delivery(), sample.whose) == sample.elsewhere, sample.docs
    if sample.elsewhere:
        return
    names = named(platform, words.delivery, sample.delivery(), sample.whose)
    expected = {stream: [_identity(each) for each in ids] for stream, ids in sample.names.items()}
    assert names == expected, sample.docs
    about = concerned(platform, [(told(words.delivery, sample.delivery(), sample.whose).types, names)])
    reads = ["*"] if about.streams is None else list(about.streams)
    assert (reads, dict(about.objects)) == (sorted(sample.reads), names), sample.docs
    for stream, ids in names.items():
        one, key = load(platform).resolved(stream).one, load(platform).resolved(stream).key
        assert one is not None and isinstance(key, list)
        assert all(values_of(columns_of(one, key), each) for each in ids), stream


@pytest.mark.parametrize("platform", PLATFORMS_WITH_SAMPLES)
def test_every_stream_whose_records_deliveries_name_has_a_sample(platform: str) -> None:
    streams = load(platform).streams
    single = {name for name, stream in streams.items() if stream.one is not None and stream.webhook is not None}
    assert single <= {stream for sample in samples_of(platform) for stream in sample.names}


def _identity(said: str | list[str]) -> str:
    return identity_of(said if isinstance(said, list) else [said])
