"""What Meltano sees of the taps and targets: lock files, generated from their own settings."""
