"""Builds that are cut short, bounded, spread over shards: all give the same index."""

import itertools
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus_engine import (
    BuildError,
    CorpusIndex,
    Document,
    DocumentError,
    IndexFormatError,
    accelerate,
    build_index,
    verify,
)
from corpus_engine.build import builder, memory, sorting
from tests import naive_engine as naive


def corpus(n_documents: int, seed: int = 1) -> list[Document]:
    chance = random.Random(seed)
    words = [f"w{i}" for i in range(400)]
    return [
        Document(f"d{i}", " ".join(chance.choices(words, k=chance.randint(0, 60))), {"n": i})
        for i in range(n_documents)
    ]


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


class StoppedError(Exception):
    """Raised by the tests' documents."""


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches, checkpoints and shards of a few documents."""
    from corpus_engine.encoders import word

    monkeypatch.setattr(word, "_BATCH_CHARACTERS", 300)
    monkeypatch.setattr(word, "_SEED_CHARACTERS", 300)
    monkeypatch.setattr(builder, "_CHECKPOINT_BYTES", 500)
    monkeypatch.setattr(memory, "_LEAST_SHARD_BYTES", 1)
    monkeypatch.setattr(memory, "BASE_BYTES", 0)
    monkeypatch.setattr(memory, "WORD_BYTES", 0)


@pytest.mark.parametrize("shards", [1, 2, 5])
@pytest.mark.parametrize("analyzer", ["word", "byte"])
def test_shards_change_no_answer(tmp_path: Path, shards: int, analyzer: str) -> None:
    documents = corpus(40)
    build_index(documents, tmp_path / "index", analyzer=analyzer, shards=shards, jobs=2)
    tokens = [naive.words(d.text) for d in documents]
    with CorpusIndex.open(tmp_path / "index") as index:
        assert index.n_shards == shards
        assert index.n_documents == 40
        if analyzer == "word":
            for word in ["w1", "w2 w3", "w399"]:
                assert index.count(word).value == naive.count(tokens, word.split())
            expected = naive.cooccurrence(tokens, [["w1"]], [["w2"]], 10)
            found = index.cooccurrence("w1", "w2", window=10)
            assert (found.value, found.anchor, found.counts) == expected
        for number in range(40):
            assert index.document(number).document_id == f"d{number}"
    assert verify(tmp_path / "index").ok


def test_shards_are_of_about_equal_length(tmp_path: Path) -> None:
    build_index(corpus(400), tmp_path / "index", shards=4)
    sizes = [(tmp_path / "index" / f"tokenized.{i}").stat().st_size for i in range(4)]
    assert max(sizes) < 1.1 * min(sizes)


def test_more_shards_than_documents_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="fewer shards"):
        build_index(corpus(2), tmp_path / "index", shards=3)
    build_index(corpus(3), tmp_path / "index", shards=3)


@pytest.mark.usefixtures("small_steps")
def test_memory_decides_the_number_of_shards(tmp_path: Path) -> None:
    documents = corpus(60)
    summary = build_index(documents, tmp_path / "index", jobs=1, memory_bytes=5000)
    assert summary.n_shards > 3
    longest = max(len(naive.words(d.text)) for d in documents)
    for i in range(summary.n_shards):
        size = (tmp_path / "index" / f"tokenized.{i}").stat().st_size
        assert size <= max(1000, 2 * longest + 2)
    with CorpusIndex.open(tmp_path / "index") as index:
        tokens = [naive.words(d.text) for d in documents]
        assert index.count("w7").value == naive.count(tokens, ["w7"])


def test_too_little_memory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="allow at least"):
        build_index(corpus(2), tmp_path / "index", memory_bytes=1 << 20)


@pytest.mark.parametrize("option", ["shards", "jobs", "memory_bytes"])
def test_numbers_below_one_are_refused(tmp_path: Path, option: str) -> None:
    with pytest.raises(BuildError, match=f"{option} is 0"):
        build_index(corpus(2), tmp_path / "index", **{option: 0})


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("options", [{}, {"shards": 3}, {"memory_bytes": 4000}], ids=str)
def test_a_build_goes_on_where_it_stopped(tmp_path: Path, options: dict[str, int]) -> None:
    documents = corpus(80)
    build_index(documents, tmp_path / "whole", jobs=1, **options)
    out = tmp_path / "index"
    analyzed: list[int] = []

    def stopping(after: int) -> Iterator[Document]:
        yield from documents[:after]
        raise StoppedError

    for after in (5, 40, 40, 66):
        with pytest.raises(StoppedError):
            build_index(stopping(after), out, jobs=1, **options)
        assert not out.exists()
    original = builder.Builder._add

    def counting(self, batch, store, stream) -> None:
        analyzed.append(len(batch.texts))
        original(self, batch, store, stream)

    builder.Builder._add = counting
    try:
        build_index(documents, out, jobs=1, **options)
    finally:
        builder.Builder._add = original
    assert sum(analyzed) < 40
    assert content(out) == content(tmp_path / "whole")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["index", "whole"]


@pytest.mark.usefixtures("small_steps")
def test_other_documents_start_anew(tmp_path: Path) -> None:
    out = tmp_path / "index"
    for seed, options in [(1, {}), (2, {}), (2, {"analyzer": "byte"}), (2, {"resume": False})]:
        with pytest.raises(StoppedError):
            build_index(
                itertools.chain(corpus(70, seed), (_ for _ in [0] if _stop())), out, **options
            )
    build_index(corpus(30, 5), out)
    with CorpusIndex.open(out) as index:
        assert index.n_documents == 30


def _stop() -> bool:
    raise StoppedError


@pytest.mark.usefixtures("small_steps")
def test_documents_that_changed_behind_the_first_are_noticed(tmp_path: Path) -> None:
    documents = corpus(150)
    with pytest.raises(StoppedError):
        build_index(itertools.chain(documents, (_ for _ in [0] if _stop())), tmp_path / "index")
    changed = [*documents[:100], Document("new", "text"), *documents[101:]]
    with pytest.raises(BuildError, match="not those of the build that was interrupted"):
        build_index(changed, tmp_path / "index")
    assert list(tmp_path.iterdir()) == []
    build_index(changed, tmp_path / "index")


def test_a_sorter_that_is_killed_is_said_to_be_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "_OWN_PROCESS_BYTES", 1)
    started = subprocess.Popen

    def killed(*arguments: Any, **options: Any) -> Any:
        child = started(*arguments, **options)
        child.send_signal(signal.SIGKILL)
        return child

    monkeypatch.setattr(sorting.subprocess, "Popen", killed)
    with pytest.raises(BuildError, match=r"status -9\): was it short of memory\?"):
        build_index(corpus(5), tmp_path / "index")


def test_a_sorter_complains_of_nothing(tmp_path: Path) -> None:
    build_index(corpus(5), tmp_path / "index")
    command = [sys.executable, "-m", "corpus_engine.build.sort_process"]
    child = subprocess.Popen(
        [*command, str(tmp_path / "index"), "0", "2"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with child:
        assert child.stderr is not None
        assert child.stderr.read() == b""
    assert child.returncode == 0


SLOW_BUILD = """
import json, sys, time
from pathlib import Path
from corpus_engine import Document, build_index
from corpus_engine.build import builder, sorting
from corpus_engine.encoders import word
word._BATCH_CHARACTERS = word._SEED_CHARACTERS = 2000
builder._CHECKPOINT_BYTES = 4000
sorting._OWN_PROCESS_BYTES = 1
def documents():
    for line in Path(sys.argv[1]).read_text().splitlines():
        time.sleep(0.0005)
        yield Document(**json.loads(line))
print("go", flush=True)
build_index(documents(), sys.argv[2], shards=3, jobs=2)
"""


def test_kills_at_random_points_leave_the_old_index_and_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(7)
    documents = corpus(600)
    source = tmp_path / "documents.jsonl"
    source.write_text(
        "".join(
            json.dumps({"id": d.id, "text": d.text, "metadata": d.metadata}) + "\n"
            for d in documents
        )
    )
    out = tmp_path / "index"
    script = tmp_path / "build.py"
    script.write_text(SLOW_BUILD)
    kills = 0
    while not out.exists():
        process = subprocess.Popen(
            [sys.executable, script, source, out], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        if kills < 6:
            time.sleep(chance.uniform(0.05, 0.9))
            process.send_signal(signal.SIGKILL)
            kills += 1
        _, errors = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    build_index(documents, tmp_path / "whole", shards=3)
    assert verify(out).ok
    with CorpusIndex.open(out) as one, CorpusIndex.open(tmp_path / "whole") as other:
        for i in range(0, 400, 7):
            assert one.count(f"w{i}") == other.count(f"w{i}")
        assert one.n_documents == other.n_documents == 600
    assert not (tmp_path / ".index.building").exists()


def test_two_builds_of_one_index_do_not_mix(tmp_path: Path) -> None:
    out = tmp_path / "index"

    def documents() -> Iterator[Document]:
        yield from corpus(3)
        with pytest.raises(BuildError, match="another process is building"):
            build_index(corpus(2), out)

    build_index(documents(), out)
    with CorpusIndex.open(out) as index:
        assert index.n_documents == 3


def test_an_index_without_a_jump_index_answers_alike(tmp_path: Path) -> None:
    out = tmp_path / "index"
    build_index(corpus(50), out, shards=2)
    with CorpusIndex.open(out) as index:
        expected = [index.count(f"w{i} w{j}").value for i in range(20) for j in range(20)]
    assert accelerate(out) == 0
    before = content(out)
    manifest = json.loads((out / "manifest.json").read_text())
    for shard in range(2):
        (out / f"jump.{shard}").unlink()
        del manifest["files"][f"jump.{shard}"]
    (out / "manifest.json").write_text(json.dumps(manifest))
    with CorpusIndex.open(out) as index:
        assert [index.count(f"w{i} w{j}").value for i in range(20) for j in range(20)] == expected
    assert accelerate(out) == 2
    after = content(out)
    assert {name: after[name] for name in after if name != "manifest.json"} == {
        name: before[name] for name in before if name != "manifest.json"
    }
    assert verify(out).ok


def test_verify_needs_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexFormatError, match="no index"):
        CorpusIndex.open(tmp_path)
    assert not verify(tmp_path).ok
