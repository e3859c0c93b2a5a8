"""Entities by a GLiNER model, for those who have its weights; claims by another extractor."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from quco.errors import ExtractionError, MissingExtraError
from quco.types import Entity

if TYPE_CHECKING:
    from quco.ports import ExtractionContext, Extractor
    from quco.types import Triplet

LABELS = ("person", "film", "song", "book", "organization", "place", "event", "date")
"""What is looked for, in words; GLiNER takes any."""


class GlinerExtractor:
    """Finds entities with GLiNER (Zaratiana et al., 2023), claims with another extractor.

    Parameters
    ----------
    model : str
        Hub name or folder of a GLiNER model.
    claims : Extractor
        Splits texts and reads claims.
    labels : sequence of str, optional
        Kinds of entities, in words.
    threshold : float, default=0.5
        Least score of an entity, in [0, 1].
    """

    def __init__(
        self,
        model: str,
        claims: Extractor,
        *,
        labels: Sequence[str] = LABELS,
        threshold: float = 0.5,
    ) -> None:
        self.model = model
        self._claims = claims
        self._labels = list(labels)
        self._threshold = threshold

    def split(self, text: str) -> list[str]:
        """Return the sentences of `text`; joined, they give `text` back to the character."""
        return self._claims.split(text)

    def entities(self, text: str) -> list[Entity]:
        """Return the entities of `text` in order of appearance, without duplicates.

        Raises
        ------
        MissingExtraError
            If the package gliner is not installed.
        ExtractionError
            If the model cannot be loaded.
        """
        if not text.strip():
            return []
        found = self._gliner.predict_entities(text, self._labels, threshold=self._threshold)
        distinct: dict[str, Entity] = {}
        for item in sorted(found, key=lambda item: item["start"]):
            entity = Entity(item["text"], item["label"], item["start"], item["end"])
            distinct.setdefault(entity.text.casefold(), entity)
        return list(distinct.values())

    def triplets(self, sentence: str, context: ExtractionContext | None = None) -> list[Triplet]:
        """Return the claims of one sentence; of a question, with the tail None."""
        return self._claims.triplets(sentence, context)

    @cached_property
    def _gliner(self) -> Any:
        try:
            from gliner import GLiNER
        except ImportError as exc:
            raise MissingExtraError("gliner", "gliner") from exc
        try:
            return GLiNER.from_pretrained(self.model)
        except (OSError, ValueError) as exc:
            raise ExtractionError(f"cannot load the GLiNER model {self.model!r}: {exc}") from exc
