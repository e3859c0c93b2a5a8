"""Upper bound: the supporting passages of the data set are shown from the start."""

from __future__ import annotations

from eval.methods.base import Method, MethodOptions
from eval.methods.no_rag import write_all
from eval.methods.writing import Work, Writer, written
from eval.types import Sample
from quco.answer import Decision
from quco.controller.loop import Steps
from quco.errors import InputError


class GoldPassages(Method[MethodOptions]):
    """What the generator makes of perfect retrieval; no method of retrieval can be compared to it.

    Raises
    ------
    InputError
        If a question has no supporting passages.
    """

    name = "gold"
    source = "upper bound"
    options_type = MethodOptions

    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""
        if not sample.gold:
            raise InputError(
                f"question {sample.id!r} has no supporting passages; name an index that holds its "
                "supporting titles, or leave the method 'gold' out"
            )
        return written(self, sample, _write)


def _write(writer: Writer) -> Work[None]:
    gold = writer.sample.gold
    writer.show(gold)
    writer.ledger.decide(
        Decision("retrieve", "the data set's own passages", passages=tuple(p.id for p in gold))
    )
    yield from write_all(writer)
