"""A language model, any that `quco.ports.Generator` wraps, as a judge of claims."""

from __future__ import annotations

import math
from collections.abc import Sequence

from quco.excerpts import excerpt
from quco.ports import Generator
from quco.types import Evidence, GenerationRequest, Message, Triplet

_FILM = (
    "Gosford Park: Gosford Park is a film of 2001 directed by Robert Altman. Julian Fellowes wrote "
    "it, and Maggie Smith is among its stars."
)
_PIANIST = (
    "Clara Schumann: Clara Schumann (13 September 1819 – 20 May 1896) was a pianist from Leipzig. "
    "Her husband was Robert Schumann."
)
_EXAMPLES = (
    (_FILM, "Gosford Park directed by Robert Altman", "yes"),
    (_FILM, "Gosford Park directed by Julian Fellowes", "no"),
    (_PIANIST, "Clara Schumann date of death 13 September 1819", "no"),
    (_PIANIST, "Clara Schumann spouse Robert Schumann", "yes"),
)
_GRAMMAR = 'root ::= " "? ("yes" | "no")'
_YES, _NO = "yes", "no"
_WITHOUT_LOGPROBS = 0.8


class LlmJudge:
    """Asks a language model whether windows of the corpus state a claim: yes or no.

    The answer is constrained by a grammar where the backend can; the model's probability of its
    answer is what it is trusted, where it tells.

    Parameters
    ----------
    generator : Generator
        The model.
    max_chars : int, default=500
        Of each window: what bears on the claim, see `quco.excerpts`.
    """

    def __init__(self, generator: Generator, *, max_chars: int = 500) -> None:
        self.generator = generator
        self._max_chars = max_chars

    def support(self, claim: Triplet, windows: Sequence[Evidence]) -> float | None:
        """Return the probability in [0, 1] that the windows state the claim.

        None where the model says neither yes nor no.

        Raises
        ------
        GenerationError
            If the model fails.
        """
        with_logprobs = self.generator.capabilities.logprobs
        request = GenerationRequest(
            (Message("user", self._prompt(claim, windows)),),
            max_tokens=3,
            stop=("\n",),
            grammar=_GRAMMAR,
            logprobs=with_logprobs,
        )
        answer = self.generator.generate([request])[0]
        said = answer.text.strip().casefold()
        if not said.startswith((_YES, _NO)):
            return None
        logprob = next((t.logprob for t in answer.tokens if t.text.strip()), None)
        sure = _WITHOUT_LOGPROBS if logprob is None else max(math.exp(logprob), 0.5)
        return sure if said.startswith(_YES) else 1 - sure

    def _prompt(self, claim: Triplet, windows: Sequence[Evidence]) -> str:
        """Return worked examples and the question, which chat models and plain ones continue."""
        asked = f"{claim.head} {claim.relation} {claim.tail}"
        passage = " ".join(_shown(window, asked, self._max_chars) for window in windows)
        blocks = [f"{_ask(text, stated)} {answer}" for text, stated, answer in _EXAMPLES]
        return "\n\n".join([*blocks, _ask(passage, asked)])


def _ask(passage: str, claim: str) -> str:
    return f"Passage: {passage}\nClaim: {claim}\nDoes the passage say so, yes or no?"


def _shown(window: Evidence, claim: str, n_chars: int) -> str:
    text = excerpt(window.text, n_chars, question=claim, title=window.title)
    return f"{window.title}: {text}" if window.title else text
