"""Recall of the evidence retriever, which looks into the corpus itself, beside the hybrid's.

    python -m eval.benchmarks.bench_retrieval_evidence --cache DIR

Both are asked the first questions of each half. The corpora and the vectors of passages are kept in
DIR.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus_engine import CorpusIndex, Document, build_index
from eval.benchmarks.bench_retrieval_recall import CUTOFFS, Search, recalls
from eval.benchmarks.record import record
from eval.benchmarks.retrieval_data import (
    CORPUS_OF,
    CachedEncoder,
    load_corpus,
    load_questions,
    minilm,
)
from quco.adapters.evidence import EvidenceSearch
from quco.adapters.extractor.spacy import SpacyExtractor
from quco.loading import load_encoder
from retrievers import Passage, PassageCollection, ScoredPassage

QUESTIONS = 40
"""Of each half."""


def open_corpus(passages: Sequence[Passage], folder: Path) -> CorpusIndex:
    """Return the passages as a corpus, built where it is not there yet."""
    if not folder.exists():
        build_index((Document(p.id, p.content, {"title": p.title}) for p in passages), folder)
    return CorpusIndex.open(folder)


def measure(name: str, encoder: CachedEncoder, cache: Path) -> dict[str, object]:
    """Return recall for one set of questions, by method and by half."""
    passages = load_corpus(CORPUS_OF[name])
    asked = load_questions(name, passages)
    halves = {
        "development": [q for q in asked if q.is_development][:QUESTIONS],
        "validation": [q for q in asked if not q.is_development][:QUESTIONS],
    }
    collection = PassageCollection.build(passages, encoder=encoder)
    with open_corpus(passages, cache / f"corpus-{CORPUS_OF[name]}") as index:
        evidence = EvidenceSearch(index, SpacyExtractor(), encoder=load_encoder(encoder.name))
        alone = EvidenceSearch(index, SpacyExtractor())
        searches: dict[str, Search] = {
            "evidence": _titles(evidence.search),
            "evidence, without encoder": _titles(alone.search),
            "hybrid": _titles(collection.search_hybrid),
        }
        result: dict[str, object] = {
            "passages": len(passages),
            "questions": {half: len(chosen) for half, chosen in halves.items()},
        }
        for method, search in searches.items():
            result[method] = recalls(search, halves)
            print(name, method, result[method], flush=True)
    return result


def _titles(search: Callable[[str, int], Sequence[ScoredPassage]]) -> Search:
    return lambda query: [passage.title for passage, _ in search(query, max(CUTOFFS))]


def main() -> None:
    """Measure all sets and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    cache = parser.parse_args().cache
    encoder = minilm(cache)
    record(
        "retrieval_evidence",
        {name: measure(name, encoder, cache) for name in CORPUS_OF},
        data={
            "corpora": {name: f"corpus_{corpus}" for name, corpus in CORPUS_OF.items()},
            "encoder": encoder.name,
            "questions": f"the first {QUESTIONS} of each half whose supporting titles are all in "
            "the corpus; defaults were fitted on the development half, chosen by hash of the id",
            "recall": "share of the supporting titles among the titles of the first k passages",
        },
        packages=("spacy", "bm25s", "faiss-cpu", "onnxruntime"),
    )


if __name__ == "__main__":
    main()
