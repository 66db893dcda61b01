"""Loads on schedule and on demand: what is due, who does it, and what came of it."""

from orchestrate.syncs.entities import schedule_sync, trigger_sync

__all__ = ["schedule_sync", "trigger_sync"]
