"""What the answers of a service must hold, by query type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from corpus_engine.types import JSON

Whole = Annotated[int, Field(ge=0)]


class Answer(BaseModel):
    """An answer; what it holds besides is passed over."""

    model_config = ConfigDict(frozen=True, strict=True)


class Counted(Answer):
    """Of ``count``."""

    count: Whole
    """Occurrences, or hits of all clauses."""

    approx: bool = False
    """Whether it is an estimate."""

    token_ids: list[Any]
    """Tokens of the query."""


class Found(Answer):
    """Of ``find``."""

    segment_by_shard: list[tuple[Whole, Whole]]
    """First rank, and one past the last, of each shard."""


class FoundTogether(Answer):
    """Of ``find_cnf``."""

    ptrs_by_shard: list[list[Whole]]
    """Byte offsets of the hits of each shard."""


class Shown(Answer):
    """Of ``get_doc_by_rank`` and ``get_doc_by_ptr``: a part of a document."""

    doc_ix: Whole
    """Number of the document."""

    token_ids: list[Whole]
    """Tokens of the part."""

    spans: list[tuple[str, Any]]
    """Its text, in pieces."""

    metadata: Any = None
    """JSON of the document's metadata, where the service gives it."""

    def text(self) -> str:
        """Return the text; its characters may differ from the document's where decoding does."""
        return "".join(piece for piece, _ in self.spans)

    def read_metadata(self) -> Mapping[str, JSON]:
        """Return the metadata; none where there is none that can be read."""
        try:
            read = json.loads(self.metadata or "{}")
        except (ValueError, TypeError):
            return {}
        return read if isinstance(read, dict) else {}


class Likely(Answer):
    """Of ``prob`` and ``infgram_prob``."""

    prompt_cnt: Whole
    """Occurrences of the prompt."""

    cont_cnt: Whole
    """Occurrences of the prompt with the token after it."""

    suffix_len: Whole | None = None
    """Tokens of the prompt that were counted; None for all."""


class Continued(Answer):
    """How often a token follows."""

    cont_cnt: Whole
    """Occurrences."""


class Following(Answer):
    """Of ``ntd`` and ``infgram_ntd``."""

    prompt_cnt: Whole
    """Occurrences of the prompt."""

    result_by_token_id: dict[int, Continued]
    """What follows it."""

    approx: bool = False
    """Whether it was counted in a sample."""

    suffix_len: Whole | None = None
    """Tokens of the prompt that were counted; None for all."""
