"""The entropy of a token's distribution, where only its best few alternatives are told."""

from __future__ import annotations

import math
from collections.abc import Sequence


def top_entropy(logprobs: Sequence[float]) -> float:
    """Return the entropy in nats of the best few tokens, all others taken for one.

    At most the entropy over the whole vocabulary.

    Examples
    --------
    >>> import math
    >>> round(top_entropy([math.log(0.5), math.log(0.25)]), 3)
    1.04
    """
    masses = [math.exp(value) for value in logprobs]
    rest = 1 - math.fsum(masses)
    return -math.fsum(mass * math.log(mass) for mass in [*masses, rest] if mass > 0)
