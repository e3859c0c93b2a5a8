"""ETC: retrieve where the trend of the entropy turns sharply."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from eval.methods.aligning import words_of
from eval.methods.attending import attended_query
from eval.methods.base import Method, MethodOptions
from eval.methods.dragin import Trigger, retrieve_at, word_entropy
from eval.methods.stopwords import is_stopword
from eval.methods.writing import Work, Writer, written
from eval.types import Sample
from quco.controller.loop import Steps
from quco.types import Generation


class EtcOptions(MethodOptions):
    """Options of ETC. The paper tunes the threshold on a validation set and prints no value."""

    alpha: float = Field(default=2.0, ge=0)
    """Threshold on the size of the smoothed second difference."""

    query_words: int = Field(default=40, ge=1)
    """Words of the query, as in DRAGIN."""


class Etc(Method[EtcOptions]):
    """Entropy-Trend Constraint (Li et al. 2025, arXiv 2511.09980, section 3).

    The entropies of the words that are no stop words form a sequence; its second difference,
    smoothed, triggers. Query and continuation are DRAGIN's; a generator without attentions is
    asked with the question and the text so far.
    """

    name = "etc"
    source = "Li et al. 2025, arXiv 2511.09980, section 3"
    needs = frozenset({"entropy"})
    dynamic = True
    options_type = EtcOptions

    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""
        return written(self, sample, lambda writer: _write(writer, self.options))


def _write(writer: Writer, options: EtcOptions) -> Work[None]:
    attentive = writer.method.parts.generator.capabilities.attentions
    while writer.room > 0:
        length = min(options.draft_tokens, writer.room)
        draft = yield from writer.draft(length, bare=True, logprobs=True, attentions=attentive)
        found = find_trend(draft, options.alpha)
        if found is None:
            if not writer.accept_draft(draft, "no turn of the entropy above the threshold"):
                return
            continue
        reason = f"the entropy turns by {found.score:.2f} at {found.word.text!r}"
        if attentive:
            query = attended_query(draft, found.word, options.query_words)
        else:
            query = " ".join(f"{writer.question} {writer.text}{found.before}".split())
        if not (
            yield from retrieve_at(writer, found.before, query or writer.question, reason, length)
        ):
            return


def find_trend(draft: Generation, alpha: float) -> Trigger | None:
    """Return the first word at which the smoothed second difference is at least `alpha`."""
    words = [
        word
        for word in words_of([token.text for token in draft.tokens])
        if not is_stopword(word.text)
    ]
    entropies = [word_entropy(word, draft.tokens) for word in words]
    for position, value in enumerate(smoothed(entropies), 2):
        if abs(value) >= alpha:
            word = words[position]
            before = "".join(token.text for token in draft.tokens[: word.first])
            return Trigger(word, abs(value), before)
    return None


def smoothed(entropies: Sequence[float]) -> list[float]:
    """Return the smoothed second difference of a sequence, two shorter than it.

    Equations 9 to 12; the two weights of equation 12 sum to one, as those of a weighted average
    do. The first difference has no predecessor and stays as it is.

    Examples
    --------
    >>> smoothed([0.0, 0.0, 1.0, 1.0])
    [1.0, 0.0]
    >>> [round(value, 3) for value in smoothed([0.0, 1.0, 0.0, 3.0])]
    [-2.0, 1.0]
    """
    seconds = [
        c - 2 * b + a for a, b, c in zip(entropies, entropies[1:], entropies[2:], strict=False)
    ]
    result = seconds[:1]
    for t in range(1, len(seconds)):
        expected = sum(seconds[: t + 1]) / (t + 1)
        now, before = abs(seconds[t] - expected), abs(seconds[t - 1] - expected)
        weight = before / (now + before) if now + before else 0.5
        result.append(weight * seconds[t] + (1 - weight) * seconds[t - 1])
    return result
