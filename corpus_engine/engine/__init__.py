"""An index, open for questions in text, in token ids, and for documents."""

from corpus_engine.engine.index import CorpusIndex

__all__ = ["CorpusIndex"]
