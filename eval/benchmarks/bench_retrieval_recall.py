"""Recall of supporting titles for each method, beside rank_bm25 and a plain FAISS script.

    python -m eval.benchmarks.bench_retrieval_recall --cache DIR

Encoding 70,000 passages takes an hour or more on two cores; the vectors are kept in DIR.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from eval.benchmarks.record import record
from eval.benchmarks.retrieval_data import (
    CORPUS_OF,
    CachedEncoder,
    Question,
    load_corpus,
    load_questions,
    minilm,
)
from retrievers import HybridOptions, Passage, PassageCollection

CUTOFFS = (3, 10)
Search = Callable[[str], Sequence[str]]
"""From a query to the titles of the 10 best passages."""


def rank_bm25_search(passages: Sequence[Passage]) -> Search:
    """Return a search as rank_bm25's own documentation shows it, over title and text."""
    from rank_bm25 import BM25Okapi

    index = BM25Okapi([passage.content.lower().split() for passage in passages])

    def search(query: str) -> list[str]:
        scores = index.get_scores(query.lower().split())
        return [passages[row].title for row in np.argsort(-scores)[:10]]

    return search


def faiss_search(passages: Sequence[Passage], encoder: CachedEncoder, block: int) -> Search:
    """Return the search of the ten lines that everybody writes."""
    import faiss

    texts = [passage.content for passage in passages]
    index = faiss.IndexFlatIP(encoder.dimension)
    for start in range(0, len(texts), block):
        index.add(encoder.encode(texts[start : start + block]))

    def search(query: str) -> list[str]:
        _, rows = index.search(encoder.encode([query], kind="query"), 10)
        return [passages[row].title for row in rows[0]]

    return search


def recall(search: Search, questions: Sequence[Question]) -> dict[str, float]:
    """Return the mean share of supporting titles among the first 3 and 10 passages."""
    found = [(question.titles, search(question.text)) for question in questions]
    return {
        f"recall@{k}": round(
            float(np.mean([len(titles & set(best[:k])) / len(titles) for titles, best in found])), 4
        )
        for k in CUTOFFS
    }


def recalls(search: Search, halves: dict[str, list[Question]]) -> dict[str, dict[str, float]]:
    """Return recall on each half and on both, each question being asked once."""
    both = [question for half in halves.values() for question in half]
    remembered = {question.text: search(question.text) for question in both}
    return {
        half: recall(remembered.__getitem__, chosen)
        for half, chosen in {**halves, "all": both}.items()
    }


def measure(name: str, encoder: CachedEncoder) -> dict[str, object]:
    """Return recall for one set of questions, by method and by half."""
    from retrievers.encoding import BLOCK

    passages = load_corpus(CORPUS_OF[name])
    questions = load_questions(name, passages)
    collection = PassageCollection.build(passages, encoder=encoder)
    rrf = HybridOptions("reciprocal_rank")

    def titles(method: str, **fields: HybridOptions) -> Search:
        find = getattr(collection, f"search_{method}")
        return lambda query: [passage.title for passage, _ in find(query, 10, **fields)]

    searches: dict[str, Search] = {
        "dense": titles("dense"),
        "bm25": titles("bm25"),
        "hybrid": titles("hybrid"),
        "hybrid, reciprocal rank": titles("hybrid", options=rrf),
        "rank_bm25": rank_bm25_search(passages),
        "plain faiss": faiss_search(passages, encoder, BLOCK),
    }
    halves = {
        "development": [q for q in questions if q.is_development],
        "validation": [q for q in questions if not q.is_development],
    }
    result: dict[str, object] = {
        "passages": len(passages),
        "questions": {half: len(chosen) for half, chosen in halves.items()}
        | {"all": len(questions)},
    }
    for method, search in searches.items():
        result[method] = recalls(search, halves)
        print(name, method, result[method], flush=True)
    return result


def main() -> None:
    """Measure all sets and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    encoder = minilm(parser.parse_args().cache)
    results = {name: measure(name, encoder) for name in CORPUS_OF}
    record(
        "retrieval_recall",
        results,
        data={
            "corpora": {name: f"corpus_{corpus}" for name, corpus in CORPUS_OF.items()},
            "encoder": encoder.name,
            "questions": "those whose supporting titles are all in the corpus; defaults were "
            "fitted on the development half, chosen by hash of the id",
            "recall": "share of the supporting titles among the titles of the first k passages",
        },
        packages=("bm25s", "faiss-cpu", "onnxruntime", "rank-bm25"),
    )


if __name__ == "__main__":
    main()
