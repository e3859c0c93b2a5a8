"""Single retrieval: once, with the question, before anything is written."""

from __future__ import annotations

from eval.methods.base import Method, MethodOptions
from eval.methods.no_rag import write_all
from eval.methods.writing import Work, Writer, written
from eval.types import Sample
from quco.controller.loop import Steps


class SingleRAG(Method[MethodOptions]):
    """Retrieve once with the question (Lewis et al. 2020, arXiv 2005.11401); top 3."""

    name = "sr-rag"
    source = "Lewis et al. 2020, arXiv 2005.11401; settings of DRAGIN, arXiv 2403.10081, section 4"
    options_type = MethodOptions

    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""
        return written(self, sample, _write)


def _write(writer: Writer) -> Work[None]:
    yield from writer.retrieve(writer.question, "once, with the question")
    yield from write_all(writer)
