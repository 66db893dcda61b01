"""What UPS does that the manifest grammar cannot say."""

from typing import Any


def named_after_first_package(record: dict[str, Any]) -> dict[str, Any]:
    """A Quantum View manifest has no number of its own: its first package's tracking number names it.

    The packages are a list inside the manifest, into which no field reaches. Source: https://developer.ups.com/tag/Quantum-View
    """
    packages = record.get("Package") or []
    first = packages[0] if isinstance(packages, list) and packages else packages
    return {"TrackingNumber": first.get("TrackingNumber")} | record if first else record
