"""A tap starts nearly as fast as the frame it stands in, whatever the length of its manifest."""

import pytest

from taps.startup import AT_MOST, biggest, compared


@pytest.mark.slow
def test_discovery_takes_at_most_half_as_long_again_as_the_bare_frame():
    frame, took = compared(biggest())
    assert took <= AT_MOST * frame
