"""Fixed length: retrieve every n tokens with the last n tokens."""

from __future__ import annotations

from pydantic import Field

from eval.methods.base import Method, MethodOptions
from eval.methods.writing import FINAL_TOKENS, Work, Writer, written
from eval.types import Sample
from quco.controller.loop import Steps
from quco.prompts import split_closing
from quco.types import Generation


class FixedLengthOptions(MethodOptions):
    """Options of FL-RAG."""

    every: int = Field(default=16, ge=1)
    """Tokens between retrievals, and in the query."""


class FixedLengthRAG(Method[FixedLengthOptions]):
    """In-context RALM (Ram et al. 2023, arXiv 2302.00083), with DRAGIN's n of 16 and top 3."""

    name = "fl-rag"
    source = "Ram et al. 2023, arXiv 2302.00083; n = 16 as in DRAGIN, arXiv 2403.10081"
    options_type = FixedLengthOptions

    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""
        return written(self, sample, lambda writer: _write(writer, self.options.every))


def _write(writer: Writer, every: int) -> Work[None]:
    query, reason = writer.question, "the beginning, with the question"
    while writer.room > 0:
        yield from writer.retrieve(query, reason)
        draft = yield from writer.draft(min(every, writer.room))
        if _closes(draft):
            yield from _close(writer, draft)
            return
        if not writer.accept(draft.text, f"{every} tokens") or draft.finish_reason == "stop":
            return
        query, reason = draft.text.strip(), f"{every} tokens later, with the last {every}"


def _closes(draft: Generation) -> bool:
    return split_closing(draft.text)[1] is not None


def _close(writer: Writer, draft: Generation) -> Work[None]:
    """Accept the draft with its final answer, which may reach over the fixed length."""
    whole = draft
    if draft.finish_reason == "length" and not writer.cut(draft).sentences[-1].endswith("."):
        rest = yield from writer.draft(FINAL_TOKENS, lead=draft.text)
        whole = Generation(draft.text + rest.text, "stop")
    writer.accept_draft(whole, "with the final answer")
