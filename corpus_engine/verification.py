"""Reading an index whole, to prove it undamaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.errors import CorpusEngineError
from corpus_engine.files import matches
from corpus_engine.opening import Opened, open_folder
from corpus_engine.shard import Shard
from corpus_engine.suffixes import suffix_keys
from corpus_engine.types import Progress

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What reading an index whole has shown."""

    path: Path
    """Folder of the index."""

    problems: tuple[str, ...]
    """What is wrong, file by file; empty for a sound index."""

    n_files: int
    """Files that were compared with their checksums; 0 where there is no manifest."""

    n_shards: int
    """Shards whose order was proved."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(
    path: Path | str,
    *,
    width: int | None = None,
    version: int = 4,
    progress: Progress | None = None,
) -> Verification:
    """Compare every file with its checksum, and prove every suffix array in order.

    The proof takes time and memory in proportion to the largest shard (16 bytes a token). An index
    of another program has no checksums: there, the order and the document starts are proved.

    Parameters
    ----------
    path : path
        The folder.
    width, version
        For an index without a manifest, as `CorpusIndex.open` has them.
    progress : callable or None
        Called with a stage, the files or shards done, and their total.

    Raises
    ------
    IndexFormatError
        If the folder is no index at all, or its manifest cannot be read.
    """
    path = Path(path)
    report = progress or _silent
    manifest = layout.Manifest.read(path) if (path / layout.MANIFEST).exists() else None
    files = manifest.files if manifest else {}
    problems = []
    for done, (name, entry) in enumerate(files.items()):
        report("checksums", done, len(files))
        if not matches(path / name, entry):
            problems.append(f"{path / name} is missing, or not as it was built")
    n_shards = 0
    if not problems:
        try:
            opened = open_folder(path, None, width, version)
        except CorpusEngineError as exc:
            return Verification(path, (str(exc),), len(files), 0)
        problems, n_shards = _verify_shards(opened, report), len(opened.shards)
        opened.close()
    return Verification(path, tuple(problems), len(files), n_shards)


def _silent(stage: str, done: int, total: int | None) -> None:
    """Report nothing."""


def _verify_shards(opened: Opened, report: Progress) -> list[str]:
    problems: list[str] = []
    checks: tuple[Callable[[Shard], Iterator[str]], ...] = (_documents, _order, _jump)
    for done, shard in enumerate(opened.shards):
        report("order", done, len(opened.shards))
        for check in checks:
            found = list(check(shard))
            problems += found
            if found:
                break
    return problems


def _documents(shard: Shard) -> Iterator[str]:
    """Compare the document starts with the separators of the stream."""
    starts = np.asarray(shard.docs).astype(np.int64)
    bound = len(shard.stream) - shard.width
    fits = (np.diff(starts) > 0).all() and starts[0] == 0 and starts[-1] <= bound
    if not fits or (starts % shard.width).any():
        yield f"{shard.paths.docs} is not a rising list of places in its stream"
        return
    tokens = shard.tokens(0, len(shard.stream))
    if (tokens[starts // shard.width] != 256**shard.width - 1).any():
        yield f"{shard.paths.docs} holds places of {shard.paths.stream.name} without a separator"


def _order(shard: Shard) -> Iterator[str]:
    """Prove the suffix array: every place once, and each suffix before the next.

    Two suffixes with the same first token stand as those without it do, whose ranks the inverse
    array tells; so each pair takes one comparison, however long a part they share.
    """
    n = shard.n_units
    places = _places(shard)
    if (places % shard.width).any() or places.max() >= len(shard.stream):
        yield f"{shard.paths.ranks} points outside its stream, or between two tokens"
        return
    places //= shard.width
    inverse = np.full(n + 1, -1, np.int64)
    inverse[places] = np.arange(n)
    inverse[n] = -1
    if (inverse[:n] < 0).any():
        yield f"{shard.paths.ranks} does not hold every place of its stream"
        return
    # Bytes compare from the first on, as big-endian numbers do.
    tokens = shard.tokens(0, len(shard.stream)).byteswap()
    for start in range(0, n - 1, _PIECE):
        one, other = places[start : start + _PIECE], places[start + 1 : start + 1 + _PIECE]
        one = one[: len(other)]
        first, second = tokens[one], tokens[other]
        rising = (first < second) | ((first == second) & (inverse[one + 1] < inverse[other + 1]))
        if not rising.all():
            rank = start + int(np.flatnonzero(~rising)[0])
            yield f"{shard.paths.ranks} is out of order at rank {rank:,}"
            return


def _jump(shard: Shard) -> Iterator[str]:
    """Compare the jump index with the suffixes that it samples."""
    jump = shard.jump
    if not len(jump.keys):
        return
    places = _places(shard, jump.stride)
    if (suffix_keys(shard.stream, places) != jump.keys).any():
        yield f"{shard.paths.jump} does not fit its suffix array"
        return
    for below, level in pairwise(jump.levels):
        if (below[:: layout.KEYS_A_BLOCK] != level).any():
            yield f"{shard.paths.jump} has an upper level that does not fit the lower one"
            return


def _places(shard: Shard, stride: int = 1) -> NDArray[Any]:
    """Return the places of every `stride`-th rank."""
    entries = shard.ranks.reshape(shard.n_units, shard.pointer_bytes)[::stride]
    wide = np.zeros((len(entries), 8), np.uint8)
    wide[:, : shard.pointer_bytes] = entries
    return wide.view("<i8").reshape(-1)
