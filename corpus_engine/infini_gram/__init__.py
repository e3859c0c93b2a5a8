"""The interface of the package infini-gram over this engine: change one import and keep the rest.

>>> from corpus_engine.infini_gram import InfiniGramEngine

What differs is listed in `corpus_engine/DESIGN.md`: counts are exact where that package samples or
loses hits.
"""

from corpus_engine.infini_gram.engine import InfiniGramEngine

__all__ = ["InfiniGramEngine"]
