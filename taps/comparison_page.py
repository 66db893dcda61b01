"""The text of docs/comparison.md: what other collections have and this one leaves out, as the manifests say it."""

from __future__ import annotations

from taps.kinds import load, platforms

_HEAD = """\
# What is left out, and why

*Generated from the manifests by `make generate`; do not edit.*

On 2026-11-25 and 26 the streams were laid beside what other collections offer for the same platform: the schemas and
pages of Airbyte's connectors (files of 2024 to September 2026), the schemas of the Singer taps of singer-io and
MeltanoLabs, the source tables of Fivetran's dbt packages (the youngest of both of 2026-08-18), dlt's verified sources
(39575068 of 2026-07-03), and, where none of these has the platform, the Singer taps that others published. What counts
is the object, not its name; one that stands as a JSON column in another stream is there. For Make, Mollie, Square Point
of Sale and UPS no other collection was at hand, and the vendor's own reference alone decided. Databases, object stores
and Airtable have the tables of their user, whoever reads them.

Below stands what a manifest leaves out under `left_out`, with its reason, whether others have it or not.
"""


def text() -> str:
    """The page: one section for each platform, in the order of their names."""
    return "\n".join([_HEAD, *(_section(name) for name in platforms())])


def _section(platform: str) -> str:
    manifest = load(platform)
    reasons = [f"- **{name}**: {reason}" for name, reason in sorted(manifest.left_out.items())]
    return "\n".join([f"## {manifest.title}\n", *(reasons or ["Nothing is left out."]), ""])
