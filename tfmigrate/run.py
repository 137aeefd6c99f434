"""One migration from the described source to the published SavedModel."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, RecipeProblem
from tfmigrate.export.naming import legal_key
from tfmigrate.export.publish import Staging
from tfmigrate.judge import (
    dossier,
    noise,
    of_recipe,
    probing,
    signing,
    trust,
    verdict,
    weights,
    witness,
)
from tfmigrate.judge.architecture import decide, refuse_loops
from tfmigrate.judge.case import Case
from tfmigrate.judge.second_reader import Answers, SecondReader
from tfmigrate.judgement import judge
from tfmigrate.mapping import ledger
from tfmigrate.options import Options, Progress
from tfmigrate.parity import evidence, golden_meta
from tfmigrate.parity.probes import Probe
from tfmigrate.proof import Parity
from tfmigrate.recipe import load_recipe
from tfmigrate.results import LedgerEntry, Migration, ModelLayer, Plan, Source
from tfmigrate.tensors import Hint, Signature, Tolerance, VariableInfo, as_json, from_json
from tfmigrate.trusted import code
from tfmigrate.workers.calls import Calls
from tfmigrate.workers.crew import Crew, room_for

NO_ANSWERS: tuple[Probe, ...] = ()


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
        if options.golden is None and not options.dry_run:
            evidence.refuse_unrecorded(options.require_evidence)
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
        self.plan = Plan(())
        self.variables: tuple[VariableInfo, ...] = ()
        self.asked = Signature("", (), ())  # the signature under its public names
        self.built: dict[str, Any] = {}
        self.layers: tuple[ModelLayer, ...] = ()
        self.allowed: dict[str, Tolerance] = {}
        self.probing: probing.Probing | None = None
        self._given_up = threading.Event()
        self.reader = SecondReader(self._reader_excuse(), self.witness.who)
        self.floor = noise.Floor(noise.excuse(self.room.weights, options))

    def through(self, crew: Crew, publish: bool = True) -> Migration:
        """Rebuild, restore, export, verify, publish.

        Args:
            crew: The workers.
            publish: Whether the result is wanted, or only whether parity holds.

        Raises:
            TfmigrateError: Anything a user can cause.
        """
        pool, calls = ThreadPoolExecutor(4), Calls(crew, self.progress)
        try:
            return self._through(calls, pool, publish)
        except BaseException:
            self._given_up.set()
            calls.kill()
            raise
        finally:
            self.reader.dismiss()
            self.floor.dismiss()
            # Not waited for: after Ctrl-C a thread may listen to a server that still imports.
            pool.shutdown(wait=False, cancel_futures=True)

    def _through(self, calls: Calls, pool: ThreadPoolExecutor, publish: bool) -> Migration:
        # Bytes are hashed and forced to disk beside the workers, on the other core.
        read = pool.submit(dossier.hashes, self.source.files, self._given_up)
        order = self._order()
        if self.staging is not None and publish:
            reading = self.room.reading(self.staging.path)
            self.floor.start(pool, lambda answers: calls.ask("noise", {}, reading, answers))
        rebuilt = self._rebuild(calls, pool, order)
        if self.staging is None:
            return self._migration(calls, read.result())
        written = pool.submit(dossier.settled, self.staging.path)
        entries = tuple(from_json(LedgerEntry, e) for e in rebuilt["ledger"])
        exported = from_json(Signature, rebuilt["signature"])
        signing.refuse(self.asked, exported, signing.of_recipe(self.recipe, self.key))
        parity, answers = verdict.unverified(), NO_ANSWERS
        if self.probing is not None:
            case = self._case(calls, order, self.probing)
            found = judge(case, self.reader, self.witness, self.floor, explain=publish)
            parity, answers = found.parity, found.reference.answers
            entries = ledger.close(entries, found.hashes)
        result = self._migration(calls, read.result(), parity, entries, (exported,))
        if not publish or (self.options.verify and not parity):
            written.result()
            return result
        return self._publish(result, answers, written.result())

    def _order(self) -> dict[str, Any]:
        """What a worker that rebuilds the model is told."""
        return {
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

    def _rebuild(
        self, calls: Calls, pool: ThreadPoolExecutor, order: dict[str, Any]
    ) -> dict[str, Any]:
        self.reader.start(pool, lambda answers: self._read_again(calls, answers))
        answers = {
            "plan": self._decide_plan,
            "restored": self._decide_probes,
            "probes": self._missing_reference,
        }
        room = self.room.writing(self.staging.path) if self.staging else self.room
        try:
            return calls.ask("rebuilder", order, room, answers)
        except RecipeProblem as error:
            raise (of_recipe.located(error, self.recipe) if self.recipe else error) from error

    def _case(self, calls: Calls, order: dict[str, Any], asked: probing.Probing) -> Case:
        assert self.staging is not None
        return Case(
            calls, self.room, self.scratch, self.staging.path, self.source, self.recipe,
            self.options, self.architecture, order, self.plan, self.variables, self.asked,
            self.allowed, asked,
        )  # fmt: skip

    def _reader_excuse(self) -> str:
        if self.options.golden is not None:
            return "the golden file proves more"
        if self.options.dry_run or not self.options.verify:
            return "nothing is compared"
        return self.witness.excuse

    def _read_again(self, calls: Calls, answers: Answers) -> None:
        calls.ask(self.witness.task, self.witness.payload, self.room, answers)

    def _decide_plan(self, data: dict[str, Any]) -> dict[str, Any]:
        """The rebuilder's question: which tensor becomes which variable."""
        self.variables = tuple(from_json(VariableInfo, v) for v in data["variables"])
        self.asked = from_json(Signature, data["signature"])
        self.built = data
        self.plan = weights.plan_for(self.source, self.recipe, self.variables, self.architecture)
        self.allowed = verdict.allowed(self.asked, self.recipe, self.options, data["reduced"])
        return {"stop": True} if self.options.dry_run else {"plan": as_json(self.plan)}

    def _decide_probes(self, data: dict[str, Any]) -> dict[str, Any]:
        """What it says of the inputs once the weights are in: the probes follow from it."""
        self.layers = tuple(from_json(ModelLayer, layer) for layer in data["layers"])
        if self.options.verify:
            hints = {n: from_json(Hint, h) for n, h in data["hints"].items()}
            self.probing = probing.probing_for(self.asked, hints, self.recipe, self.options)
            probing.write(self.probing, self.scratch)
        excuse = witness.excuse_after(self.witness, self.source, self.variables, self.plan)
        question = witness.question(self.witness, self.recipe, self.asked, self.plan)
        self.reader.decide(self._files("reader") | question, excuse)
        return {}

    def _missing_reference(self, _: dict[str, Any]) -> dict[str, Any]:
        """The rebuilder's second question: which of its own answers are needed."""
        if self.probing is None or self.reader.has_answered():
            return {}
        eager = {"eager": str(self.scratch / "eager.npz")}
        return self._files("" if self.probing.recorded else "rebuilt") | eager

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
        calls: Calls,
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
            walls=dict(sorted(calls.walls.items())),
            hashes=hashes,
            trusted={file.name: file.sha256 for file in self.trusted},
            declared=self.declared.said if self.declared else {},
            seconds=calls.seconds,
            notes=(*self.notes, *self.architecture.notes, *self._doubts(hashes)),
            layers=self.layers,
            recipe=of_recipe.used(self.recipe) if self.recipe else None,
        )

    def _doubts(self, hashes: dict[str, str]) -> tuple[str, ...]:
        """That the golden file was recorded from another source, where it says so."""
        said = self.probing.sources if self.probing is not None else {}
        doubt = golden_meta.another_source(said, hashes)
        return (doubt,) if doubt else ()

    def _files(self, name: str) -> dict[str, Any]:
        return {
            "probes": str(self.scratch / "probes.npz"),
            "outputs": str(self.scratch / f"{name}.npz") if name else "",
        }
