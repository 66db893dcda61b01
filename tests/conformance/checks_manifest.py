"""What can be seen before anything is asked."""

from sandbox.fixtures.settings import dummy_settings
from taps.engine.auth_choice import missing_settings
from taps.engine.errors import BadSetting
from taps.engine.load import ManifestError, load
from taps.fixtures import findings
from tests.conformance.checks import Case, Complaints, check


@check("The manifest has no mistake that the grammar or `engarde check` knows.", defect="a key with a typing mistake")
def manifest_sound(case: Case) -> Complaints:
    try:
        load.__wrapped__(case.platform, case.folder)
    except ManifestError as wrong:
        yield from wrong.findings


@check(
    "Each stream has a fixture that reads, and in which every declared field has a value or is said to be absent.",
    defect="a fixture without one of its fields",
)
def fixtures_sound(case: Case) -> Complaints:
    yield from findings(case.platform, case.folder)


@check(
    "The catalog lists every stream with a key, and every key column is in its schema and not nullable.",
    defect="streams without keys",
)
def catalog_whole(case: Case) -> Complaints:
    listed = {entry["tap_stream_id"]: entry for entry in case.catalog["streams"]}
    for name in case.streams:
        if name not in listed:
            yield f"{name} is not in the catalog"
            continue
        keys, properties = listed[name].get("key_properties") or [], listed[name]["schema"]["properties"]
        if "_connection_id" not in keys or len(keys) < 2:
            yield f"{name} has the key {keys}"
        for column in keys:
            if "null" in properties.get(column, {}).get("type", ["null"]):
                yield f"{name}.{column} is in the key and may be null"


@check(
    "A login without one of its settings is refused by name and before any request.",
    defect="the line does not name the setting",
)
def settings_missing(case: Case) -> Complaints:
    for entry, auth in case.manifest.auth.items():
        whole = dummy_settings(case.manifest, entry)
        for name in missing_settings(auth, {}):
            if name not in whole or getattr(case.manifest.config.get(name), "default", None) is not None:
                continue
            with case.bench(login=entry) as here:
                del here.settings[name]
                ran = here.run()
                if ran.asked:
                    yield f"{entry}: {len(ran.asked)} requests without the setting {name!r}"
                if not isinstance(ran.error, BadSetting):
                    yield f"{entry}: the run does not refuse to start without {name!r}"
                elif name not in str(ran.error):
                    yield f"{entry}: {ran.error} does not name {name!r}"
