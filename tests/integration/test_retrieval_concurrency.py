"""Retrievers under threads and in an event loop, with the real encoder."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from quco.models import provision
from retrievers import (
    BM25Retriever,
    DenseRetriever,
    HybridRetriever,
    OnnxEncoder,
    Passage,
    PassageCollection,
)
from tests.fake_encoders import HashEncoder

THREADS = 16
QUERIES = [
    "Which river flows through Vienna?",
    "Who discovered polonium?",
    "Who directed the film?",
    "the capital of a country",
    "a composer of the nineteenth century",
    "where was the scientist born",
]


@pytest.fixture(scope="module")
def collection(demo_index):
    encoder = OnnxEncoder(provision("minilm-l6-int8"), threads=1)
    with PassageCollection.open(demo_index / "passages", encoder=encoder) as opened:
        yield opened


every_kind = pytest.mark.parametrize("kind", [DenseRetriever, BM25Retriever, HybridRetriever])


@every_kind
def test_sixteen_threads_find_what_one_finds(collection, kind):
    retriever = kind(collection=collection, k=5)
    expected = [retriever.search(query) for query in QUERIES]
    together = threading.Barrier(THREADS)

    def worker(_):
        together.wait()
        return [retriever.search(query) for query in QUERIES]

    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(worker, range(THREADS)):
            assert found == expected


@every_kind
async def test_searches_leave_the_event_loop_free(collection, kind, monkeypatch):
    """While a search waits in its thread, the loop goes on: the search itself is released by it."""
    released = threading.Event()
    found_by = {}
    name = {DenseRetriever: "dense", BM25Retriever: "bm25", HybridRetriever: "hybrid"}[kind]
    search = getattr(PassageCollection, f"search_{name}")

    def held(self, *args, **fields):
        found_by["thread"] = threading.current_thread()
        assert released.wait(30)
        return search(self, *args, **fields)

    monkeypatch.setattr(PassageCollection, f"search_{name}", held)
    task = asyncio.create_task(kind(collection=collection, k=2).ainvoke(QUERIES[1]))
    await asyncio.sleep(0)
    while not found_by:
        await asyncio.sleep(0.001)
    released.set()

    assert len(await task) == 2
    assert found_by["thread"] is not threading.main_thread()


async def test_many_queries_at_once(collection):
    retriever = HybridRetriever(collection=collection, k=3)

    found = await asyncio.gather(*(retriever.ainvoke(query) for query in QUERIES * 4))

    assert found == [retriever.invoke(query) for query in QUERIES] * 4


def test_searches_see_whole_changes_only():
    """Two passages are added or deleted in one call; no search may see one without the other."""
    collection = PassageCollection.build(
        [Passage(f"p{i}", "", "river") for i in range(20)], encoder=HashEncoder()
    )
    stop = threading.Event()
    seen = []

    def reader():
        while not stop.is_set():
            for search in (collection.search_dense, collection.search_bm25):
                ids = {passage.id for passage, _ in search("twin", 2)}
                seen.append(len(ids & {"a", "b"}))

    readers = [threading.Thread(target=reader) for _ in range(4)]
    for thread in readers:
        thread.start()
    for _ in range(40):
        collection.add([Passage("a", "", "twin"), Passage("b", "", "twin")])
        time.sleep(0.002)
        assert collection.delete(["a", "b"]) == 2
    stop.set()
    for thread in readers:
        thread.join()

    assert set(seen) <= {0, 2}
    assert len(collection) == 20
