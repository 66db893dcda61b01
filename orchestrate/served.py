"""The module that `dagster dev` loads."""

from orchestrate.definitions import served

defs = served()
