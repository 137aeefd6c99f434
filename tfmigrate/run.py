"""One migration from the described source to the published SavedModel."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from tfmigrate.contract import Contract
from tfmigrate.errors import Damaged, RecipeProblem
from tfmigrate.export.naming import legal_key
from tfmigrate.export.publish import Staging
from tfmigrate.export.views import View
from tfmigrate.judge import (
    bundle,
    dossier,
    noise,
    of_recipe,
    promised,
    serving,
    signing,
    trust,
    verdict,
    weights,
    witness,
)
from tfmigrate.judge.architecture import decide, refuse_loops
from tfmigrate.judge.case import Case
from tfmigrate.judge.questions import Questions, questions
from tfmigrate.judge.second_reader import Answers, SecondReader
from tfmigrate.judgement import Judged, judge
from tfmigrate.mapping import ledger
from tfmigrate.options import Options, Progress
from tfmigrate.parity import evidence, golden_meta
from tfmigrate.proof import Parity
from tfmigrate.recipe import load_recipe
from tfmigrate.results import LedgerEntry, Migration, ModelLayer, Plan, Source
from tfmigrate.tensors import Signature, Tolerance, VariableInfo, as_json, from_json
from tfmigrate.trusted import code
from tfmigrate.workers.calls import Calls
from tfmigrate.workers.crew import Crew, room_for


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
        self.architecture = decide(
            source, self.recipe, options.backend, bool(self.trusted), options
        )
        if options.golden is None:
            refuse_loops(self.architecture, source.path)
        self.witness = witness.choose(source, self.recipe, self.architecture, scratch)
        self.source = source = witness.with_graph(source, self.architecture, self.witness)
        self.declared = self.architecture.declared
        self.key = serving.key_of(self.recipe, options)
        legal_key(self.key)
        self.room = room_for(source, scratch, options.memory)
        self._were = dossier.identities(source.files)
        self.plan = Plan(())
        self.variables: tuple[VariableInfo, ...] = ()
        self.functions: tuple[Signature, ...] = ()  # under their public names
        self.serving: serving.Serving | None = None
        self.built: dict[str, Any] = {}
        self.layers: tuple[ModelLayer, ...] = ()
        self.asked: Questions | None = None
        self.contract: Contract | None = None
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
        if self.options.contract is not None:
            self.contract = crew.contract(self.options.contract.absolute())
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
        exported = tuple(from_json(Signature, s) for s in rebuilt["signatures"])
        assert self.serving is not None
        signing.refuse(self.serving.views, exported, self.serving.narrowed())
        found, asked = None, self.asked
        if asked is not None and asked.probings:
            cases = self._cases(calls, order, asked)
            found = judge(cases, self.reader, self.witness, self.floor, explain=publish)
            entries = ledger.close(entries, found.hashes)
        parity = found.parity if found else verdict.unverified()
        result = self._migration(calls, read.result(), parity, entries, exported)
        if found:
            result = replace(result, portability=found.portability)
        if not publish or (self.options.verify and not parity):
            written.result()
            return result
        return self._publish(result, found, written.result())

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
            "layers": serving.layers(self.recipe),
            "states": serving.states(self.recipe, self.architecture.stored),
            "batch": self.options.batch,
            **serving.renames(self.recipe, self.options),
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

    def _cases(self, calls: Calls, order: dict[str, Any], asked: Questions) -> list[Case]:
        """The signatures before their judge."""
        assert self.staging is not None
        served = asked.serving
        return [
            Case(
                calls, self.room, asked.folder(i), self.staging.path, self.source, self.recipe,
                self.options, self.architecture, order, self.plan, self.variables,
                served.functions[view.function], view, self._allowed(view), probes,
                view.function == served.main,
            )
            for i, (view, probes) in enumerate(zip(served.views, asked.probings, strict=True))
        ]  # fmt: skip

    def _allowed(self, view: View) -> dict[str, Tolerance]:
        """The tolerances of a signature; what is said of the outputs of others is no mistake."""
        assert self.serving is not None
        own = [s.name for s in view.signature.outputs]
        others = (s for v in self.serving.views for s in v.signature.outputs if s.name not in own)
        outputs = (*view.signature.outputs, *{s.name: s for s in others}.values())
        signature = replace(view.signature, outputs=outputs)
        found = verdict.allowed(signature, self.recipe, self.options, self.built["reduced"])
        return {n: t for n, t in found.items() if n in own}

    def _reader_excuse(self) -> str:
        graph = self.architecture.graph
        one = serving.is_one(self.recipe, self.source) and not (graph and graph.endpoints[1:])
        if self.options.golden is not None and one:
            return "the golden file proves more"
        if self.options.dry_run or not self.options.verify:
            return "nothing is compared"
        return self.witness.excuse

    def _read_again(self, calls: Calls, answers: Answers) -> None:
        calls.ask(self.witness.task, self.witness.payload, self.room, answers)

    def _decide_plan(self, data: dict[str, Any]) -> dict[str, Any]:
        """The rebuilder's question: which tensor becomes which variable, and what is served."""
        self.variables = tuple(from_json(VariableInfo, v) for v in data["variables"])
        self.functions = tuple(from_json(Signature, f) for f in data["functions"])
        self.built = data
        self.serving = serving.serving(
            self.recipe, self.options, self.functions, data["renamed"], data["layers"]
        )
        self.serving = promised.kept(self.serving, self.contract, self.options)
        self.notes += tuple(d for v in self.serving.views for d in v.doubts())
        self.plan = weights.plan_for(self.source, self.recipe, self.variables, self.architecture)
        for view in self.serving.views:
            self._allowed(view)  # mistakes in tolerances are found before the work
        if self.options.dry_run:
            return {"stop": True}
        return {"plan": as_json(self.plan), **self.serving.order(self.scratch)}

    def _decide_probes(self, data: dict[str, Any]) -> dict[str, Any]:
        """What it says of the inputs once the weights are in: the probes follow from it."""
        assert self.serving is not None
        self.layers = tuple(from_json(ModelLayer, layer) for layer in data["layers"])
        self.asked = questions(self.scratch, self.serving, data["hints"], self.recipe, self.options)
        excuse = witness.excuse_after(self.witness, self.source, self.variables, self.plan)
        question = witness.question(self.witness, self.serving, self.plan)
        self.reader.decide(question | {"runs": self.asked.reading(self.witness)}, excuse)
        # The source of a graph is asked first: what it does not take proves nothing of the export.
        if self.architecture.graph is None or not self.reader.has_answered():
            return {}
        self.asked, notes = self.asked.heard()
        self.serving, self.notes = self.asked.serving, (*self.notes, *notes)
        return {"signatures": list(self.serving.plain)}

    def _missing_reference(self, _: dict[str, Any]) -> dict[str, Any]:
        """The rebuilder's second question: which of its own answers are needed."""
        answered = self.witness if self.reader.has_answered() else None
        return self.asked.rebuilding(answered) if self.asked else {}

    def _publish(self, result: Migration, found: Judged | None, known: dict[str, str]) -> Migration:
        assert self.staging is not None
        if dossier.identities(self.source.files) != self._were:
            raise Damaged(
                "the source changed while it was read",
                where=self.source.path,
                help="wait until nothing writes to it, and run again",
            )
        self.progress("publishing", 0, 0)
        probings = self.asked.probings if self.asked and found else ()
        answers = (found.answers, found.exported) if found else ((), ())
        served = dossier.served(result.signatures, probings, *answers)
        result = bundle.write(self.staging.path, result, served, found.bundle if found else None)
        dossier.write(self.staging.path, result, self.recipe, served, known)
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
            signatures=signatures or self.signatures(),
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
            processing=self.serving.processing() if self.serving else {},
        )

    def signatures(self) -> tuple[Signature, ...]:
        """What is served, once known."""
        return tuple(v.signature for v in self.serving.views) if self.serving else ()

    def _doubts(self, hashes: dict[str, str]) -> tuple[str, ...]:
        """That the golden file was recorded from another source, where it says so."""
        asked = self.asked.probings if self.asked else ()
        return tuple(d for p in asked if (d := golden_meta.another_source(p.sources, hashes)))
