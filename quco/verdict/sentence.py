"""A score for a sentence as a whole, what is no claim of it included.

A claim's probability says how the corpus bears on one fact. A sentence holds more: what no
extractor takes for a claim, and facts about people whom the corpus barely names. People who
labelled biographies written by models found names and identities mostly right, praise and lists
mostly wrong; how a sentence is put says that without any model being asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from quco.odds import log_odds, probability
from quco.verdict.relation import STOP_WORDS

Feature = Literal["names", "conjunctions", "function_words", "copulas", "best_claim"]
FEATURES: tuple[Feature, ...] = get_args(Feature)
"""Names of a sentence's features, in order; see `sentence_features`."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CONJUNCTIONS = frozenset({"and", "or"})
_COPULAS = frozenset({"is", "are", "was", "were"})
_LEAST_P = 0.01
"""No claim is taken for surer than this."""


class SentenceModel(BaseModel):
    """A logistic regression on `FEATURES`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: float
    """Log-odds where all features are 0."""

    weights: dict[Feature, float]
    """Log-odds for a unit of each; a feature that is not named says nothing."""

    def score(self, text: str, p_wrong: Sequence[float]) -> float | None:
        """Return the probability that something in a sentence is wrong.

        Parameters
        ----------
        text : str
            The sentence.
        p_wrong : sequence of float
            Probabilities of its claims, where they have one.

        Returns
        -------
        float or None
            In [0, 1]; None for a text without a word.
        """
        values = sentence_features(text, p_wrong)
        return None if values is None else self.probability(values)

    def probability(self, features: Sequence[float]) -> float:
        """Return the probability for features in the order of `FEATURES`."""
        given = zip(FEATURES, features, strict=True)
        added = sum(self.weights.get(name, 0.0) * value for name, value in given)
        return probability(self.base + added)


def sentence_features(text: str, p_wrong: Sequence[float]) -> list[float] | None:
    """Return the features of a sentence in the order of `FEATURES`; None where it has no word.

    Of all words the share that begins a name (a run of capitalised words), and the shares of
    conjunctions, function words and copulas; and the log-odds of the claim that is best supported,
    0 where there is none: facts of a sentence mostly stand and fall together, and of several claims
    the worst is often only misread.

    Examples
    --------
    >>> sentence_features("Ada Roe was born in Rome.", [0.5, 0.9])
    [0.3333333333333333, 0.0, 0.3333333333333333, 0.16666666666666666, 0.0]
    >>> sentence_features("...", []) is None
    True
    """
    words = _WORD.findall(text)
    if not words:
        return None
    lowered = [word.lower() for word in words]
    is_capital = [word[0].isupper() for word in words]
    begins = sum(
        now and not before for now, before in zip(is_capital, [False, *is_capital], strict=False)
    )
    p = min(max(min(p_wrong, default=0.5), _LEAST_P), 1 - _LEAST_P)
    return [
        begins / len(words),
        _share(lowered, _CONJUNCTIONS),
        _share(lowered, STOP_WORDS),
        _share(lowered, _COPULAS),
        log_odds(p),
    ]


def _share(words: Sequence[str], wanted: frozenset[str]) -> float:
    return sum(word in wanted for word in words) / len(words)
