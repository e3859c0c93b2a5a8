"""FLARE, direct: look ahead by a sentence, retrieve where one of its tokens is unlikely."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydantic import Field

from eval.methods.aligning import tokens_of
from eval.methods.base import Method, MethodOptions
from eval.methods.writing import Work, Writer, written
from eval.types import Sample
from quco.controller.loop import Steps
from quco.types import Token


class FlareOptions(MethodOptions):
    """Options of FLARE; the defaults are the paper's for 2WikiMultihopQA (appendix D)."""

    theta: float = Field(default=0.8, ge=0, le=1)
    """A sentence with a token less likely than this is written again, with passages."""

    beta: float = Field(default=0.4, ge=0, le=1)
    """Tokens less likely than this are left out of the query."""


class Flare(Method[FlareOptions]):
    """Forward-looking active retrieval (Jiang et al. 2023, arXiv 2305.06983, section 3.2).

    The next sentence is drafted without passages. Where all its tokens are likely it is accepted;
    otherwise the sentence without its unlikely tokens is the query, and it is written again with
    what is found. A sentence with nothing left to ask is the query as a whole.
    """

    name = "flare"
    source = "Jiang et al. 2023, arXiv 2305.06983, section 3.2"
    needs = frozenset({"logprobs"})
    dynamic = True
    options_type = FlareOptions

    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""
        return written(self, sample, lambda writer: _write(writer, self.options))


def _write(writer: Writer, options: FlareOptions) -> Work[None]:
    while writer.room > 0:
        length = min(options.draft_tokens, writer.room)
        draft = yield from writer.draft(length, bare=True, logprobs=True)
        sentences = writer.cut(draft).sentences
        if not sentences:
            return
        tokens = tokens_of(sentences[0], draft)
        reason = "every token is likely"
        if unlikely := [t for t in tokens if math.exp(t.logprob) < options.theta]:
            worst = min(unlikely, key=lambda token: token.logprob)
            why = f"{worst.text!r} has probability {math.exp(worst.logprob):.2f}"
            query = masked(tokens, options.beta) or sentences[0].strip()
            if (yield from writer.retrieve(query, f"{why}, below {options.theta:g}")):
                draft = yield from writer.draft(length)
                reason = "written again with passages"
        if not writer.accept_first(draft, reason):
            return


def masked(tokens: Sequence[Token], beta: float) -> str:
    """Return the text of the tokens that are at least as likely as `beta`.

    Examples
    --------
    >>> masked([Token("He", -0.1), Token(" was", -0.1), Token(" Joe", -3.0)], 0.4)
    'He was'
    """
    kept = "".join(t.text if math.exp(t.logprob) >= beta else " " for t in tokens)
    return " ".join(kept.split())
