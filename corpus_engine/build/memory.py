"""How much memory a build takes, and how large its shards may therefore be.

A build with `jobs` sorts in flight takes at most::

    400 MiB + 200 bytes a distinct word + jobs x what sorting the largest shard takes

The first term is Python, numpy, compiled kernels, a batch of documents being encoded and a few
numbers for each token id. The second is the growing vocabulary of the word analyzer; other
analyzers have none. Sorting takes 12 bytes a token: a letter and a place, 32 bits each, and half as
much while pieces of the text are sorted in their turn. Streams of bytes, and streams of less than
16 MiB, are sorted byte by byte, in 5 bytes for each.
"""

from __future__ import annotations

import os

from corpus_engine.build.suffix_array import FEW_BYTES, MOST_STREAM_BYTES
from corpus_engine.errors import BuildError
from corpus_engine.layout import Width

BASE_BYTES = 400 << 20
WORD_BYTES = 200
_BYTES_A_TOKEN = 12
_BYTES_A_BYTE = 5
_LEAST_SHARD_BYTES = 1 << 16
_FALLBACK_BYTES = 4 << 30


def default_memory_bytes() -> int:
    """Return half of the machine's memory, or 4 GiB where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, OSError, ValueError):
        return _FALLBACK_BYTES


def build_bytes(stream_bytes: int, width: Width, jobs: int, n_words: int = 0) -> int:
    """Return what a build takes at the most whose largest stream has so many bytes.

    >>> build_bytes(60_000_000, 2, jobs=2, n_words=200_000)
    1179430400
    """
    if width > 1 and stream_bytes >= FEW_BYTES:
        sorting = _BYTES_A_TOKEN * stream_bytes // width
    else:
        sorting = _BYTES_A_BYTE * stream_bytes
    return BASE_BYTES + WORD_BYTES * n_words + jobs * sorting


def shard_bytes(memory_bytes: int, width: Width, jobs: int, n_words: int = 0) -> int:
    """Return the largest stream of a shard that keeps a build within its memory.

    Parameters
    ----------
    memory_bytes : int
        What the build may take.
    width : 1, 2 or 4
        Bytes of a token.
    jobs : int
        Shards that are sorted at the same time.
    n_words : int
        Distinct words so far.

    Raises
    ------
    BuildError
        If there is no room for even the smallest shards.
    """
    room = (memory_bytes - BASE_BYTES - WORD_BYTES * n_words) // jobs
    size = room // _BYTES_A_BYTE
    if width > 1:
        by_tokens = room * width // _BYTES_A_TOKEN
        size = by_tokens if by_tokens >= FEW_BYTES else min(size, FEW_BYTES - 1)
    if size < _LEAST_SHARD_BYTES:
        raise BuildError(
            f"{memory_bytes:,} bytes of memory are too few to sort {jobs} shard(s) at a time with "
            f"{n_words:,} distinct words; allow at least "
            f"{build_bytes(FEW_BYTES, width, jobs, n_words):,}"
        )
    return min(size, MOST_STREAM_BYTES)
