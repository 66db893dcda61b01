"""What holds for every test."""

import os

from hypothesis import settings

# Where a change is judged, the same examples are tried each time; on a developer's machine new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
