"""Carries out the effects of a loop: the generator, the retriever and the checker behind them.

Any loop that yields effects (see `effects`) runs over a world: the one in `loop`, and others that
decide differently when to retrieve.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from quco.controller.effects import (
    CheckQuestion,
    CheckSentence,
    Effect,
    Generate,
    LookAround,
    Reply,
    Retrieve,
    Value,
)
from quco.controller.watching import DraftReader
from quco.errors import QuCoError, RetrievalError
from quco.ports import Checker, Generator, Retriever
from quco.types import GenerationRequest

E = TypeVar("E", Generate, CheckQuestion, CheckSentence)


@dataclass(frozen=True, slots=True)
class World:
    """The parts that effects ask for."""

    generator: Generator
    """The language model."""

    retriever: Retriever | None
    """Finds passages; None where nothing is ever retrieved."""

    checker: Checker
    """Asks the corpus."""

    def perform(self, effect: Effect) -> Reply:
        """Carry out one effect; an error of a part is a reply too.

        Checks of a draft that is watched are not part of its seconds.
        """
        start = _clock(effect)
        try:
            value = self._carry_out(effect)
        except QuCoError as error:
            return Reply(error=error, seconds=_clock(effect) - start)
        return Reply(value, seconds=_clock(effect) - start)

    def generate(self, effects: Sequence[Generate]) -> list[Reply]:
        """Carry out drafts in one call of the generator, each charged an equal share of its time.

        Where that call fails each is tried alone, so that one bad prompt spoils no other.
        """
        return self._together(
            effects, lambda drafts: self.generator.generate([self._watched(e) for e in drafts])
        )

    def perform_many(self, effects: Mapping[int, Effect]) -> dict[int, Reply]:
        """Carry out an effect of each of several questions; those of a kind share one call."""
        drafts = {i: e for i, e in effects.items() if isinstance(e, Generate)}
        questions = {i: e for i, e in effects.items() if isinstance(e, CheckQuestion)}
        sentences = {i: e for i, e in effects.items() if isinstance(e, CheckSentence)}
        alone = {i: e for i, e in effects.items() if isinstance(e, (Retrieve, LookAround))}
        return (
            dict(zip(drafts, self.generate(list(drafts.values())), strict=True))
            | dict(zip(questions, self._check_questions(list(questions.values())), strict=True))
            | dict(zip(sentences, self._check_sentences(list(sentences.values())), strict=True))
            | {i: self.perform(effect) for i, effect in alone.items()}
        )

    def _check_questions(self, effects: Sequence[CheckQuestion]) -> list[Reply]:
        return self._together(
            effects, lambda asked: self.checker.check_questions([e.question for e in asked])
        )

    def _check_sentences(self, effects: Sequence[CheckSentence]) -> list[Reply]:
        return self._together(
            effects,
            lambda asked: self.checker.check_sentences([(e.sentence, e.context) for e in asked]),
        )

    def _together(
        self, effects: Sequence[E], call: Callable[[Sequence[E]], Sequence[Value]]
    ) -> list[Reply]:
        if len(effects) < 2:
            return [self.perform(effect) for effect in effects]
        start = _clock(*effects)
        try:
            values = call(effects)
        except QuCoError:
            return [self.perform(effect) for effect in effects]
        share = (_clock(*effects) - start) / len(effects)
        return [Reply(value, seconds=share) for value in values]

    def _watched(self, effect: Generate) -> GenerationRequest:
        """Return a request that ends where whoever watches has seen enough."""
        if effect.watch is None:
            return effect.request
        reader = DraftReader(effect.watch, self.checker.split, self.perform)
        return replace(effect.request, enough=reader)

    def _carry_out(self, effect: Effect) -> Value:
        match effect:
            case Generate():
                return self.generator.generate([self._watched(effect)])[0]
            case Retrieve(query, k):
                if self.retriever is None:
                    raise RetrievalError("no retriever is configured")
                return self.retriever.retrieve(query, k)
            case CheckQuestion(question):
                return self.checker.check_question(question)
            case LookAround(report, articles):
                return self.checker.look_around(report, articles=articles)
            case CheckSentence(sentence, context):
                return self.checker.check_sentence(sentence, context)


def _clock(*effects: Effect) -> float:
    """Return the seconds of a clock that stands still while drafts are checked."""
    watches = [effect.watch for effect in effects if isinstance(effect, Generate) and effect.watch]
    checked = sum(reply.seconds for watch in watches for reply in watch.replies.values())
    return time.perf_counter() - checked
