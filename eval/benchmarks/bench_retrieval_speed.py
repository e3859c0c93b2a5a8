"""Speed of queries and of encoding, beside bm25s, rank_bm25, raw FAISS, sentence-transformers.

    python -m eval.benchmarks.bench_retrieval_speed --cache DIR

All contestants of a comparison take turns, query by query, in one process, and the least time
over the rounds counts, since the machine may have other work.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.benchmarks.record import record
from eval.benchmarks.retrieval_data import CachedEncoder, load_corpus, load_questions, minilm
from retrievers import (
    BM25Options,
    DenseOptions,
    Encoder,
    OnnxEncoder,
    Passage,
    PassageCollection,
    Progress,
)
from retrievers.encoder import Kind, Vectors
from retrievers.encoding import BLOCK

K = 5
ROUNDS = 5
QUERIES = 60
ENCODED = 160


class PreparedEncoder:
    """Gives vectors that were made before the clock started."""

    def __init__(self, encoder: CachedEncoder, queries: Sequence[str]) -> None:
        self.encoder = encoder
        self.name = encoder.name
        self.dimension = encoder.dimension
        self.of_query: dict[str, Vectors] = dict(
            zip(queries, encoder.encode(queries, kind="query"), strict=True)
        )

    def encode(
        self, texts: Sequence[str], *, kind: Kind = "passage", progress: Progress = None
    ) -> Vectors:
        """Return cached vectors of passages, remembered ones of queries."""
        if kind == "query":
            vector: Vectors = self.of_query[texts[0]]
            return vector.reshape(1, -1)
        return self.encoder.encode(texts, progress=progress)


def interleaved(contestants: dict[str, tuple[Callable[[Any], object], Sequence[Any]]]) -> Any:
    """Return of each contestant the mean over its inputs of the least time, in milliseconds."""
    best = {name: np.full(len(inputs), np.inf) for name, (_, inputs) in contestants.items()}
    for _ in range(ROUNDS):
        for number in range(len(next(iter(best.values())))):
            for name, (call, inputs) in contestants.items():
                start = time.perf_counter()
                call(inputs[number])
                best[name][number] = min(best[name][number], time.perf_counter() - start)
    return {f"{name}, ms": round(float(times.mean()) * 1e3, 4) for name, times in best.items()}


def bm25_queries(passages: Sequence[Passage], queries: Sequence[str]) -> Any:
    """Time BM25 from the query's text: ours to passages, bm25s and rank_bm25 to row numbers."""
    import bm25s
    from rank_bm25 import BM25Okapi

    collection = PassageCollection.build(passages)
    options = BM25Options()
    terms = [options.terms(passage) for passage in passages]
    alone = bm25s.BM25(k1=options.k1, b=options.b)
    alone.index(terms, show_progress=False)
    okapi = BM25Okapi(terms)

    def bm25s_alone(query: str) -> object:
        return alone.retrieve([options.analyzer(query)], k=K, show_progress=False)

    def rank_bm25(query: str) -> object:
        return np.argsort(-okapi.get_scores(options.analyzer(query)))[:K]

    return interleaved(
        {
            "ours": (lambda query: collection.search_bm25(query, K), queries),
            "bm25s alone": (bm25s_alone, queries),
            "rank_bm25": (rank_bm25, queries),
        }
    )


def dense_queries(
    passages: Sequence[Passage], encoder: CachedEncoder, queries: Sequence[str]
) -> Any:
    """Time search from the query's vector: ours to passages, raw FAISS to row numbers."""
    import faiss

    prepared = PreparedEncoder(encoder, queries)
    collection = PassageCollection.build(
        passages, encoder=prepared, dense=DenseOptions("Flat"), bm25=None
    )
    texts = [passage.content for passage in passages]
    raw = faiss.IndexFlatIP(encoder.dimension)
    for start in range(0, len(texts), BLOCK):
        raw.add(encoder.encode(texts[start : start + BLOCK]))
    vectors = [prepared.of_query[query].reshape(1, -1) for query in queries]
    return interleaved(
        {
            "ours": (lambda query: collection.search_dense(query, K), queries),
            "raw faiss": (lambda vector: raw.search(vector, K), vectors),
        }
    )


def indexing(passages: Sequence[Passage], encoder: Encoder) -> Any:
    """Return passages a second of encoding, ours and sentence-transformers' own, and of BM25."""
    from sentence_transformers import SentenceTransformer

    from quco.models import provision

    texts = [passage.content for passage in passages[:ENCODED]]
    peer = SentenceTransformer(str(provision("minilm-l6")), device="cpu")
    peer.max_seq_length = 256
    least = {"ours": np.inf, "sentence-transformers": np.inf, "bm25": np.inf}
    calls: dict[str, Callable[[], object]] = {
        "ours": lambda: encoder.encode(texts),
        "sentence-transformers": lambda: peer.encode(texts, show_progress_bar=False),
        "bm25": lambda: PassageCollection.build(passages),
    }
    for _ in range(3):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            least[name] = min(least[name], time.perf_counter() - start)
    return {
        "encoding, ours, passages/s": round(ENCODED / least["ours"], 1),
        "encoding, sentence-transformers, passages/s": round(
            ENCODED / least["sentence-transformers"], 1
        ),
        "bm25, with passages stored, passages/s": round(len(passages) / least["bm25"], 1),
    }


def main() -> None:
    """Measure and write the JSON."""
    from quco.models import provision

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    encoder = minilm(parser.parse_args().cache)
    results: dict[str, Any] = {}
    for name in ("2wiki", "wiki"):
        passages = load_corpus(name)
        queries = [q.text for q in load_questions("2wiki", passages)][:QUERIES]
        for method, times in (
            ("bm25", bm25_queries(passages, queries)),
            ("dense", dense_queries(passages, encoder, queries)),
        ):
            results[f"{method} query, {len(passages)} passages, k={K}"] = times
            print(name, method, times, flush=True)
    results["indexing"] = indexing(
        load_corpus("2wiki"), OnnxEncoder(provision(encoder.name), name=encoder.name)
    )
    print(results["indexing"], flush=True)
    record(
        "retrieval_speed",
        results,
        data={
            "corpora": ["corpus_2wiki", "corpus_wiki"],
            "queries": f"the first {QUERIES} of qa_2wiki with support in the corpus",
            "dense": "Flat; raw FAISS is IndexFlatIP; the encoder's time is left out of both",
            "encoded": f"the first {ENCODED} passages of corpus_2wiki",
            "statistic": f"mean over queries of the least of {ROUNDS} turns",
        },
        packages=("bm25s", "faiss-cpu", "onnxruntime", "rank-bm25", "sentence-transformers"),
    )


if __name__ == "__main__":
    main()
