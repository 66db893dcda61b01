"""What is wrong with what was asked of a sync; each says what to do."""


class SyncRefusedError(Exception):
    """It cannot be done as asked."""


class NoSyncError(SyncRefusedError):
    """There is no run or schedule of that id."""


class FrequencyError(SyncRefusedError):
    """Words for a time that are not understood."""
