"""From passages to a folder that `PassageCollection.open` reads."""

from collections.abc import Iterable
from pathlib import Path

from retrievers.bm25_index import BM25Options
from retrievers.checkpoint import forget
from retrievers.collection import PassageCollection
from retrievers.dense_options import DenseOptions
from retrievers.encoder import Encoder
from retrievers.files import check_destination
from retrievers.types import Passage, Progress


def build_passages(
    passages: Iterable[Passage],
    out: Path | str,
    *,
    encoder: Encoder | None,
    dense: DenseOptions | None = None,
    bm25: BM25Options | None = BM25Options(),  # noqa: B008 - immutable
    overwrite: bool = False,
    checkpoint: Path | str | None = None,
    progress: Progress = None,
) -> int:
    """Build a collection in the folder `out` and return how many passages it holds.

    Encoding takes nearly all of the time. Its results are kept in `checkpoint` (by default
    `<out>/.encoding`) until the collection is complete; after an interruption, the same call
    goes on where it was.

    See `PassageCollection.build` and `PassageCollection.save` for the other parameters and for
    errors.
    """
    out = Path(out)
    check_destination(out, overwrite=overwrite)
    checkpoint = Path(checkpoint or out / ".encoding")
    collection = PassageCollection.build(
        passages,
        encoder=encoder,
        dense=dense,
        bm25=bm25,
        checkpoint=checkpoint,
        progress=progress,
    )
    collection.save(out, overwrite=overwrite)
    forget(checkpoint)
    return len(collection)
