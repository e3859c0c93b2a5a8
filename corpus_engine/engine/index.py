"""An index, open for questions."""

from __future__ import annotations

from pathlib import Path

from corpus_engine.engine.documents import DocumentQueries
from corpus_engine.engine.text import TextQueries
from corpus_engine.engine.tokens import TokenQueries
from corpus_engine.opening import open_folder


class CorpusIndex(TextQueries, TokenQueries, DocumentQueries):
    """A corpus that answers how often, how often together, and where.

    Open one with `CorpusIndex.open`, close it when done, or use it as a context manager. All
    queries may be asked from several threads at once, and release the GIL while they search.

    Every count is exact unless a limit was set, and says so. A term is a text or a sequence of
    surface variants of which any counts; where variants match at the same place (one being the
    beginning of the other), the place counts once. Distances are counted in the analyzer's tokens:
    words for the word analyzer, bytes for the byte analyzer, else tokens of the tokenizer.
    """

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        analyzer: str | None = None,
        width: int | None = None,
        version: int = 4,
    ) -> CorpusIndex:
        """Open the index in a folder, ours or infini-gram's.

        Sizes, headers, and the order at a few places are checked here; `verify` reads everything.

        Parameters
        ----------
        path : path
            The folder.
        analyzer : str or None
            For an index without a manifest: the tokenizer it was built with (``"byte"``, a
            ``tokenizer.json``, a hub name); None leaves text queries out.
        width : 1, 2, 4 or None
            For an index without a manifest: the bytes of a token; None takes 2.
        version : 4 or 5
            For an index without a manifest: infini-gram's format version; 5 holds documents
            backwards, and distances are then between the last tokens of terms.

        Raises
        ------
        IndexFormatError
            If a file is missing, truncated or of another format.
        """
        return cls(open_folder(Path(path), analyzer, width, version))
