"""Values that the parts of an evaluation share."""

from __future__ import annotations

from dataclasses import dataclass

from quco.types import Passage


@dataclass(frozen=True, slots=True)
class Sample:
    """A question of a data set, with what counts as its answer."""

    id: str
    """Unique within the data set."""

    question: str
    """The question."""

    answers: tuple[str, ...]
    """The gold answer, then its aliases; at least one."""

    kind: str = ""
    """The data set's own type, such as ``comparison``; empty where it has none."""

    hops: int | None = None
    """Facts that have to be put together; None where the data set does not say."""

    gold: tuple[Passage, ...] = ()
    """The supporting passages, where the data set brings their text."""

    supporting_titles: tuple[str, ...] = ()
    """Titles of the supporting passages."""
