"""A process that sorts one shard.

    python -m corpus_engine.build.sort_process FOLDER SHARD WIDTH

It ends when its standard input does, and so does not outlive the process that started it.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import cast

from corpus_engine import layout
from corpus_engine.build.suffix_array import write_suffix_array
from corpus_engine.kernels.starting import start_numba


def main() -> None:
    """Sort the shard that the arguments name."""

    def watch() -> None:
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    start_numba()
    folder, shard, width = sys.argv[1:]
    write_suffix_array(Path(folder), int(shard), cast("layout.Width", int(width)))


if __name__ == "__main__":
    main()
