"""Why an import cannot be shown or changed; each says what to do."""


class ImportRefusedError(Exception):
    """What was asked of an import cannot be done."""


class NoPreviewError(ImportRefusedError):
    """Nothing was built yet that could be shown."""
