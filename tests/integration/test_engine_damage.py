"""Damaged files: an error that names the file, or an answer; never a crash of the process.

A segmentation fault would end the test run, so running these tests at all is part of the proof.
"""

import random
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from corpus_engine import (
    CorpusEngineError,
    CorpusIndex,
    Document,
    IndexFormatError,
    build_index,
    verify,
)
from tests.engine_files import random_documents, write_index


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of ours with two shards."""
    chance = random.Random(2)
    words = ["alpha", "beta", "gamma", "delta", "epsilon", *(f"w{i}" for i in range(200))]
    documents = [
        Document(f"d{i}", " ".join(chance.choices(words, k=chance.randint(0, 80))), {"n": i})
        for i in range(60)
    ]
    out = tmp_path_factory.mktemp("damage") / "built"
    build_index(documents, out, shards=2)
    return out


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "index")
    return tmp_path / "index"


def data_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.name != "manifest.json")


def ask_everything(index: CorpusIndex, top: int) -> None:
    """Ask every kind of query; errors of the package are welcome, others are not."""
    ids = [[0], [1, 2], [top], [3, 0, 1], []]
    calls = [
        *(lambda i=i: index.count_ids(i) for i in ids),
        *(lambda i=i: index.find_ids(i) for i in ids),
        *(lambda i=i: index.ntd(i) for i in ids),
        lambda: index.infgram_ntd([5, 4, 3, 2, 1, 0]),
        lambda: index.ntd([0], limit=3),
        lambda: index.prob([0], 1),
        lambda: index.cnf([[[0]], [[1]]], window=5),
        lambda: index.cnf([[[0], [2]], [[1]], [[3]]], window=500, at_least=3),
        lambda: index.documents([[[0]], [[1]]], k=3),
        lambda: index.documents([[[0]]], k=3),
        lambda: index.attribute_ids([0, 1, 2, 3, 4, 5, 6], k=2),
        *(lambda n=n: index.document(n) for n in (0, index.n_documents - 1)),
        *(lambda r=r: index.document_by_rank(0, r) for r in (0, 7, 30)),
    ]
    if index.analyzer:
        calls += [
            lambda: index.count("alpha beta"),
            lambda: index.count_many(["alpha", "w1", "w2 w3"]),
            lambda: index.cooccurrence("alpha", ["beta", "w7"], window=9),
            lambda: index.windows("alpha", "gamma"),
            lambda: index.windows("delta"),
            lambda: index.attribute("alpha beta gamma delta epsilon w1 w2 w3"),
        ]
    for call in calls:
        with suppress(CorpusEngineError):
            call()


def try_all(folder: Path, **options: int) -> None:
    try:
        opened = CorpusIndex.open(folder, **options)
    except IndexFormatError:
        return
    ask_everything(opened, 256 ** (options.get("width") or 2) - 1)
    opened.close()


def test_a_sound_index_is_sound(index: Path) -> None:
    report = verify(index)
    assert report.ok
    assert (report.n_files, report.n_shards) == (len(data_files(index)), 2)


def test_every_truncation_is_refused_by_name(index: Path) -> None:
    for file in data_files(index):
        content = file.read_bytes()
        cuts = {0, 1, len(content) // 3, len(content) // 2, len(content) - 8, len(content) - 1}
        for cut in sorted(cut for cut in cuts if 0 <= cut < len(content)):
            file.write_bytes(content[:cut])
            with pytest.raises(IndexFormatError, match=file.name):
                CorpusIndex.open(index)
            assert file.name in verify(index).problems[0]
        file.write_bytes(content)
    CorpusIndex.open(index).close()


def test_every_flipped_bit_is_found_by_verify_and_crashes_nothing(index: Path) -> None:
    chance = random.Random(9)
    for file in data_files(index):
        content = file.read_bytes()
        for _ in range(12):
            damaged = bytearray(content)
            damaged[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            file.write_bytes(damaged)
            report = verify(index)
            assert [file.name in problem for problem in report.problems] == [True]
            try_all(index)
        file.write_bytes(content)


def damages(content: bytes, chance: random.Random) -> Iterator[bytes]:
    """Yield worse: the same length, filled with what hurts most."""
    n = len(content)
    yield bytes(n)
    yield b"\xff" * n
    yield chance.randbytes(n)
    yield content[::-1]
    for _ in range(6):
        damaged = bytearray(content)
        start = chance.randrange(n)
        damaged[start : start + 16] = chance.choice([b"\xff", b"\x7f", b"\0"]) * len(
            damaged[start : start + 16]
        )
        yield bytes(damaged)


def test_files_full_of_nonsense_crash_nothing(index: Path) -> None:
    chance = random.Random(4)
    for file in data_files(index):
        content = file.read_bytes()
        for damaged in damages(content, chance):
            file.write_bytes(damaged)
            try_all(index)
        file.write_bytes(content)


@pytest.mark.parametrize("kind", ["tokenized", "table", "offset", "jump"])
def test_swapped_shards_are_noticed(index: Path, kind: str) -> None:
    one, other = index / f"{kind}.0", index / f"{kind}.1"
    contents = one.read_bytes(), other.read_bytes()
    assert contents[0] != contents[1]
    one.write_bytes(contents[1])
    other.write_bytes(contents[0])
    report = verify(index)
    assert len(report.problems) == 2
    assert kind in report.problems[0]
    try_all(index)


@pytest.mark.parametrize("width", [1, 2, 4])
def test_a_wrong_width_is_noticed(tmp_path: Path, width: int) -> None:
    documents = random_documents(random.Random(1), 30, [1, 2, 3, 4])
    folder = write_index(tmp_path / "index", [documents], width)
    for other in {1, 2, 4} - {width}:
        with pytest.raises(IndexFormatError, match="width"):
            CorpusIndex.open(folder, width=other)
    CorpusIndex.open(folder, width=width).close()


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("version", [4, 5])
def test_damaged_files_of_another_program_crash_nothing(
    tmp_path: Path, width: int, version: int
) -> None:
    chance = random.Random(width)
    shards = [random_documents(chance, 20, list(range(8))) for _ in range(2)]
    folder = write_index(tmp_path / "index", shards, width, backwards=version == 5, metadata=True)
    assert verify(folder, width=width, version=version).ok
    options = {"width": width, "version": version}
    for file in data_files(folder):
        content = file.read_bytes()
        for damaged in [*damages(content, chance), content[: len(content) // 2], content[:-1], b""]:
            file.write_bytes(damaged)
            try_all(folder, **options)
        file.write_bytes(content)


def test_verify_proves_the_order_of_an_index_without_checksums(tmp_path: Path) -> None:
    documents = random_documents(random.Random(5), 40, list(range(5)))
    folder = write_index(tmp_path / "index", [documents], 2)
    table = folder / "table.0"
    n_bytes = table.stat().st_size // ((folder / "tokenized.0").stat().st_size // 2)
    entries = np.fromfile(table, np.uint8).reshape(-1, n_bytes)
    for rank in range(0, len(entries) - 1, 37):
        swapped = entries.copy()
        swapped[[rank, rank + 1]] = swapped[[rank + 1, rank]]
        swapped.tofile(table)
        assert not verify(folder).ok
        repeated = entries.copy()
        repeated[rank] = repeated[rank + 1]
        repeated.tofile(table)
        assert "table.0" in verify(folder).problems[0]
    entries.tofile(table)
    offsets = np.fromfile(folder / "offset.0", "<u8")
    offsets[3] += 2
    offsets.tofile(folder / "offset.0")
    assert "offset.0" in verify(folder).problems[0]


def test_a_jump_index_that_does_not_fit_is_found(tmp_path: Path) -> None:
    from corpus_engine import accelerate

    documents = random_documents(random.Random(5), 40, list(range(5)))
    folder = write_index(tmp_path / "index", [documents], 2)
    accelerate(folder)
    assert verify(folder).ok
    jump = folder / "jump.0"
    content = jump.read_bytes()
    for place in (4096, 4096 + 8 * 3 + 7):  # what follows the last key is padding
        damaged = bytearray(content)
        damaged[place] ^= 1
        jump.write_bytes(damaged)
        assert "jump.0" in verify(folder).problems[0]
    jump.write_bytes(content[:-8])
    assert "jump.0" in verify(folder).problems[0]
