"""One migration from the described source to the published SavedModel."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, RecipeProblem
from tfmigrate.export.naming import legal_key
from tfmigrate.export.publish import Staging
from tfmigrate.judge import (
    dossier,
    of_recipe,
    probing,
    randomness,
    signing,
    trust,
    verdict,
    weights,
    witness,
)
from tfmigrate.judge.architecture import decide, refuse_loops
from tfmigrate.judge.second_reader import Answers, SecondReader
from tfmigrate.judge.verdict import Reference
from tfmigrate.mapping import ledger
from tfmigrate.options import Options, Progress
from tfmigrate.parity import evidence, probes
from tfmigrate.parity.probes import Probe
from tfmigrate.parity.runner import REPEATABLE
from tfmigrate.recipe import load_recipe
from tfmigrate.results import LedgerEntry, Migration, Parity, Plan, Source, Walls
from tfmigrate.tensors import Hint, Signature, Tolerance, VariableInfo, as_json, from_json
from tfmigrate.trusted import code
from tfmigrate.workers.client import Worker
from tfmigrate.workers.crew import Crew, Room, room_for


class Run:
    """The judge of one migration: it asks the witnesses, decides, and publishes."""

    def __init__(
        self,
        source: Source,
        options: Options,
        scratch: Path,
        staging: Staging | None,
        progress: Progress,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.source, self.options = source, options
        self.scratch, self.staging, self.progress = scratch, staging, progress
        self.notes = notes
        self.recipe = load_recipe(options.recipe, options.parameters) if options.recipe else None
        self.trusted = code.read(options.trust_code)
        self.architecture = decide(source, self.recipe, options.backend, bool(self.trusted))
        if options.golden is None:
            refuse_loops(self.architecture, source.path)
        self.witness = witness.choose(source, self.recipe, self.architecture, scratch)
        self.source = source = witness.with_graph(source, self.architecture, self.witness)
        self.declared = self.architecture.declared
        self.key = options.signature or signing.only_key(self.recipe)
        legal_key(self.key)
        self.room = room_for(source, scratch, options.memory)
        self._were = dossier.identities(source.files)
        self.seconds: dict[str, float] = {}
        self.walls: dict[str, Walls] = {}
        self.plan = Plan(())
        self.variables: tuple[VariableInfo, ...] = ()
        self.asked = Signature("", (), ())  # the signature under its public names
        self.built: dict[str, Any] = {}
        self.allowed: dict[str, Tolerance] = {}
        self.probing: probing.Probing | None = None
        self._workers: list[Worker] = []
        self._given_up = threading.Event()
        self.reader = SecondReader(self._reader_excuse(), self.witness.who)

    def through(self, crew: Crew, publish: bool = True) -> Migration:
        """Rebuild, restore, export, verify, publish.

        Args:
            crew: The workers.
            publish: Whether the result is wanted, or only whether parity holds.

        Raises:
            TfmigrateError: Anything a user can cause.
        """
        pool = ThreadPoolExecutor(3)
        try:
            return self._through(crew, pool, publish)
        except BaseException:
            self._given_up.set()
            for worker in self._workers:
                worker.kill()
            raise
        finally:
            self.reader.dismiss()
            # Not waited for: after Ctrl-C a thread may listen to a server that still imports.
            pool.shutdown(wait=False, cancel_futures=True)

    def _through(self, crew: Crew, pool: ThreadPoolExecutor, publish: bool) -> Migration:
        # Bytes are hashed and forced to disk beside the workers, on the other core.
        read = pool.submit(dossier.hashes, self.source.files, self._given_up)
        rebuilt = self._rebuild(crew, pool)
        if self.staging is None:
            return self._migration(read.result())
        written = pool.submit(dossier.settled, self.staging.path)
        entries = tuple(from_json(LedgerEntry, e) for e in rebuilt["ledger"])
        exported = from_json(Signature, rebuilt["signature"])
        signing.refuse(self.asked, exported, signing.of_recipe(self.recipe, self.key))
        parity, entries, answers = self._verify(crew, entries)
        result = self._migration(read.result(), parity, entries, (exported,))
        if not publish or (self.options.verify and not parity):
            written.result()
            return result
        return self._publish(result, answers, written.result())

    def _rebuild(self, crew: Crew, pool: ThreadPoolExecutor) -> dict[str, Any]:
        self.reader.start(pool, lambda answers: self._read_again(crew, answers))
        payload = {
            "engine": self.architecture.engine,
            "architecture": self.architecture.config,
            "source": as_json(self.source),
            "trusted": trust.order(self.trusted, self.architecture),
            "declared": self.declared.order() if self.declared else None,
            "staging": str(self.staging.path) if self.staging else "",
            "signature": self.key,
            "asked": signing.of_recipe(self.recipe, self.key),
            "batch": self.options.batch,
            "rename_inputs": dict(self.options.rename_inputs),
            "rename_outputs": dict(self.options.rename_outputs),
        }
        answers = {"plan": self._decide_plan, "probes": self._missing_reference}
        room = self.room.writing(self.staging.path) if self.staging else self.room
        try:
            return self._ask(crew, "rebuilder", payload, room, answers)
        except RecipeProblem as error:
            raise (of_recipe.located(error, self.recipe) if self.recipe else error) from error

    def _reader_excuse(self) -> str:
        if self.options.golden is not None:
            return "the golden file proves more"
        if self.options.dry_run or not self.options.verify:
            return "nothing is compared"
        return self.witness.excuse

    def _read_again(self, crew: Crew, answers: Answers) -> None:
        self._ask(crew, self.witness.task, self.witness.payload, self.room, answers)

    def _decide_plan(self, data: dict[str, Any]) -> dict[str, Any]:
        """The rebuilder's question: which tensor becomes which variable."""
        self.variables = tuple(from_json(VariableInfo, v) for v in data["variables"])
        self.asked = from_json(Signature, data["signature"])
        self.built = data
        self.plan = weights.plan_for(self.source, self.recipe, self.variables, self.architecture)
        self.allowed = verdict.allowed(self.asked, self.recipe, self.options, data["reduced"])
        if self.options.dry_run:
            return {"stop": True}
        if self.options.verify:
            hints = {n: from_json(Hint, h) for n, h in data["hints"].items()}
            self.probing = probing.probing_for(self.asked, hints, self.recipe, self.options)
            probing.write(self.probing, self.scratch)
        excuse = witness.excuse_after(self.witness, self.source, self.variables, self.plan)
        question = witness.question(self.witness, self.recipe, self.asked, self.plan)
        self.reader.decide(self._files("reader") | question, excuse)
        return {"plan": as_json(self.plan)}

    def _missing_reference(self, _: dict[str, Any]) -> dict[str, Any]:
        """The rebuilder's second question: which of its own answers are needed."""
        if self.probing is None or self.reader.has_answered():
            return {}
        eager = {"eager": str(self.scratch / "eager.npz")}
        return self._files("" if self.probing.recorded else "rebuilt") | eager

    def _verify(
        self, crew: Crew, entries: tuple[LedgerEntry, ...]
    ) -> tuple[Parity, tuple[LedgerEntry, ...], tuple[Probe, ...]]:
        if self.probing is None or self.staging is None:
            return verdict.unverified(), entries, ()
        payload = {
            "path": str(self.staging.path),
            "signature": self.key,
            "variables": [v.name for v in self.variables],
        }
        room = self.room.reading(self.staging.path)
        found = self._ask(crew, "verifier", payload | self._files("exported"), room, {})
        entries = ledger.close(entries, found["hashes"])
        reference, parity = self._judge(found["checks"], found["unsteady"])
        self.reader.end()
        if self.options.require_evidence:
            evidence.require(parity.level, self.options.require_evidence)
        return parity, entries, reference.answers

    def _judge(self, checks: dict[str, bool], unsteady: list[str]) -> tuple[Reference, Parity]:
        assert self.probing is not None
        got, reference = self._answers("exported"), self._best_reference(self.probing)
        eager = reference.answers if reference.level == "reader" else self._answers("eager")
        checks, notes = verdict.by_design(checks)
        drawn = randomness.drawing(self.architecture.config)
        if drawn and unsteady:
            notes = (*notes, randomness.said(unsteady, drawn))
            checks[REPEATABLE] = True
            got, eager = (randomness.without(a, unsteady) for a in (got, eager))
            reference = replace(reference, answers=randomness.without(reference.answers, unsteady))
        reference = replace(reference, notes=(*reference.notes, *notes))
        checks |= verdict.layer_by_layer(eager, got)
        parity = verdict.judge(reference, got, self.probing.probes, checks, self._terms())
        if reference.level != "reader" or parity or not all(checks.values()):
            return reference, parity
        if not self.reader.answers_again(self._files("again")):
            return reference, parity
        note = "compared in a graph: layer by layer the reader's answers differ by rounding"
        again = Reference("reader", self._answers("again"), (*reference.notes, note))
        return again, verdict.judge(again, got, self.probing.probes, checks, self._terms())

    def _terms(self) -> verdict.Terms:
        return verdict.Terms(self.allowed, self.architecture.basis)

    def _best_reference(self, asked: probing.Probing) -> Reference:
        if asked.recorded:
            return Reference("recorded", asked.recorded, asked.notes)
        if not self.reader.excuse:
            notes = (*asked.notes, *self.witness.notes)
            return Reference(self.witness.level, self._answers("reader"), notes)
        why = f"no second reader: {self.reader.excuse}"
        return Reference("rebuilt", self._answers("rebuilt"), (why, *asked.notes))

    def _publish(
        self, result: Migration, answers: tuple[Probe, ...], known: dict[str, str]
    ) -> Migration:
        assert self.staging is not None
        if dossier.identities(self.source.files) != self._were:
            raise Damaged(
                "the source changed while it was read",
                where=self.source.path,
                help="wait until nothing writes to it, and run again",
            )
        self.progress("publishing", 0, 0)
        dossier.write(self.staging.path, result, self.recipe, self.probing, answers, known)
        target = self.staging.publish()
        return replace(result, output=str(target), notes=(*result.notes, *self.staging.notes))

    def _migration(
        self,
        hashes: dict[str, str],
        parity: Parity | None = None,
        entries: tuple[LedgerEntry, ...] = (),
        signatures: tuple[Signature, ...] = (),
    ) -> Migration:
        return Migration(
            source=self.source,
            output="",
            engine=self.architecture.engine,
            variables=self.variables,
            plan=self.plan,
            ledger=entries,
            signatures=signatures or (self.asked,),
            renamed=dict(self.built["renamed"]),
            parity=parity,
            walls=dict(sorted(self.walls.items())),
            hashes=hashes,
            trusted={file.name: file.sha256 for file in self.trusted},
            declared=self.declared.said if self.declared else {},
            seconds=self.seconds,
            notes=(*self.notes, *self.architecture.notes),
        )

    def _ask(
        self, crew: Crew, task: str, payload: dict[str, Any], room: Room, answers: dict[str, Any]
    ) -> dict[str, Any]:
        start = time.monotonic()
        worker = crew.start(task, payload, room)
        self._workers.append(worker)
        try:
            return worker.result(answers, lambda p: self.progress(p["step"], p["done"], p["total"]))
        finally:
            self.walls[task] = worker.walls
            self.seconds[task] = time.monotonic() - start

    def _files(self, name: str) -> dict[str, Any]:
        return {
            "probes": str(self.scratch / "probes.npz"),
            "outputs": str(self.scratch / f"{name}.npz") if name else "",
        }

    def _answers(self, name: str) -> tuple[Probe, ...]:
        path = self.scratch / f"{name}.npz"
        return probes.load(path)[1] if path.exists() else ()
