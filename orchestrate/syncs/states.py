"""The states of a run; docs/syncs.md says what each means."""

READY = ("queued", "waiting")
OPEN = (*READY, "running")
ENDS = ("done", "partial", "failed", "cancelled")
