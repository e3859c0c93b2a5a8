"""What the model is asked for, and what is done where it fails."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import NoReturn

from quco.answer import Outcome
from quco.controller.effects import Effect, Generate, Reply, Watch
from quco.controller.ledger import CHARS_PER_TOKEN, Ledger
from quco.errors import GenerationError, PromptTooLongError, QuCoError
from quco.prompts import FewShotPrompt
from quco.types import Generation, GenerationRequest, Verdict


class StopError(Exception):
    """Ends the loop early with the answer as it stands."""

    def __init__(self, outcome: Outcome, reason: str, verdict: Verdict | None = None) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.verdict = verdict


class Drafter:
    """Has the accepted text continued, with as many passages as there is room for.

    Parameters
    ----------
    ledger : Ledger
        The accepted text, the passages, and where costs are noted.
    prompt : FewShotPrompt
        Makes the requests.
    room : int or None
        Tokens of prompt and answer together; None where unknown.
    """

    def __init__(self, ledger: Ledger, prompt: FewShotPrompt, room: int | None) -> None:
        self._ledger = ledger
        self._prompt = prompt
        self._room = room

    def draft(
        self, wanted: int, lead: str = "", watch: Watch | None = None
    ) -> Generator[Effect, Reply, Generation]:
        """Have the accepted text plus `lead` continued by up to `wanted` tokens.

        It may end sooner, where `watch` says so of what is written.

        Raises
        ------
        StopError
            If a budget is spent, or the generator fails after something was accepted.
        GenerationError
            If it fails before.
        """
        ledger = self._ledger
        while True:
            effect = Generate(self._request(ledger.text + lead, wanted), watch)
            if refusal := ledger.exhausted(Generate):
                raise StopError("truncated", refusal)
            try:
                return (yield from ledger.perform(effect, Generation))
            except PromptTooLongError as error:
                if ledger.squeeze():
                    continue
                self._fail(error)
            except QuCoError as error:
                self._fail(error)

    def _request(self, prefix: str, wanted: int) -> GenerationRequest:
        ledger = self._ledger
        ask = partial(self._prompt.request, ledger.question, prefix=prefix, max_tokens=wanted)
        room = ledger.policy.max_passage_tokens
        if self._room is not None:
            bare = sum(len(message.content) for message in ask(()).messages) + len(prefix)
            room = min(room, max(0, self._room - wanted - bare // CHARS_PER_TOKEN))
        return ask(ledger.fit(room, self._prompt.passage_chars))

    def _fail(self, error: QuCoError) -> NoReturn:
        if not self._ledger.sentences:
            raise GenerationError(str(error)) from error
        raise StopError("failed", f"the generator failed: {error}") from error
