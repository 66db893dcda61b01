"""Carries out a job: ask, wait, download. A run that is killed asks again; exports are read, never changed."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from taps.engine.answers import Tree
from taps.engine.asking import refers_to
from taps.engine.errors import BadAnswer, Empty, TooBig, VendorRefused
from taps.engine.hooks import load_hook
from taps.engine.http_answer import Answer
from taps.engine.jobs import Create, Fetch, Job, Step
from taps.engine.manifest import Stream
from taps.engine.nodes import Node
from taps.engine.paths import is_true
from taps.engine.reading import Page, pages_of
from taps.engine.references import UNSET, fill
from taps.engine.run import Run

_FIRST_PAUSE, _PRETEND_PAUSE = 0.5, 0.01
"""Seconds before the second look at an export; by `paced: false` a pretend vendor's."""


class _Answers(dict[str, Any]):
    """`{job.id}` is from create; every other `{job.x}` is a path into the latest answer."""

    def __init__(self, job_id: Any, latest: Tree | None) -> None:
        super().__init__({"id": job_id} if job_id is not None else {})
        self._latest = latest

    def get(self, name: str, default: Any = None) -> Any:
        """The value of one reference below `job`."""
        if name in self:
            return self[name]
        return self._latest.take(name) if self._latest is not None else default


def results(run: Run, node: Node, words: Stream, scope: dict[str, Any]) -> Iterator[Page]:
    """The records of the stream's job; several streams share the number of jobs that may run at once."""
    job = run.connection.manifest.jobs[words.job or ""]
    with run.semaphores[words.job or ""]:
        try:
            answers = _finished(run, node, job, words, scope)
        except Empty:
            return
        if answers is not None:
            yield from _fetch(run, node, job.fetch, words, {**scope, "job": answers})


def _ask(run: Run, node: Node, step: Step, words: Stream, scope: dict[str, Any], *, create: bool = False) -> Answer:
    if create:
        step = step.model_copy(
            update={
                "params": {**words.params, **step.params},
                "body": step.body if step.body is not None else words.body,
                "form": step.form if step.form is not None else words.form,
            }
        )
    request = run.connection.asker.request(
        step, scope, stream=node.name, more_headers=words.headers, rate=node.stream.rate
    )
    if isinstance(step, Create) and step.accept:
        request = replace(request, accept=tuple(step.accept))
    return run.connection.client.fetch(request, errors=node.stream.errors, read=_whole)


def _whole(answer: Answer) -> Answer:
    answer.tree  # noqa: B018 - raises where it is not what was promised
    return answer


def _finished(run: Run, node: Node, job: Job, words: Stream, scope: dict[str, Any]) -> _Answers | None:
    """Creates the job and waits for it; None if it finished without a result."""
    if job.start is not None:
        _ask(run, node, job.start, words, scope)
    answers = _created(run, node, job, words, scope)
    if job.enqueue is not None:
        _ask(run, node, job.enqueue, words, {**scope, "job": answers})
    run.log.info("%s: the vendor prepares an export", node.name)
    deadline = time.monotonic() + job.poll.give_up
    paced = run.connection.config.get("paced") is not False
    pause = min(_FIRST_PAUSE if paced else _PRETEND_PAUSE, job.poll.every)
    while True:
        latest = _ask(run, node, job.poll, words, {**scope, "job": answers}).tree
        answers = _Answers(answers.get("id"), latest)
        status = str(latest.take(job.poll.status))
        if status in job.poll.done:
            _check_all(node, job, latest)
            break
        if status in job.poll.empty:
            return None
        _check_going(run, node, job, latest, status, deadline)
        run.stop.wait(pause)
        run.check_stopped()
        pause = min(pause * 1.5, job.poll.every)
    if job.locate is not None:
        located = _ask(run, node, job.locate, words, {**scope, "job": answers})
        answers = _Answers(answers.get("id"), located.tree)
    return answers


def _check_all(node: Node, job: Job, latest: Tree) -> None:
    if job.poll.more is not None and is_true(latest.take(job.poll.more)):
        what = "more than one export holds"
        raise TooBig(what, stream=node.name)


def _check_going(run: Run, node: Node, job: Job, latest: Tree, status: str, deadline: float) -> None:
    platform = run.connection.platform
    if status in job.poll.failed:
        why = _sentence(latest.take(job.poll.message)) if job.poll.message is not None else ""
        said = f": {why}" if why else ""
        raise VendorRefused(f"the vendor's export ended as {status}{said}", platform=platform, stream=node.name)
    if status not in job.poll.wait:
        raise BadAnswer(
            f"the vendor's export has status {status!r}, which the manifest does not list under poll",
            platform=platform,
            stream=node.name,
        )
    if time.monotonic() > deadline:
        hours = job.poll.give_up / 3600
        what = f"the vendor's export was not finished after {hours:g} h; run again to ask anew"
        raise BadAnswer(what, platform=platform, stream=node.name)


def _created(run: Run, node: Node, job: Job, words: Stream, scope: dict[str, Any]) -> _Answers:
    answer = _ask(run, node, job.create, words, scope, create=True)
    tree = answer.tree
    if job.create.id is None:
        return _Answers(None, tree)
    found = tree.take(job.create.id)
    if found is None and job.duplicate is not None:
        found = load_hook(run.connection.folder, job.duplicate, "duplicate")(answer)
    if found is None:
        raise _no_job(run, node, job, tree)
    return _Answers(found, tree)


def _no_job(run: Run, node: Node, job: Job, tree: Tree) -> VendorRefused | BadAnswer:
    platform = run.connection.platform
    said = _sentence(tree.take(job.create.message)) if job.create.message is not None else ""
    if said:
        return VendorRefused(f"the vendor refused the export: {said}", platform=platform, stream=node.name)
    return BadAnswer("the vendor accepted the export but named no job", platform=platform, stream=node.name)


def _sentence(value: Any) -> str:
    """What the vendor says, short enough for a line; several sentences one after the other."""
    texts = value if isinstance(value, list) else [value]
    return "; ".join(str(text) for text in texts if text not in (None, "", []))[:300]


def _fetch(run: Run, node: Node, fetch: Fetch, words: Stream, scope: dict[str, Any]) -> Iterator[Page]:
    headers = words.headers if refers_to(fetch, "job") and fetch.path else {}
    if fetch.url is None:
        yield from pages_of(run, node, fetch, scope, headers)
        return
    found = fill(fetch.url, scope)
    addresses = [] if found is UNSET else found if isinstance(found, list) else [found]
    if not addresses and fetch.absent == "fail":
        raise BadAnswer("the finished export has no result", platform=run.connection.platform, stream=node.name)
    for address in addresses:
        literal = str(address).replace("{", "{{").replace("}", "}}")
        yield from pages_of(run, node, fetch.model_copy(update={"url": literal}), scope)
