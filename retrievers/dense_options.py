"""How vectors are indexed."""

import math
import re
from dataclasses import dataclass
from typing import Literal

from retrievers.errors import QueryError

Metric = Literal["cosine", "inner_product"]
Storage = Literal["float32", "float16"]

FLAT_UP_TO = 100_000
HNSW_UP_TO = 1_000_000

_FACTORY = re.compile(r"(Flat|SQfp16)|(HNSW\d+)([,_]\w+)?|IVF(\d+)(_HNSW\d+)?,\w+(x\w+)?")
_PLAIN = re.compile(r"Flat|HNSW\d+|IVF\d+(_HNSW\d+)?,Flat")


@dataclass(frozen=True, slots=True)
class DenseOptions:
    """Kind of FAISS index, metric and storage.

    Raises
    ------
    QueryError
        If a value is unknown or out of range.
    """

    factory: str | None = None
    """`Flat`, `HNSW<m>`, `IVF<lists>,Flat` or another FAISS factory string that starts with one
    of these; None chooses by size: Flat (exact) up to 100,000 vectors, HNSW32 up to a million,
    then IVF."""

    metric: Metric = "cosine"
    """Cosine scales all vectors to length 1; inner product takes them as they are."""

    storage: Storage = "float32"
    """float16 halves memory and file, at a loss of about 0.0005 in a score."""

    ef_construction: int = 200
    """HNSW: candidates looked at when a vector is added."""

    ef_search: int = 192
    """HNSW: candidates looked at by a query; at least k are."""

    n_probe: int | None = None
    """IVF: lists that a query reads; None reads an eighth of them."""

    def __post_init__(self) -> None:
        if self.metric not in ("cosine", "inner_product"):
            raise QueryError(f"metric is 'cosine' or 'inner_product', got {self.metric!r}")
        if self.storage not in ("float32", "float16"):
            raise QueryError(f"storage is 'float32' or 'float16', got {self.storage!r}")
        if self.factory is not None and not _FACTORY.fullmatch(self.factory):
            raise QueryError(
                f"factory must be Flat, HNSW<m>, IVF<lists>,Flat or the like, got {self.factory!r}"
            )
        if self.storage == "float16" and self.factory and not _PLAIN.fullmatch(self.factory):
            raise QueryError(f"{self.factory!r} sets its own storage; leave storage at 'float32'")
        for name in ("ef_construction", "ef_search", "n_probe"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise QueryError(f"{name} must be 1 or more, got {value}")

    def factory_for(self, n: int) -> str:
        """Return the FAISS factory string for `n` vectors.

        Examples
        --------
        >>> [DenseOptions().factory_for(n) for n in (1_000, 700_000, 4_000_000)]
        ['Flat', 'HNSW32', 'IVF8192,Flat']
        >>> DenseOptions("HNSW16", storage="float16").factory_for(10)
        'HNSW16,SQfp16'
        """
        factory = self.factory or _default_factory(n)
        if self.storage == "float32":
            return factory
        if factory.startswith("HNSW"):
            return f"{factory},SQfp16"
        return factory.replace("Flat", "SQfp16")


def _default_factory(n: int) -> str:
    if n <= FLAT_UP_TO:
        return "Flat"
    if n <= HNSW_UP_TO:
        return "HNSW32"
    return f"IVF{2 ** round(math.log2(4 * math.sqrt(n)))},Flat"
