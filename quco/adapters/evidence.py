"""Retrieval from the very corpus that gives the verdicts: the places where entities meet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from quco.adapters.retriever import to_core
from quco.errors import RetrievalError
from quco.surface import variants
from retrievers.documents import to_document
from retrievers.snapshot import check_k
from retrievers.tokens import WordAnalyzer
from retrievers.types import Passage, ScoredPassage

if TYPE_CHECKING:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document

    from corpus_engine import CorpusIndex, Evidence
    from quco.ports import Extractor
    from quco.types import Passage as CorePassage
    from retrievers import Encoder


@dataclass(frozen=True, slots=True)
class EvidenceOptions:
    """Where evidence is looked for and how it is ranked.

    The weights were chosen on 150 development questions of 2WikiMultihopQA.
    """

    window: int = 100
    """Words within which two terms must meet."""

    n_terms: int = 4
    """The rarest terms of a query that are looked up, entities before other words."""

    depth: int = 10
    """Places looked at for each term and each pair; at least twice k."""

    context: int = 200
    """Characters around the terms that a passage has at least."""

    relation_weight: float = 0.5
    """What a matched word of the relation counts, an entity's counting 1."""

    title_weight: float = 0.5
    """What a match in the title counts on top."""

    encoder_weight: float = 0.25
    """What the cosine of query and passage counts, where a match of all terms counts 1."""


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of the query, with what it is worth."""

    forms: tuple[str, ...]
    stems: frozenset[str]
    rarity: float
    weight: float


class EvidenceSearch:
    """Finds windows of the corpus in which the query's rare terms occur, best together.

    Windows are ranked by the rarity of what they match (the inverse frequency of each entity, and
    of each other word at a lower weight), then by the encoder if there is one.

    Parameters
    ----------
    index : CorpusIndex
        The corpus; closing it is the caller's business.
    extractor : Extractor
        Finds the entities of a query.
    encoder : Encoder, optional
        Compares query and window by meaning.
    options : EvidenceOptions, optional
        Where to look and how to rank.
    """

    def __init__(
        self,
        index: CorpusIndex,
        extractor: Extractor,
        *,
        encoder: Encoder | None = None,
        options: EvidenceOptions | None = None,
    ) -> None:
        self._index = index
        self._extractor = extractor
        self._encoder = encoder
        self._options = options or EvidenceOptions()
        self._analyzer = WordAnalyzer()

    def search(self, query: str, k: int = 5) -> list[ScoredPassage]:
        """Return up to `k` passages, best first; none where no term of the query occurs.

        Raises
        ------
        QueryError
            If `k` is less than 1.
        CorpusEngineError
            If the index cannot be read.
        """
        check_k(k)
        terms = self._terms(query)
        found = self._candidates(terms, max(2 * k, self._options.depth))
        return self._compared(query, self._ranked(terms, found), k)[:k]

    def retrieve(self, query: str, k: int) -> list[CorePassage]:
        """Return up to `k` passages for the core, best first.

        Raises
        ------
        RetrievalError
            If the index fails.
        """
        from corpus_engine.errors import CorpusEngineError
        from retrievers.errors import RetrieverError

        try:
            return [to_core(found) for found in self.search(query, k)]
        except (CorpusEngineError, RetrieverError, OSError) as exc:
            raise RetrievalError(f"retrieval failed: {exc}") from exc

    def close(self) -> None:
        """Do nothing: the index belongs to the caller."""

    def _terms(self, query: str) -> list[_Term]:
        """Return the terms that occur in the corpus: entities first, the rarest first."""
        entities = {
            entity.text: variants(entity.text) for entity in self._extractor.entities(query)
        }
        covered = {stem for name in entities for stem in self._analyzer(name)}
        words = dict.fromkeys(w.strip(".,;:?!\"'()") for w in query.split())
        others = {w: (w,) for w in words if w and not covered.issuperset(self._analyzer(w))}
        forms = [*entities.values(), *others.values()]
        counts = self._index.count_many(forms) if forms else []
        total = max(self._index.n_tokens, 1)
        terms = [
            _Term(
                tuple(form),
                frozenset(self._analyzer(form[0])),
                math.log((total + 1) / (count.value + 1)),
                1.0 if number < len(entities) else self._options.relation_weight,
            )
            for number, (form, count) in enumerate(zip(forms, counts, strict=True))
            if count.value
        ]
        return sorted(terms, key=lambda term: (-term.weight, -term.rarity))

    def _candidates(self, terms: Sequence[_Term], depth: int) -> Iterable[Evidence]:
        """Yield each place once, where terms meet or stand alone."""
        looked_up = [term for term in terms if term.stems][: self._options.n_terms]
        queries: list[tuple[tuple[str, ...], tuple[str, ...] | None]] = [
            (a.forms, b.forms) for a, b in combinations(looked_up, 2)
        ]
        alone = [term for term in looked_up if term.weight == 1.0] or looked_up[:1]
        queries += [(term.forms, None) for term in alone]
        places: dict[tuple[str, tuple[int, int]], Evidence] = {}
        for a, b in queries:
            for found in self._index.windows(
                a, b, window=self._options.window, k=depth, context=self._options.context
            ):
                places.setdefault((found.document_id, found.document_span), found)
        return places.values()

    def _ranked(self, terms: Sequence[_Term], found: Iterable[Evidence]) -> list[ScoredPassage]:
        """Return places by what they match, without those that share characters with a better."""
        best = sum(term.rarity * term.weight for term in terms) or 1.0
        scored = [
            ScoredPassage(passage, self._match(passage, terms) / best)
            for passage in map(_to_passage, found)
        ]
        return _without_overlap(sorted(scored, key=lambda one: -one.score))

    def _compared(self, query: str, ranked: list[ScoredPassage], k: int) -> list[ScoredPassage]:
        """Let the encoder, if there is one, order the best 2k anew."""
        if self._encoder is None or not ranked:
            return ranked
        first = ranked[: 2 * k]
        vectors = self._encoder.encode([passage.content for passage, _ in first])
        cosines = (vectors @ self._encoder.encode([query], kind="query")[0]).tolist()
        weight = self._options.encoder_weight
        again = [
            ScoredPassage(passage, score + weight * cosine)
            for (passage, score), cosine in zip(first, cosines, strict=True)
        ]
        return sorted(again, key=lambda one: -one.score)

    def _match(self, passage: Passage, terms: Sequence[_Term]) -> float:
        title = set(self._analyzer(passage.title))
        stems = title.union(self._analyzer(passage.text))
        about = sum(t.rarity * t.weight for t in terms if t.stems and t.stems <= title)
        held = sum(t.rarity * t.weight for t in terms if t.stems and t.stems <= stems)
        return held + self._options.title_weight * about


class EvidenceRetriever(BaseRetriever):
    """`EvidenceSearch` as a LangChain retriever, for chains and for `HybridRetriever.others`."""

    evidence: EvidenceSearch
    """What searches."""

    k: int = Field(default=5, ge=1)
    """How many passages are returned, unless a call says otherwise."""

    def search(self, query: str, k: int | None = None) -> list[ScoredPassage]:
        """Return up to `k` passages, best first; see `EvidenceSearch.search`."""
        return self.evidence.search(query, self.k if k is None else k)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[Document]:
        del run_manager
        return [to_document(found) for found in self.search(query, **kwargs)]


def _to_passage(found: Evidence) -> Passage:
    start, end = found.document_span
    metadata = dict(found.metadata)
    title = metadata.pop("title", "")
    return Passage(
        f"{found.document_id}:{start}-{end}",
        title if isinstance(title, str) else "",
        found.text,
        metadata,
        found.document_id,
        start,
    )


def _without_overlap(ranked: Iterable[ScoredPassage]) -> list[ScoredPassage]:
    """Leave out passages that share characters with a better one."""
    kept: dict[str, list[ScoredPassage]] = {}
    result = []
    for found in ranked:
        passage = found.passage
        same = kept.setdefault(passage.document_id, [])
        if all(passage.end <= p.start or p.end <= passage.start for p, _ in same):
            same.append(found)
            result.append(found)
    return result
