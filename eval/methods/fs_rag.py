"""Fixed sentence: retrieve after every sentence, with that sentence."""

from __future__ import annotations

from pydantic import Field

from eval.methods.base import Method, MethodOptions
from eval.methods.writing import Work, Writer, written
from eval.types import Sample
from quco.controller.loop import Steps


class FixedSentenceOptions(MethodOptions):
    """Options of FS-RAG."""

    keep: bool = False
    """Whether earlier passages stay, as in IRCoT, up to `max_passages`; else the newest replace."""

    max_passages: int = Field(default=15, ge=1)
    """Passages shown at once where earlier ones stay; IRCoT's limit."""


class FixedSentenceRAG(Method[FixedSentenceOptions]):
    """Retrieve after every sentence (IRCoT, Trivedi et al. 2023, arXiv 2212.10509); top 3."""

    name = "fs-rag"
    source = "Trivedi et al. 2023, arXiv 2212.10509; settings of DRAGIN, arXiv 2403.10081"
    options_type = FixedSentenceOptions

    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""
        return written(self, sample, lambda writer: _write(writer, self.options))


def _write(writer: Writer, options: FixedSentenceOptions) -> Work[None]:
    query, reason = writer.question, "the beginning, with the question"
    while writer.room > 0:
        yield from writer.retrieve(query, reason, keep=options.keep)
        writer.ledger.shown = writer.ledger.shown[-options.max_passages :]
        draft = yield from writer.draft(min(options.draft_tokens, writer.room))
        query = writer.accept_first(draft, "the next sentence")
        if not query:
            return
        reason = "a sentence later, with that sentence"
