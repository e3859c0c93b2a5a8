"""The frequencies of a corpus that somebody else serves, for the core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from quco.adapters.corpus import EngineStatistics, translated
from quco.addresses import is_address
from quco.errors import UsageError

if TYPE_CHECKING:
    from corpus_engine.client import InfiniGramClient


class HostedStatistics(EngineStatistics):
    """`CorpusStatistics` over an infini-gram HTTP service.

    Counts, meetings and windows come from the service; one that cannot be had raises
    `StatisticsError`, which makes a verdict UNKNOWN. Words are the service's tokens, so that
    thresholds fitted on a corpus of words are not those of this one.

    Parameters
    ----------
    client : InfiniGramClient
        The service; closing it is the caller's business, unless `open` made it.
    """

    cased = True
    """It tells capitals from small letters: terms are asked for in several cases."""

    def __init__(self, client: InfiniGramClient) -> None:
        super().__init__(client)

    @classmethod
    def open(cls, place: str, **options: Any) -> Self:
        """Return the statistics of a service; it is first asked when something is counted.

        Parameters
        ----------
        place : str
            ``ADDRESS#INDEX``, as in ``https://api.infini-gram.io/#v4_rpj_llama_s4``.
        options
            Further arguments of `corpus_engine.client.InfiniGramClient`.

        Raises
        ------
        UsageError
            If `place` is none.
        """
        address, _, index = place.partition("#")
        if not is_address(address) or not index:
            raise UsageError(f"{place!r} names no service and index; expected http://HOST/#INDEX")
        from corpus_engine.client import InfiniGramClient

        with translated():
            return cls(InfiniGramClient(address, index, **options))
