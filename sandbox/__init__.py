"""A pretend vendor for every platform, so that anything can be tried without an account."""

from sandbox.running import Box, running

__all__ = ["Box", "running"]
