"""Tells other systems what happens here: https://www.standardwebhooks.com"""

from orchestrate.announce.outbox import KINDS, announce

__all__ = ["KINDS", "announce"]
