"""Adding jump indexes to an index that has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from corpus_engine import layout
from corpus_engine.files import file_entry
from corpus_engine.opening import open_folder
from corpus_engine.shard import Shard
from corpus_engine.suffixes import JumpWriter
from corpus_engine.types import Progress

_PIECE = 1 << 22


def accelerate(
    path: Path | str,
    *,
    width: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> int:
    """Write a jump index for every shard that has none; return how many were written.

    A count then reads a few pages of the disk where it read two for each halving of the ranks. The
    other files stay as they are, and infini-gram goes on reading them.

    Parameters
    ----------
    path : path
        The folder of an index, ours or infini-gram's.
    width : 1, 2, 4 or None
        Bytes of a token, for an index without a manifest; None takes 2.
    overwrite : bool
        Write anew those that are there.
    progress : callable or None
        Called with the stage ``"accelerate"``, the shards done and their number.

    Raises
    ------
    IndexFormatError
        If the folder is no index, or is damaged.
    """
    path = Path(path)
    opened = open_folder(path, None, width, 4)
    written: list[Path] = []
    try:
        for done, shard in enumerate(opened.shards):
            if progress:
                progress("accelerate", done, len(opened.shards))
            if overwrite or not len(shard.jump.keys):
                written.append(_write(shard))
    finally:
        opened.close()
    for target in written:
        target.with_suffix(f"{target.suffix}.new").replace(target)
    if opened.manifest and written:
        files = {**opened.manifest.files, **{file.name: file_entry(file) for file in written}}
        replace(opened.manifest, files=files).write(path)
    layout.sync_folder(path)
    return len(written)


def _write(shard: Shard) -> Path:
    """Write the jump index of a shard beside its place; return that place."""
    target = shard.paths.jump
    writer = JumpWriter(shard.stream)
    width = shard.pointer_bytes
    for start in range(0, shard.n_units, _PIECE):
        entries = shard.ranks[start * width : (start + _PIECE) * width].reshape(-1, width)
        wide = np.zeros((len(entries), 8), np.uint8)
        wide[:, :width] = entries
        writer.add(wide.view("<i8").reshape(-1))
    writer.write(target.with_suffix(f"{target.suffix}.new"))
    return target
