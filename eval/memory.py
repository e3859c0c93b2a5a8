"""Remembers what was retrieved, so that no method waits for a query that another one asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from quco.controller.effects import Effect, Reply, Retrieve
from quco.controller.world import World

Memory = dict[Retrieve, Reply]
"""Replies by retrieval."""


@dataclass(frozen=True, slots=True)
class RememberingWorld(World):
    """A world that retrieves nothing twice.

    A remembered reply keeps the seconds that it took, so that costs do not depend on the order of
    methods. Failures are not remembered.
    """

    memory: Memory = field(default_factory=dict)
    """What was retrieved so far; may be shared."""

    def perform(self, effect: Effect) -> Reply:
        """Carry out one effect, or return what it gave before."""
        if not isinstance(effect, Retrieve):
            return World.perform(self, effect)
        known = self.memory.get(effect)
        if known is None:
            known = World.perform(self, effect)
            if known.error is None:
                self.memory[effect] = known
        return known
