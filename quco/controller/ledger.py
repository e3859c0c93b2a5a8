"""What one run has accepted, decided and spent so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast, get_origin

from quco.answer import Answer, AnswerSentence, Decision, DecisionKind, Outcome, Usage
from quco.config import ControllerPolicy
from quco.controller.citing import cite
from quco.controller.effects import Effect, Generate, Reply, Retrieve
from quco.controller.showing import fit, unseen
from quco.prompts import final_answer
from quco.types import Generation, Passage, SentenceReport

V = TypeVar("V")

CHARS_PER_TOKEN = 3
"""For estimates, the generator's tokenizer not being at hand; English prose has four or more."""


Entry = Passage | Decision | AnswerSentence
"""What the ledger tells of as it happens."""


@dataclass(slots=True)
class Ledger:
    """The growing record of an answer; everything in `Answer` is copied from here.

    Whoever drives the loop may read `log` between two steps, and pass on what is new in it.
    """

    question: str
    policy: ControllerPolicy
    sentences: list[AnswerSentence] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    passages: dict[str, Passage] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    spent: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    first_token_s: float | None = None
    log: list[Entry] = field(default_factory=list)
    passage_tokens: int = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the whole budget for passages."""
        self.passage_tokens = self.policy.max_passage_tokens

    @property
    def text(self) -> str:
        """The accepted text."""
        return "".join(sentence.text for sentence in self.sentences)

    @property
    def room(self) -> int:
        """Tokens that the answer may still have, those of the accepted text estimated."""
        return self.policy.max_tokens - len(self.text) // CHARS_PER_TOKEN

    def after(self, sentence: str) -> str:
        """Return a sentence as it stands after the accepted text: with a space, if there is any."""
        return f" {sentence}" if self.sentences else sentence

    @property
    def visible(self) -> list[Passage]:
        """The passages the model sees now."""
        return [self.passages[name] for name in self.shown]

    def charge(self, effect: Effect, reply: Reply) -> None:
        """Book what an effect has cost, whether it failed or not."""
        if isinstance(reply.value, Generation) and not self.spent["generate"]:
            wait = reply.value.first_token_s
            self.first_token_s = None if wait is None else sum(self.seconds.values()) + wait
        self.seconds[effect.part] = self.seconds.get(effect.part, 0.0) + reply.seconds
        self.spent[effect.part] += 1
        if isinstance(reply.value, Generation):
            self.spent["prompt_tokens"] += reply.value.n_prompt_tokens
            self.spent["completion_tokens"] += reply.value.n_completion_tokens

    def perform(
        self, effect: Effect, kind: type[V], known: Reply | None = None
    ) -> Generator[Effect, Reply, V]:
        """Yield an effect unless its reply is known, book its cost, return its value or raise."""
        reply = known if known is not None else (yield effect)
        self.charge(effect, reply)
        if reply.error is not None:
            raise reply.error
        if not isinstance(reply.value, get_origin(kind) or kind):
            raise TypeError(f"{effect} was answered with {reply.value!r}; expected {kind}")
        return cast(V, reply.value)

    def exhausted(self, kind: type[Effect]) -> str:
        """Return the budget that forbids one more effect of a kind; empty where none does."""
        policy = self.policy
        if policy.deadline_s is not None and sum(self.seconds.values()) >= policy.deadline_s:
            return f"the deadline of {policy.deadline_s} s has passed"
        if kind is Generate and self.spent["generate"] >= policy.max_llm_calls:
            return f"max_llm_calls={policy.max_llm_calls} is spent"
        if kind is Retrieve and self.spent["retrieve"] >= policy.max_retrievals:
            return f"max_retrievals={policy.max_retrievals} is spent"
        return ""

    def decide(self, decision: Decision) -> None:
        """Append a decision."""
        self.decisions.append(decision)
        self.log.append(decision)

    def note(self, kind: DecisionKind, report: SentenceReport, reason: str) -> None:
        """Append what is done about a sentence."""
        sentence = report.text.strip()
        self.decide(
            Decision(kind, reason, verdict=report.verdict, sentence=sentence, report=report)
        )

    def stop(self, reason: str) -> None:
        """Append the decision to write no further."""
        self.decide(Decision("stop", reason))

    def show(self, found: Sequence[Passage]) -> bool:
        """Show passages to the model; return whether any of them is new to it."""
        new = unseen(found, self.visible)
        for passage in new:
            if passage.id not in self.passages:
                self.passages[passage.id] = passage
                self.log.append(passage)
        self.shown = [*self.shown, *(p.id for p in new)][-self.policy.max_passages :]
        return bool(new)

    def look(self, places: Sequence[Passage]) -> bool:
        """Show places of the corpus; return whether any of them is new to the model."""
        is_new = self.show(places)
        self.spent["shown"] += is_new
        return is_new

    def fit(self, n_tokens: int, longest: int) -> list[Passage]:
        """Return what the model is shown in a prompt with room for `n_tokens` of passages.

        What does not fit, the oldest first, is not shown any more; `longest` is the most
        characters of one passage that the prompt shows.
        """
        room = CHARS_PER_TOKEN * min(n_tokens, self.passage_tokens)
        passages = fit(self.visible, room, longest=longest)
        self.shown = [passage.id for passage in passages]
        return passages

    def squeeze(self) -> bool:
        """Halve the room for passages; return False where none is shown as it is."""
        used = sum(len(passage.text) for passage in self.visible)
        self.passage_tokens = min(self.passage_tokens, used // CHARS_PER_TOKEN) // 2
        return bool(self.shown)

    def accept(self, report: SentenceReport, *, text: str, tries: int, marked: bool) -> None:
        """Append a sentence to the answer."""
        cited = cite(report, self.visible)
        self.sentences.append(AnswerSentence(text, report, tries, tuple(self.shown), cited, marked))
        self.log.append(self.sentences[-1])

    def answer(self, outcome: Outcome) -> Answer:
        """Return the answer as it stands."""
        usage = Usage(
            llm_calls=self.spent["generate"],
            prompt_tokens=self.spent["prompt_tokens"],
            completion_tokens=self.spent["completion_tokens"],
            retrievals=self.spent["retrieve"],
            looks=self.spent["shown"],
            checks=self.spent["check"],
            seconds=dict(self.seconds),
            first_token_s=self.first_token_s,
        )
        return Answer(
            question=self.question,
            text=self.text.strip(),
            final="" if outcome == "abstained" else final_answer(self.text),
            sentences=tuple(self.sentences),
            decisions=tuple(self.decisions),
            passages=tuple(self.passages.values()),
            usage=usage,
            outcome=outcome,
        )
