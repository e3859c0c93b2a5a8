"""What all methods of `InfiniGramEngine` share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from corpus_engine.documents import Documents
from corpus_engine.infini_gram import checks
from corpus_engine.search import Search

Ids: TypeAlias = Sequence[int]
Cnf: TypeAlias = Sequence[Sequence[Sequence[int]]]


class Methods:
    """An index, and how ids become stream bytes; `InfiniGramEngine` fills it in."""

    _search: Search
    _documents: Documents
    token_id_max: int

    def _encoded(self, value: Ids) -> bytes:
        tokens = checks.ids("input_ids", value, self.token_id_max + 1)
        return np.array(tokens, f"<u{self._search.width}").tobytes()
