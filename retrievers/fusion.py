"""One ranking from several."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from retrievers.errors import QueryError
from retrievers.types import Scores

Fusion = Literal["weighted", "reciprocal_rank"]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class HybridOptions:
    """How the dense and the BM25 ranking become one.

    The defaults were fitted with all-MiniLM-L6-v2 on halves of 2WikiMultihopQA, HotpotQA and
    PopQA questions over 20,000 to 70,000 Wikipedia passages. A stronger encoder deserves a
    greater `dense_weight`.

    Raises
    ------
    QueryError
        If a value is unknown or out of range.
    """

    fusion: Fusion = "weighted"
    """Weighted adds scores relative to the best; reciprocal rank looks at ranks alone."""

    dense_weight: float = 0.35
    """Share of the dense ranking, from 0 to 1; BM25 has the rest."""

    depth: int = 100
    """Passages taken from each ranking; at least k are."""

    constant: int = 10
    """Of reciprocal rank: the greater, the less the first ranks stand out."""

    def __post_init__(self) -> None:
        if self.fusion not in ("weighted", "reciprocal_rank"):
            raise QueryError(f"fusion is 'weighted' or 'reciprocal_rank', got {self.fusion!r}")
        if not 0 <= self.dense_weight <= 1:
            raise QueryError(f"dense_weight must be from 0 to 1, got {self.dense_weight}")
        if self.depth < 1 or self.constant < 0:
            raise QueryError(
                f"depth >= 1 and constant >= 0 are needed, got {self.depth} and {self.constant}"
            )


def reciprocal_rank(
    rankings: Sequence[Sequence[Key]], weights: Sequence[float], constant: int
) -> list[tuple[Key, float]]:
    """Fuse rankings by the sum of `weight / (constant + rank)`, with ranks from 1.

    Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual
    rank learning methods", SIGIR 2009, with weights. Equal sums keep the order of appearance.

    Examples
    --------
    >>> [key for key, _ in reciprocal_rank(["ab", "bc"], [1, 1], 60)]
    ['b', 'a', 'c']
    """
    sums: dict[Key, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, key in enumerate(ranking, 1):
            sums[key] = sums.get(key, 0.0) + weight / (constant + rank)
    return sorted(sums.items(), key=lambda item: -item[1])


def weighted(dense: Scores, bm25: Scores, dense_weight: float) -> Scores:
    """Return the weighted sum of two scores of the same passages, each relative to its best.

    Unlike a fusion of two short lists, this scores each passage by both methods, so that it
    makes no difference by which it was found.

    Examples
    --------
    >>> import numpy as np
    >>> weighted(np.float32([0.8, 0.4]), np.float32([0, 5]), 0.5).tolist()
    [0.5, 0.75]
    """
    fused: Scores = dense_weight * _relative(dense) + (1 - dense_weight) * _relative(bm25)
    return fused


def _relative(scores: Scores) -> Scores:
    best = scores.max(initial=0)
    return scores / best if best > 0 else scores
