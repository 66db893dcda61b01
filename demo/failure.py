"""What ends the demo early."""

from __future__ import annotations


class StepFailed(Exception):
    """A step that did not work; the text is one line for the person who reads it."""
