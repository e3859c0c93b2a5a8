"""The handle: one block of 64-bit integers that tells kernels where an index lies in memory.

A header, then one record a shard. `corpus_engine.search` and `corpus_engine.shard` fill it in;
kernels only read it. `WORDS` is the address of the vocabulary's record, 0 where there is none.
"""

from __future__ import annotations

from numba import int64

from corpus_engine.kernels.memory import kernel, load64
from corpus_engine.layout import MOST_LEVELS

N_SHARDS = 0
WIDTH = 1
TRAIL_FIRST = 2
TRAIL_END = 3
UNITS_A_TOKEN = 4
BACKWARDS = 5
WORDS = 6
HEADER_FIELDS = 7

STREAM = 0
STREAM_BYTES = 1
RANKS = 2
RANKS_BYTES = 3
POINTER_BYTES = 4
N_RANKS = 5
DOCS = 6
N_DOCS = 7
N_KEYS = 8
KEY_STRIDE = 9
N_LEVELS = 10
LEVELS = 11
SHARD_FIELDS = LEVELS + MOST_LEVELS

BLOB = 0
BLOB_BYTES = 1
STARTS = 2
N_WORDS = 3
SLOTS = 4
N_SLOTS = 5
"""Fields of the vocabulary's record, which `corpus_engine.vocabulary` fills in."""


@kernel
def header(handle: int, field: int) -> int:
    """Return a field of the header."""
    return int64(load64(handle + 8 * field))


@kernel
def shard_field(handle: int, shard: int, field: int) -> int:
    """Return a field of a shard's record."""
    return int64(load64(handle + 8 * (HEADER_FIELDS + shard * SHARD_FIELDS + field)))
