"""Does one run: the connection's tap into the tenant's warehouse by `meltano run`, then the models that it feeds."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestrate.data.errors import AbandonedError
from orchestrate.direct_run import Direct, Standby, run_direct
from orchestrate.imports.previews import QUESTIONS, SEEN
from orchestrate.meltano_run import (
    LATER,
    NO_LOGIN,
    PARTIAL,
    Loaded,
    LogLine,
    Outcome,
    note,
    process_group,
    run_meltano,
    stop,
)
from orchestrate.operations.logs import about
from orchestrate.project import ROOT
from orchestrate.reconciliation.news import waiting_pairs
from orchestrate.store.database import Store
from orchestrate.store.tables import now
from orchestrate.syncs.building import DECISIONS, selection
from orchestrate.syncs.keeping import Keeping, TakenError
from orchestrate.syncs.objects import selected
from orchestrate.syncs.queue import Claim
from orchestrate.syncs.resetting import forget_bookmarks, forget_rows
from orchestrate.syncs.service import BUILDS, DECISION, Result, Run, Syncs
from orchestrate.syncs.sources import Sources
from orchestrate.warehouse.base import Warehouse
from orchestrate.warehouses import warehouse_of
from taps.engine.http_usage import Cost
from targets.loading.report import SO_FAR

HEARTBEAT = 5.0
_LOOK = 0.2
_GIVE_WAY = 0.3
"""Seconds; who waits for a warehouse looks several times meanwhile."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
TRIES = 5
"""How often a run is tried whose vendor asks to come later."""
SILENCE = "ENGARDE_SYNC_SILENCE_MINUTES"
_NO_WORD = f"stopped: it said nothing for too long; {SILENCE} says how long that is"
_LOG = logging.getLogger("engarde.syncs")


def perform(
    store: Store, claim: Claim, root: Path = ROOT, stopping: threading.Event | None = None,
    standby: Standby | None = None,
) -> None:  # fmt: skip
    """Does a claimed run and keeps how it ended; whatever goes wrong ends the run with a reason.

    Once `stopping` is set the run is stopped, what is loaded is committed, and the rest is the next worker's.
    """
    with about(tenant=claim.tenant_id, run=claim.run_id):
        run = Syncs(store, claim.tenant_id, "worker").run(claim.run_id)
        warehouse = warehouse_of(claim.tenant_id, claim.tenant, root)
        sources = Sources(store, claim.tenant_id, "worker")
        performance = Performance(Keeping(store, claim), sources, run, warehouse, root, stopping or threading.Event())
        if standby is not None:
            performance.standby = standby
        try:
            performance.do(claim.tenant)
        except TakenError as taken:
            _LOG.warning("%s", taken)
        _LOG.info("%s of %s ended", run.id, run.connection or run.cause)


@dataclass
class Performance:
    """One run while it is done. A second thread says that it lives, passes lines on and stops what is to end."""

    keeping: Keeping
    sources: Sources
    run: Run
    warehouse: Warehouse
    root: Path
    stopping: threading.Event
    standby: Standby = field(init=False)
    process: subprocess.Popen[str] | None = None
    cancelled: bool = False
    silent: bool = False
    taken: bool = False
    said: list[tuple[datetime, LogLine]] = field(default_factory=list)
    so_far: Outcome = field(default_factory=Outcome)
    heard: float = field(default_factory=time.monotonic)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.standby = Standby(self.root)
        self.unbuilt = self.warehouse.unbuilt
        self.loader = f"target-{self.warehouse.engine}"
        self.platform, self.connection = self.run.platform or "", self.run.connection or ""
        self.news = DECISIONS if self.run.cause == DECISION else self.platform

    def do(self, tenant: str) -> None:
        """Loads and builds; raises `TakenError` if another worker took the run meanwhile."""
        watching = threading.Thread(target=self._watch, daemon=True)
        watching.start()
        outcome, built = Outcome(1, reasons=["it ended before it loaded anything"]), 0
        try:
            held = self.run.cause != DECISION and self.keeping.is_held(self.platform, self.connection)
            with self._alone():
                outcome = Outcome() if self.run.cause in BUILDS else self._load(tenant)
                loaded = outcome.code in {0, PARTIAL}
                if loaded and not held:
                    self.unbuilt.add(self.news)
                elif self.warehouse.exists():
                    self.warehouse.publish()
            if loaded:
                self._safe(lambda: self.keeping.loaded(self._results(outcome)))
            if loaded and not held:
                built = self._know()
            elif loaded and not self.run.objects:
                built = self._preview()
        except AbandonedError as waited:
            built = 1
            self.tell(LogLine("info", None, str(waited)))
        except Exception as error:
            outcome, built = Outcome(1, reasons=[f"{type(error).__name__}: {error}"]), 0
            _LOG.exception("run %s failed", self.run.id)
        finally:
            self.over.set()
            watching.join()
        if self.taken:
            raise TakenError(f"run {self.run.id} was taken by another worker")
        self._pass_on()
        self._end(outcome, built)

    def _know(self) -> int:
        """Lets the models know what was loaded; returns dbt's exit code.

        Runs of the tenant that wait to load go first: the one that comes back first builds for all of them.
        """
        self.over.wait(_GIVE_WAY)
        with self._alone():
            platforms = self.unbuilt.platforms()
            if self.news not in platforms:
                self.tell(LogLine("info", "dbt", "the models were built by another run since"))
                return 0
            before = waiting_pairs(self.warehouse)
            built = 0 if self._ended else self._build(platforms)
            self.keeping.conflicts(waiting_pairs(self.warehouse) - before)
            if built == 0 and not self._ended:
                self.unbuilt.built(platforms)
            self.warehouse.publish()
            return built

    def _preview(self) -> int:
        """Builds in a copy what the connection, which is held back, would change; returns dbt's exit code."""
        preview = self.warehouse.preview(self.keeping.connection_id)
        if self._ended or not self.warehouse.exists():
            return 0
        with self._alone():
            copied = preview.begin()
        try:
            self.tell(LogLine("info", None, f"{self.connection} is held back: its preview is built in a copy"))
            self.keeping.decisions(copied, included=(self.platform, self.connection))
            built = self._dbt({**copied.environment, "DBT_TARGET_PATH": str(preview.memory)}, SEEN)
            if built == 0 and not self._ended:
                preview.keep(QUESTIONS, [self.platform, self.connection])
            return built
        finally:
            preview.end()

    def _alone(self) -> AbstractContextManager[None]:
        return self.warehouse.alone(lambda text: self.tell(LogLine("info", None, text)), lambda: self._ended)

    def tell(self, line: LogLine) -> None:
        """Notes a line, which shows that the run gets on."""
        self.heard = time.monotonic()
        self.said.append((now(), line))
        if line.text.endswith(SO_FAR):
            note(self.so_far, line)

    @property
    def _ended(self) -> bool:
        return self.cancelled or self.silent or self.taken or self.stopping.is_set()

    def _load(self, tenant: str) -> Outcome:
        extractor = f"tap-{self.platform.replace('_', '-')}"
        variables = f"TAP_{self.platform.upper()}"
        environment = {
            **self.warehouse.environment, "ENGARDE_TENANT": tenant, f"{variables}_CONNECTION": self.connection,
        }  # fmt: skip
        for name, value in self.warehouse.target_settings(self.platform).items():
            environment[f"TARGET_{self.warehouse.engine.upper()}_{name.upper()}"] = value
        self.warehouse.prepare(self.platform)
        chosen = self.sources.chosen(self.connection)
        if self.run.objects:
            return self._load_objects(tenant, chosen)
        streams: Sequence[str] = self.run.streams or chosen
        if streams:
            environment[f"{variables}__SELECT_FILTER"] = json.dumps(list(streams))
        for name, moment in (("START_DATE", self.run.since), ("END_DATE", self.run.until)):
            if moment is not None:
                environment[f"{variables}_{name}"] = moment.astimezone(UTC).isoformat()
        self._reset(extractor, environment)
        # The store sees to it that a connection has one run; Meltano would take a killed one for alive for minutes.
        plugins = ["--force", f"--state-id-suffix={self.run.bookmark}", extractor, self.loader]
        return run_meltano(self.root, "dev", plugins, self.tell, environment, self._began)

    def _load_objects(self, tenant: str, chosen: Sequence[str]) -> Outcome:
        """Single records, which move no bookmark: without Meltano, whose start takes longer than they do."""
        settings = {"connection": self.connection, "objects": dict(self.run.objects)}
        streams = selected(self.platform, self.run.objects, chosen)
        target = self.warehouse.target_settings(self.platform)
        direct = Direct(self.platform, settings, streams, self.loader, target)
        environment = {**self.warehouse.environment, "ENGARDE_TENANT": tenant}
        return run_direct(self.standby, self.root, direct, self.tell, environment, self._began)

    def _reset(self, extractor: str, environment: Mapping[str, str]) -> None:
        """Lets streams begin anew of which somebody asked it; who reads a range leaves that."""
        if self.run.since or self.run.until:
            return
        asked = self.sources.resets(self.connection, self.run.streams)
        if asked:
            forget_rows(self.warehouse, self.platform, self.connection, asked)
            forget_bookmarks(self.root, f"dev:{extractor}-to-{self.loader}:{self.run.bookmark}", asked, environment)
            self.sources.have_reset(self.connection, asked)
            self.tell(LogLine("info", None, f"begins anew: {', '.join(asked)}"))

    def _build(self, platforms: Sequence[str]) -> int:
        """Builds what depends on the platforms; returns dbt's exit code."""
        self.warehouse.prepare()
        self.keeping.decisions(self.warehouse)
        return self._dbt(self.warehouse.environment, selection(platforms))

    def _dbt(self, environment: Mapping[str, str], selected: Sequence[str]) -> int:
        command = [sys.executable, "-m", "transform.launch", "build", "--target", self.warehouse.engine]
        command += ["--quiet", "--no-write-json", *selected]
        with process_group(command, self.root, environment) as process:
            self._began(process)
            assert process.stdout is not None
            for text in process.stdout:
                if text.strip():
                    self.tell(LogLine("info", "dbt", text.rstrip()))
        return int(process.returncode)

    def _began(self, process: subprocess.Popen[str]) -> None:
        self.process, self.heard = process, time.monotonic()
        if self._ended:
            stop(process)

    def _watch(self) -> None:
        silence = float(os.environ.get(SILENCE) or 60) * 60
        said = time.monotonic()
        while not self.over.wait(_LOOK):
            if time.monotonic() - said >= HEARTBEAT:
                said = time.monotonic()
                self._safe(self._live)
            at_work = self.process is not None and self.process.poll() is None
            self.silent |= at_work and time.monotonic() - self.heard > silence
            if self._ended and self.process is not None:
                stop(self.process)

    def _live(self) -> None:
        self.cancelled |= self.keeping.lives()
        self._pass_on()
        so_far, self.so_far = self.so_far, Outcome()
        if so_far.tables:
            self.keeping.loaded(self._results(so_far))

    def _safe(self, tell: Callable[[], None]) -> None:
        """Tells the store something without which the run goes on all the same."""
        try:
            tell()
        except TakenError:
            self.taken = True
        except Exception:
            _LOG.exception("run %s: the store does not answer", self.run.id)

    def _pass_on(self) -> None:
        said, self.said = self.said, []
        if said:
            self.keeping.lines(said)

    def _end(self, outcome: Outcome, built: int) -> None:
        results = self._results(outcome)
        self.keeping.limits(outcome.limits)
        if self.cancelled:
            self.keeping.end("cancelled", "cancelled; what was committed stays", results)
        elif self.stopping.is_set() and (outcome.code or built):
            self.keeping.give_back("its worker was asked to end; what it committed counts, the rest is read later")
        elif (self.silent or outcome.code == LATER) and self.run.attempt < TRIES:
            wait = min(FIRST_WAIT * 2 ** (self.run.attempt - 1), LONGEST_WAIT)
            self.keeping.wait(_NO_WORD if self.silent else outcome.reason, now() + wait)
        elif self.silent:
            self.keeping.end("failed", _NO_WORD, results)
        elif outcome.code not in {0, PARTIAL}:
            self.keeping.end("failed", outcome.reason, results, login_refused=outcome.code == NO_LOGIN)
        elif built:
            self.keeping.end("partial", "the rows are loaded, but not all models could be built; see the log", results)
        else:
            self.keeping.end("done" if outcome.code == 0 else "partial", outcome.reasons[0] if outcome.reasons else
                             None, results)  # fmt: skip

    def _results(self, outcome: Outcome) -> dict[str, Result]:
        prefix = f"{self.warehouse.schema(self.platform)}."
        loaded = {table.removeprefix(prefix): each for table, each in outcome.tables.items()}
        found = {}
        for stream in sorted(loaded.keys() | outcome.costs.keys()):
            rows, cost = loaded.get(stream, Loaded(0, 0, 0)), outcome.costs.get(stream, Cost())
            reason = next((each for each in outcome.reasons if f" {stream}: " in each), None)
            found[stream] = Result(
                stream, rows.records, rows.rows, rows.deleted, cost.requests, cost.bytes, cost.waited, reason,
                loaded=stream in loaded, answers=cost.answers, answering=cost.answering, slowest=cost.slowest,
            )  # fmt: skip
        return found
