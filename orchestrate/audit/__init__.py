"""Who did what: a log that is only added to, each entry sealing all before it."""
