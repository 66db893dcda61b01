"""The text of docs/webhook-platforms.md: how each vendor that pushes is told of an address, and what is read then."""

from __future__ import annotations

from taps.engine.manifest import Manifest
from taps.engine.topics import own_topics
from taps.engine.webhooks import Webhooks
from taps.kinds import load, platforms

_HEAD = """\
# The vendors that push

*Generated from the manifests by `make generate`; do not edit.* How it works stands in [webhooks.md](webhooks.md).

**Told** says how the vendor is told of an address: by its API, and what the login needs for that beside reading; or by
hand, why and where. **Single records** are the streams of which a delivery has the record alone read that it names,
with what hangs below it. **Read again** are the streams of which it has read what has changed, and why. What stands
nowhere is not told of, and is read on schedule.
"""


def text() -> str:
    """The page: one section for each platform whose vendor pushes, in the order of their names."""
    found = {name: manifest for name in platforms("api") if isinstance(manifest := load(name), Manifest)}
    return "\n".join([_HEAD, *(_section(each, each.webhooks) for each in found.values() if each.webhooks)])


def _section(manifest: Manifest, words: Webhooks) -> str:
    told = [name for name, stream in manifest.streams.items() if own_topics(stream) and not stream.helper]
    single = [name for name in told if manifest.streams[name].one is not None]
    lines = [f"## {manifest.title}\n", f"[The vendor's page]({words.docs})\n", _told(words)]
    lines += [f"- **Single records**: {', '.join(single)}"] if single else []
    lines += [f"- **Read again**: {name}. {_why(manifest, name)}".rstrip() for name in told if name not in single]
    lines += [] if told else ["- **Read again**: the whole connection, for no delivery says what it is about."]
    return "\n".join([*lines, ""])


def _why(manifest: Manifest, name: str) -> str:
    webhook = manifest.streams[name].webhook
    return (webhook.reread or "") if webhook else ""


def _told(words: Webhooks) -> str:
    register = words.registering
    if register is None:
        return f"- **Told by hand.** {words.by_hand or ''}".rstrip()
    needs = f"; it needs {register.needs}" if register.needs else ""
    of = f", for each of {register.of.stream or register.of.chosen} by itself" if register.of else ""
    told = f"- **Told by [its API]({register.docs})**{of}{needs}."
    settings = " and ".join(name for layer in register.layers for name in layer.settings)
    return f"{told} Without the settings {settings}: {words.by_hand}" if settings else told
