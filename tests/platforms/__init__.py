"""What only one platform does."""
