"""Suffix arrays against sorting by comparison, against divsufsort, and within their memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydivsufsort
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus_engine.build import letters, suffix_array
from corpus_engine.build.induced_sort import sort_suffixes
from corpus_engine.build.letters import number_tokens
from corpus_engine.build.memory import build_bytes, shard_bytes
from corpus_engine.build.suffix_array import FEW_BYTES, write_suffix_array
from corpus_engine.errors import BuildError
from tests.engine_files import write_index

LETTER = st.integers(0, 3)
TEXT = (
    st.lists(LETTER, min_size=1, max_size=60)
    | st.tuples(st.lists(LETTER, min_size=1, max_size=5), st.integers(2, 20)).map(
        lambda drawn: drawn[0] * drawn[1]
    )
    | st.tuples(st.lists(LETTER, max_size=20), st.lists(LETTER, min_size=1, max_size=9)).map(
        lambda drawn: drawn[1] + drawn[0] + drawn[1] + drawn[0][::-1] + drawn[1]
    )
)


def sorted_suffixes(text: NDArray[np.int32], n_letters: int) -> NDArray[np.int32]:
    places = np.empty(len(text), np.int32)
    sort_suffixes(text, n_letters, places)
    return places


@settings(deadline=None, max_examples=300)
@given(TEXT)
def test_any_text(text: list[int]) -> None:
    found = sorted_suffixes(np.array(text, np.int32), 4)
    assert found.tolist() == sorted(range(len(text)), key=lambda at: text[at:])


def fibonacci(n: int) -> NDArray[np.int64]:
    one, other = [0], [0, 1]
    while len(other) < n:
        one, other = other, other + one
    return np.array(other[:n])


def copies(n: int) -> NDArray[np.int64]:
    """Return documents that occur many times, in any order."""
    chance = np.random.default_rng(3)
    documents = [chance.integers(0, 60, 200) for _ in range(20)]
    return np.concatenate([documents[i] for i in chance.integers(0, 20, n // 200)])


SHAPES: dict[str, Callable[[int], NDArray[np.int64]]] = {
    "equal": lambda n: np.zeros(n, np.int64),
    "rising": lambda n: np.arange(n) * 250 // n,
    "falling": lambda n: 249 - np.arange(n) * 250 // n,
    "period two": lambda n: np.arange(n) % 2,
    "period of a thousand": lambda n: (np.arange(n) % 1000) ** 2 % 7,
    "fibonacci": fibonacci,
    "morse": lambda n: np.bitwise_count(np.arange(n)).astype(np.int64) % 2,
    "copies": copies,
    "words": lambda n: np.random.default_rng(1).zipf(1.2, n) % 250,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_long_texts(shape: str) -> None:
    text = SHAPES[shape](120_000)
    expected = pydivsufsort.divsufsort(text.astype(np.uint8))
    assert (sorted_suffixes(text.astype(np.int32), 250) == expected).all()


def both_tables(
    folder: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Write the suffix array of a stream from its bytes and from its tokens."""
    found = []
    for few in (1 << 40, 0):
        monkeypatch.setattr(suffix_array, "FEW_BYTES", few)
        write_suffix_array(folder, 0, width)
        found.append({name: (folder / name).read_bytes() for name in ("table.0", "jump.0")})
    return found[0], found[1]


IDS = st.sampled_from([0, 1, 2, 254, 255, 256, 257, 511, 512, 65279, 65280, 65534])


@settings(deadline=None)
@given(st.sampled_from([2, 4]), st.lists(st.lists(IDS, max_size=30), min_size=1, max_size=6))
def test_tokens_are_sorted_as_their_bytes(
    tmp_path_factory: pytest.TempPathFactory, width: int, documents: list[list[int]]
) -> None:
    folder = write_index(tmp_path_factory.mktemp("sort") / "index", [documents], width)
    expected = (folder / "table.0").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        from_bytes, from_tokens = both_tables(folder, patch, width)
    assert from_tokens["table.0"] == expected
    assert from_tokens == from_bytes


@pytest.mark.parametrize("width", [2, 4])
@pytest.mark.parametrize("shape", SHAPES)
def test_long_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: str, width: int
) -> None:
    tokens = SHAPES[shape](60_000) * (257 if width == 2 else 65_793)
    tokens[::997] = 256**width - 1
    tokens.astype(f"<u{width}").tofile(tmp_path / "tokenized.0")
    monkeypatch.setattr(letters, "_PIECE", 7000)
    from_bytes, from_tokens = both_tables(tmp_path, monkeypatch, width)
    assert from_tokens == from_bytes


def test_ids_beyond_any_vocabulary_are_sorted_as_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_index(tmp_path / "index", [[[5, letters.MOST_IDS - 1, 6]]], 4)
    assert number_tokens(folder / "tokenized.0", 4) is not None
    folder = write_index(tmp_path / "other", [[[5, letters.MOST_IDS, 6], [2**32 - 2]]], 4)
    assert number_tokens(folder / "tokenized.0", 4) is None
    expected = (folder / "table.0").read_bytes()
    monkeypatch.setattr(suffix_array, "FEW_BYTES", 0)
    write_suffix_array(folder, 0, 4)
    assert (folder / "table.0").read_bytes() == expected


MEASURED = """
import resource, sys
from pathlib import Path
import numpy as np
from corpus_engine.build.induced_sort import sort_suffixes
from corpus_engine.build.suffix_array import write_suffix_array
sort_suffixes(np.array([0, 1, 0, 1, 0], np.int32), 2, np.empty(5, np.int32))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
write_suffix_array(Path(sys.argv[1]), 0, int(sys.argv[2]))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux alone")
@pytest.mark.parametrize("width", [2, 4])
@pytest.mark.parametrize("shape", ["morse", "words", "copies"])
def test_sorting_stays_within_its_memory(tmp_path: Path, shape: str, width: int) -> None:
    tokens = SHAPES[shape](FEW_BYTES // width + 2000)
    if shape == "words":  # few repeats: about as many different pieces as there are pieces
        tokens = tokens * 200 + np.random.default_rng(2).integers(0, 200, len(tokens))
    stream = tmp_path / "tokenized.0"
    tokens.astype(f"<u{width}").tofile(stream)
    size = stream.stat().st_size
    assert size >= FEW_BYTES
    command = [sys.executable, "-c", MEASURED, str(tmp_path), str(width)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    sorting = build_bytes(size, width, 2) - build_bytes(size, width, 1)
    assert sorting == 12 * size // width
    assert int(done.stdout) < sorting + (40 << 20)  # and a few MiB of pieces


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("jobs", [1, 3])
def test_shards_are_as_large_as_memory_allows(width: int, jobs: int) -> None:
    for memory_bytes in (430 << 20, 600 << 20, 1 << 30, 3 << 30):
        size = shard_bytes(memory_bytes, width, jobs, 1000)
        assert build_bytes(size, width, jobs, 1000) <= memory_bytes
        larger = max(size + (size >> 10), FEW_BYTES if size == FEW_BYTES - 1 else 0)
        assert build_bytes(larger, width, jobs, 1000) > memory_bytes
    with pytest.raises(BuildError, match="allow at least"):
        shard_bytes(400 << 20, width, jobs)
