"""What was worked out lately."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Works values out, many at once, and keeps the latest; not for several threads at once.

    Parameters
    ----------
    work_out : callable
        From distinct keys to their values, in order.
    size : int
        Values that are kept.

    Examples
    --------
    >>> lengths = Recent(lambda words: [len(word) for word in words], 2)
    >>> lengths.get(["one", "three", "one"])
    [3, 5, 3]
    """

    def __init__(self, work_out: Callable[[Sequence[Key]], Iterable[Value]], size: int) -> None:
        self._work_out = work_out
        self._size = size
        self._kept: dict[Key, Value] = {}

    def get(self, keys: Sequence[Key]) -> list[Value]:
        """Return the values of keys, in order."""
        found = {key: self._kept.pop(key) for key in dict.fromkeys(keys) if key in self._kept}
        new = [key for key in dict.fromkeys(keys) if key not in found]
        if new:
            found |= zip(new, self._work_out(new), strict=True)
        self._kept |= found  # the latest are last
        for key in list(self._kept)[: max(0, len(self._kept) - self._size)]:
            del self._kept[key]
        return [found[key] for key in keys]

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._kept)
