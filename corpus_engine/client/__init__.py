"""The statistics of a corpus that somebody else serves, over the HTTP interface of infini-gram."""

from corpus_engine.client.client import InfiniGramClient

__all__ = ["InfiniGramClient"]
