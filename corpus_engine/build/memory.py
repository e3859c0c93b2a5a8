"""How much memory a build takes, and how large its shards may therefore be.

A build with `jobs` sorts in flight takes at most::

    400 MiB + 200 bytes a distinct word + 5 bytes x jobs x bytes of the largest shard's stream

The first term is Python, numpy and a batch of documents being encoded. The second is the growing
vocabulary of the word analyzer; other analyzers have none. Sorting holds the stream and a 32-bit
place for each of its bytes: 10 bytes a token and core in use for 16-bit tokens.
"""

from __future__ import annotations

import os

from corpus_engine.build.suffix_array import MOST_STREAM_BYTES
from corpus_engine.errors import BuildError

BASE_BYTES = 400 << 20
WORD_BYTES = 200
SORT_BYTES = 5
_LEAST_SHARD_BYTES = 1 << 16
_FALLBACK_BYTES = 4 << 30


def default_memory_bytes() -> int:
    """Return half of the machine's memory, or 4 GiB where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, OSError, ValueError):
        return _FALLBACK_BYTES


def shard_bytes(memory_bytes: int, jobs: int, n_words: int = 0) -> int:
    """Return the largest stream of a shard that keeps a build within its memory.

    Parameters
    ----------
    memory_bytes : int
        What the build may take.
    jobs : int
        Shards that are sorted at the same time.
    n_words : int
        Distinct words so far.

    Raises
    ------
    BuildError
        If there is no room for even the smallest shards.
    """
    free = memory_bytes - BASE_BYTES - WORD_BYTES * n_words
    size = min(free // (SORT_BYTES * jobs), MOST_STREAM_BYTES)
    if size < _LEAST_SHARD_BYTES:
        raise BuildError(
            f"{memory_bytes:,} bytes of memory are too few to sort {jobs} shard(s) at a time with "
            f"{n_words:,} distinct words; allow at least "
            f"{BASE_BYTES + WORD_BYTES * n_words + SORT_BYTES * jobs * (1 << 24):,}"
        )
    return size
