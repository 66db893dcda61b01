"""What the reconciliation could not decide or decided wrongly, and what people decide instead."""
