"""The model alone: chain of thought, nothing is retrieved."""

from __future__ import annotations

from eval.methods.base import Method, MethodOptions
from eval.methods.writing import Work, Writer, written
from eval.types import Sample
from quco.controller.loop import Steps


class NoRAG(Method[MethodOptions]):
    """Chain-of-thought prompting (Wei et al. 2022, arXiv 2201.11903)."""

    name = "no-rag"
    source = "Wei et al. 2022, arXiv 2201.11903"
    options_type = MethodOptions

    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""
        return written(self, sample, write_all)


def write_all(writer: Writer) -> Work[None]:
    """Write the whole answer with the passages that are shown now."""
    draft = yield from writer.draft(writer.room)
    writer.accept_draft(draft, "written in one go")
