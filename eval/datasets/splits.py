"""Development and validation: which questions may be tuned on, and which are reported."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Literal

from eval.types import Sample

Split = Literal["all", "development", "validation"]
"""Half of the questions each, by hash of the id; or all of them."""

Half = Literal["development", "validation"]
"""One of the two."""


def is_development(identity: str) -> bool:
    """Return whether prompts, thresholds and defaults may be fitted on the question `identity`.

    Examples
    --------
    >>> sum(is_development(str(i)) for i in range(1000))
    486
    """
    return int(hashlib.sha256(identity.encode()).hexdigest(), 16) % 2 == 0


def take(
    samples: Sequence[Sample],
    split: Split = "all",
    *,
    limit: int | None = None,
    seed: int | None = 0,
) -> list[Sample]:
    """Return the samples of a split, at most `limit` of them, chosen and ordered by hash.

    The order depends on `seed` and on each id alone: a larger limit adds questions and takes none
    away, so that a longer run continues a shorter one. Without a seed it is the file's.
    """
    chosen = [s for s in samples if split == "all" or is_development(s.id) == (split[0] == "d")]
    if seed is not None:
        chosen.sort(key=lambda s: hashlib.sha256(f"{seed}\0{s.id}".encode()).digest())
    return chosen[:limit]


def fresh(
    samples: Sequence[Sample], looked_at: Mapping[Half, int], *, seed: int = 0
) -> list[Sample]:
    """Return the samples that are not among the first few of a half, which somebody looked at.

    Parameters
    ----------
    looked_at : mapping
        For each half, how many of its questions earlier runs with this `seed` have used.
    """
    used = {
        sample.id
        for half, limit in looked_at.items()
        for sample in take(samples, half, limit=limit, seed=seed)
    }
    return [sample for sample in samples if sample.id not in used]
