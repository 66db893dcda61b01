"""Keeps secrets: sealed by data keys, which are wrapped by key-encryption keys that never lie in the store."""
