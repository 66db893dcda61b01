"""What every target does: reads messages, types, stages and merges them, and lets state out after the commit."""
