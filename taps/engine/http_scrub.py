"""Takes known secrets out of any text that a person may read."""

import base64
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus

_SHORTEST = 4
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def _forms(secret: str) -> Iterable[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    raw = secret.encode("utf-8", "surrogatepass")
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
    yield secret.replace('"', '\\"')


class Scrubber:
    """Replaces secrets, also URL-encoded and in base64, by `[secret]`; the sources are asked anew each time."""

    def __init__(self, sources: Iterable[Callable[[], Iterable[str]]]) -> None:
        self._sources = list(sources)

    def scrub(self, text: str, at_most: int = 1000) -> str:
        """One line without secrets and control characters."""
        secrets = {secret for source in self._sources for secret in source() if len(secret) >= _SHORTEST}
        for form in sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True):
            text = text.replace(form, "[secret]")
        text = _CONTROL.sub(" ", text).strip()
        return text if len(text) <= at_most else text[: at_most - 1] + "…"
