"""One ranking from several."""

from collections.abc import Sequence

from retrievers.types import ScoredPassage

RRF_CONSTANT = 60
"""Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet", SIGIR 2009."""


def reciprocal_rank(
    rankings: Sequence[Sequence[ScoredPassage]],
    *,
    weights: Sequence[float] | None = None,
    constant: float = RRF_CONSTANT,
) -> list[ScoredPassage]:
    """Fuse rankings by the sum of `weight / (constant + rank)`, with ranks from 1.

    Passages are told apart by id; equal sums keep the order of first appearance.

    Examples
    --------
    >>> from retrievers.types import Passage
    >>> a, b, c = (ScoredPassage(Passage(name, "", "text"), 1.0) for name in "abc")
    >>> [found.passage.id for found in reciprocal_rank([[a, b], [b, c]])]
    ['b', 'a', 'c']
    """
    weights = weights or [1.0] * len(rankings)
    found: dict[str, ScoredPassage] = {}
    sums: dict[str, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, scored in enumerate(ranking, 1):
            identity = scored.passage.id
            found.setdefault(identity, scored)
            sums[identity] = sums.get(identity, 0.0) + weight / (constant + rank)
    order = sorted(sums, key=lambda identity: -sums[identity])
    return [ScoredPassage(found[identity].passage, sums[identity]) for identity in order]
