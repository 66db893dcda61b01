"""What a connection that is held back would change: built in a copy of the warehouse, whose answers alone are kept.

Neither the unified tables nor the memory of keys is touched.
"""

from __future__ import annotations

from orchestrate.imports.entities import ENTITIES

SEEN = (
    "--select", "+identity_edges", "+match_review_queue", "+product_edges", "+orders", "+payments",
    "--exclude-resource-type", "test", "unit_test",
)  # fmt: skip
"""The arguments for what dbt builds for a preview: what the questions of `entities` read."""
QUESTIONS = {entity.name: entity.query for entity in ENTITIES.values()}
"""Their parameters are the connection's platform and name."""
