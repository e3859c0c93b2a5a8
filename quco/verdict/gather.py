"""Asks the corpus for what a rule needs to know of a claim."""

from __future__ import annotations

from quco.ports import CorpusStatistics
from quco.types import Evidence, Triplet
from quco.verdict.evidence import ClaimEvidence
from quco.verdict.prepared import is_about
from quco.verdict.reading import name_words
from quco.verdict.relation import STOP_WORDS

CONTEXT = 400
"""Characters of text read on either side of head and tail."""

_OWN_CONTEXT = 700
_N_TOGETHER = 3
_N_ALONE = 2
_N_TRIED = 6
_NEAR = 60
_MOST_NAMES = 3
_FREQUENT = 2e-3


def gather_windows(
    statistics: CorpusStatistics, evidence: ClaimEvidence, n_together: int
) -> tuple[Evidence, ...]:
    """Return narrow windows where head and tail meet, to be shown."""
    if not (evidence.cooccurrence and n_together):
        return ()
    return tuple(
        statistics.windows(
            evidence.head_names, evidence.tail_names, window=evidence.window, k=n_together
        )
    )


def gather_context(
    statistics: CorpusStatistics, evidence: ClaimEvidence
) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """Return wide windows: where head and tail meet, and where the head stands.

    The head alone is looked up only where no document about it is among the meetings. Where they
    never meet, windows of the head beside words of the tail come first.
    """
    together: list[Evidence] = []
    if evidence.cooccurrence:
        together = statistics.windows(
            evidence.head_names,
            evidence.tail_names,
            window=evidence.window,
            k=_N_TOGETHER,
            context=CONTEXT,
        )
    folded = {name.casefold() for name in evidence.head_names}
    if any(is_about(window, folded) for window in together):
        return tuple(together), ()
    if not evidence.cooccurrence:
        together = _beside_words(statistics, evidence)
    return tuple(together), tuple(_alone(statistics, evidence, folded))


def _beside_words(statistics: CorpusStatistics, evidence: ClaimEvidence) -> list[Evidence]:
    """Return windows of the head near the rarest words of the tail."""
    limit = evidence.n_tokens * _FREQUENT
    known = sorted((n, word) for word, n in evidence.word_counts.items() if 0 < n <= limit)
    if not known:
        return []
    words = [word for _, word in known[:3]]
    return statistics.windows(evidence.head_names, words, window=_NEAR, k=_N_ALONE, context=CONTEXT)


def _alone(
    statistics: CorpusStatistics, evidence: ClaimEvidence, folded: set[str]
) -> list[Evidence]:
    """Return windows of the head, those of its own article first.

    In a corpus whose documents begin with their title, an article about an entity holds its name
    twice in a row.
    """
    names = evidence.head_names[:_MOST_NAMES]
    doubled = [f"{first} {second}" for first in names for second in names]
    found = statistics.windows(doubled, k=_N_ALONE, context=_OWN_CONTEXT)
    own = [window for window in found if is_about(window, folded)]
    if len(own) >= _N_ALONE:
        return own
    seen = {window.document_id for window in own}
    others = statistics.windows(evidence.head_names, k=_N_TRIED, context=_OWN_CONTEXT)
    rest = [window for window in others if window.document_id not in seen]
    rest.sort(key=lambda window: not is_about(window, folded))
    return [*own, *rest][:_N_ALONE]


def tail_words(triplet: Triplet) -> tuple[str, ...]:
    """Return the words of a claim's tail whose frequency weighs them."""
    found = dict.fromkeys(name_words(triplet.tail or ""))
    return tuple(word for word in found if word not in STOP_WORDS)
