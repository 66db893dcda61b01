"""Which platforms there are, under which names, and what they say of themselves."""

import pytest

from taps.registry import UnknownPlatformError, catalog, get_adapter_registry

registry = get_adapter_registry()


def test_supported_platforms_are_those_with_a_manifest():
    assert {"stripe", "shopify", "hubspot", "google_ads"} <= set(registry.list_platforms())
    assert "google_ads" in registry.list_platforms("advertising")
    assert "stripe" not in registry.list_platforms("advertising")


@pytest.mark.parametrize("name", ["google_ads", "Google Ads", "tap-google-ads", " GOOGLE-ADS "])
def test_names_are_understood_however_they_are_written(name):
    assert registry.resolve(name) == "google_ads"
    assert registry.is_platform_supported(name)


def test_aliases_of_the_catalogue_lead_to_their_platform():
    aliases = {alias: entry.platform for entry in catalog().values() for alias in entry.aliases}
    assert aliases["facebook_ads"] == "meta_ads"
    assert {alias: registry.resolve(alias) for alias in aliases} == aliases


@pytest.mark.parametrize("name", ["../platforms/stripe", "x" * 300, "stripe/", "", "stripe\0"])
def test_a_name_leads_to_no_other_folder(name):
    assert not registry.is_platform_supported(name)
    with pytest.raises(UnknownPlatformError):
        registry.resolve(name)


def test_an_unknown_name_is_refused_with_the_nearest_and_a_planned_one_says_so():
    assert not registry.is_platform_supported("strype")
    with pytest.raises(UnknownPlatformError, match="did you mean 'stripe'"):
        registry.get_platform_capabilities("strype")
    planned = next(name for name in catalog() if not registry.is_platform_supported(name))
    with pytest.raises(UnknownPlatformError, match="no tap yet"):
        registry.get_platform_capabilities(planned)


def test_capabilities_tell_streams_deletes_logins_and_entities():
    stripe = registry.get_platform_capabilities("stripe")
    streams = {stream.name: stream for stream in stripe.streams}
    assert streams["customers"].by_changes
    assert streams["customers"].deletes == "event"
    assert streams["balance_transactions"].incremental
    assert not any(stream.docs == "" for stream in stripe.streams)
    assert {"customers", "payments", "payouts"} <= set(stripe.entities)
    assert stripe.webhooks
    assert registry.get_platform_capabilities("google_ads").logins


def test_a_database_is_a_platform_whose_streams_only_its_catalogue_knows():
    assert "postgres" in registry.list_platforms("storage")
    found = registry.get_platform_capabilities("Postgres")
    assert found.title == "PostgreSQL"
    assert found.streams == ()
