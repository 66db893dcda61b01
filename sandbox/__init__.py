"""A pretend vendor for every platform, so that anything can be tried without an account."""

from sandbox.running import Box, running
from sandbox.world import Settings

__all__ = ["Box", "Settings", "running"]
