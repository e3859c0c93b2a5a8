"""Chooses the implementations: with `loading`, the only place that knows them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from corpus_engine.closing import Closing
from quco.adapters.corpus import EngineStatistics, LocalStatistics
from quco.adapters.extractor.spacy import SpacyExtractor
from quco.adapters.hosted import HostedStatistics
from quco.adapters.judge import LlmJudge
from quco.addresses import is_address
from quco.config import ControllerPolicy
from quco.errors import UsageError
from quco.indexing import (
    CORPUS,
    PASSAGES,
    BuildSummary,
    CorpusOptions,
    build,
    read_manifest,
)
from quco.loading import load_encoder, load_generator
from quco.models import CATALOGUE, DEFAULT_ENCODER, DEFAULT_GENERATOR, find_spec
from quco.prompts import FewShotPrompt
from quco.verdict import Judged, VerdictPolicy
from quco.verifier import Verifier

if TYPE_CHECKING:
    from quco.adapters.evidence import EvidenceSearch
    from quco.adapters.retriever import Method, PassageSearch
    from quco.answer import Answer
    from quco.controller import Controller
    from quco.controller.running import Event
    from quco.ports import Extractor, Generator
    from quco.surface import Aliases
    from quco.types import Progress, Report

ExtractorKind = Literal["spacy", "llm", "gliner"]


class QuCo(Closing):
    """An index with everything that asks it; parts are loaded when they are first needed.

    Parameters
    ----------
    path : str or Path
        A folder that `quco index build` or `QuCo.build` made; or the address and index of an
        infini-gram service, ``http://HOST/#INDEX``, which has no passages.
    model : str
        Name of the catalogue, GGUF file, folder or hub name of a transformers model, or address
        of an OpenAI-style server.
    policy : ControllerPolicy, optional
        When to retrieve and when to stop.
    verdicts : VerdictPolicy, optional
        How questions and claims are judged.
    method : {"hybrid", "dense", "bm25", "evidence"}
        How passages are found; "evidence" looks for the places of the corpus where the query's
        entities meet.
    pipeline : str, optional
        Name of an installed spaCy pipeline.
    extractor : {"spacy", "llm", "gliner"}
        How entities and claims are found.
    extractor_model : str, optional
        The model of the extractor "llm", named as `model` is and `model` itself when not given;
        of "gliner", which has no default, a hub name or folder.
    aliases : mapping, optional
        Other names of entities; see `quco.aliases.read_aliases`.
    judge : str, optional
        A language model, named as `model` is, that reads the windows of claims in doubt.
    statistics : str, optional
        Address and index of an infini-gram service that is asked in place of the folder's corpus.
    progress : callable, optional
        Called while a model is pulled.

    Raises
    ------
    InputError
        If the folder holds no index.
    UsageError
        If an address names no index.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        model: str = DEFAULT_GENERATOR,
        policy: ControllerPolicy | None = None,
        verdicts: VerdictPolicy | None = None,
        method: Method = "hybrid",
        pipeline: str | None = None,
        extractor: ExtractorKind = "spacy",
        extractor_model: str | None = None,
        aliases: Aliases | None = None,
        judge: str | None = None,
        statistics: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._hosted = str(path) if is_address(path) else statistics
        self.path = Path(path)
        self.manifest = {} if is_address(path) else read_manifest(self.path)
        self._model = model
        self._policy = policy or ControllerPolicy(
            sentence_passages="counted" if self.one_corpus else "naming"
        )
        self._verdicts = verdicts
        self._method = method
        self._pipeline = pipeline
        self._extractor = extractor
        self._extractor_model = extractor_model
        self._aliases = aliases
        self._judge = judge
        self._progress = progress

    @staticmethod
    def build(
        paths: Iterable[str | Path],
        out: str | Path,
        *,
        options: CorpusOptions | None = None,
        overwrite: bool = False,
        skip_bad: bool = False,
        resume: bool = True,
        progress: Progress | None = None,
    ) -> BuildSummary:
        """Index documents; see `quco.indexing.build`."""
        return build(
            [Path(path) for path in paths],
            Path(out),
            encoder=load_encoder(DEFAULT_ENCODER, progress),
            options=options or CorpusOptions(),
            overwrite=overwrite,
            skip_bad=skip_bad,
            resume=resume,
            progress=progress,
        )

    @property
    def one_corpus(self) -> bool:
        """Whether the passages are of the corpus that is asked."""
        return self._hosted is None

    @cached_property
    def statistics(self) -> EngineStatistics:
        """The corpus that is asked."""
        return self.corpus if self._hosted is None else HostedStatistics.open(self._hosted)

    @cached_property
    def corpus(self) -> LocalStatistics:
        """The corpus of the folder."""
        return LocalStatistics.open(self.path / CORPUS)

    @cached_property
    def retriever(self) -> PassageSearch | EvidenceSearch:
        """The passages."""
        from quco.adapters.retriever import PassageSearch

        if not self.manifest:
            raise UsageError(
                f"{self._hosted} has no passages; name a folder, and the service as statistics"
            )
        if self._method == "bm25":
            return PassageSearch.open(self.path / PASSAGES, None, "bm25")
        encoder = load_encoder(str(self.manifest["encoder"]), self._progress)
        if self._method == "evidence":
            from quco.adapters.evidence import EvidenceSearch

            return EvidenceSearch(self.corpus.index, self.extractor, encoder=encoder)
        return PassageSearch.open(self.path / PASSAGES, encoder, self._method)

    @cached_property
    def extractor(self) -> Extractor:
        """Finds entities and claims."""
        if self._extractor == "llm":
            from quco.adapters.extractor.llm import LlmExtractor

            return LlmExtractor(self._generator_named(self._extractor_model or self._model))
        spacy = SpacyExtractor(self._pipeline) if self._pipeline else SpacyExtractor()
        if self._extractor == "gliner":
            from quco.adapters.extractor.gliner import GlinerExtractor

            if self._extractor_model is None:
                raise UsageError("the extractor 'gliner' needs a model: a hub name or a folder")
            return GlinerExtractor(self._extractor_model, spacy)
        return spacy

    @cached_property
    def verifier(self) -> Verifier:
        """Asks the corpus about texts."""
        return Verifier(
            self.statistics,
            self.extractor,
            self._verdicts,
            rule=self._judged() if self._judge else None,
            aliases=self._aliases,
        )

    def _judged(self) -> Judged:
        """Return the policy's rule with the judge beside it."""
        policy = self._verdicts or VerdictPolicy.shipped()
        judge = LlmJudge(self._generator_named(str(self._judge)))
        return Judged(policy.claim.build(), judge)

    @cached_property
    def generator(self) -> Generator:
        """The language model."""
        return load_generator(self._model, self._progress)

    def _generator_named(self, model: str) -> Generator:
        """Return a model, the one that answers where it is the same."""
        return self.generator if model == self._model else load_generator(model, self._progress)

    @cached_property
    def controller(self) -> Controller:
        """The control loop over all of these.

        Two threads load what a question needs, so that its first token comes soon. Loading takes
        seconds and may keep other threads waiting: do it before an event loop serves others.
        """
        from quco.controller import Controller

        verifier = self.verifier  # opens what both threads may ask for
        with ThreadPoolExecutor(1) as pool:
            models = pool.submit(self._load_models)
            verifier.load()
            models.result()
        return Controller(self.generator, self.retriever, verifier, self._policy, self._prompt)

    @property
    def _prompt(self) -> FewShotPrompt:
        if self._model in CATALOGUE:
            return find_spec(self._model).prompt
        return FewShotPrompt()

    def _load_models(self) -> None:
        """Load the language model, let it read its worked examples, and open the passages."""
        read_ahead = getattr(self.generator, "read_ahead", None)
        if read_ahead is not None:
            read_ahead(self._prompt.request("", (), "", 1))
        self.retriever  # noqa: B018 - loads it

    def ask(self, question: str) -> Answer:
        """Answer a question; see `quco.controller.Controller.run`."""
        return self.controller.run(question)

    def stream(self, question: str) -> Iterator[Event]:
        """Yield what happens while a question is answered, the answer last.

        See `quco.controller.Controller.stream`.
        """
        return self.controller.stream(question)

    def check(
        self,
        text: str,
        question: str = "",
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> Report:
        """Return the verdict on every sentence of a text; nothing is generated."""
        return self.verifier.check(text, question, progress=progress)

    def close(self) -> None:
        """Let go of the files; the object is not to be used any more."""
        opened = [vars(self).get(name) for name in ("statistics", "corpus", "retriever")]
        for part in dict.fromkeys(filter(None, opened)):  # statistics may be the corpus itself
            part.close()
