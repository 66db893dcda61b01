"""target-postgres."""
