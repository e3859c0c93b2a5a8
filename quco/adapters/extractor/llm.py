"""Entities and claims by a language model, any that `quco.ports.Generator` wraps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from quco.adapters.extractor.sentences import split_sentences
from quco.errors import ExtractionError, GenerationError
from quco.ports import ExtractionContext, Generator
from quco.types import Entity, GenerationRequest, Message, Triplet

_TASK = (
    "You list what a sentence claims, for a fact checker. Answer with one JSON list of claims, "
    "each a list of three strings: who or what the claim is about, the relation, and the value; "
    '"?" as the value where the sentence asks for it. Copy names and dates as written, replace '
    'pronouns by the name they stand for, begin the relation with "not" where the sentence denies '
    "it, and leave out opinions and comparisons. Answer [] where nothing can be looked up."
)
_EXAMPLES: tuple[tuple[str, str, list[list[str]]], ...] = (
    ("", "Who composed the opera Fidelio?", [["Fidelio", "composed by", "?"]]),
    ("Both men died in 1950.", "Thus, they died in the same year.", []),
    ("Nosferatu is a film by F. W. Murnau.", "He was not born in Berlin.",
     [["F. W. Murnau", "not born in", "Berlin"]]),
    (
        "",
        "Marie Curie, born in Warsaw, won the Nobel Prize in Physics in 1903.",
        [
            ["Marie Curie", "born in", "Warsaw"],
            ["Marie Curie", "won", "Nobel Prize in Physics"],
            ["Marie Curie", "won Nobel Prize in", "1903"],
        ],
    ),
    ("Who wrote Dubliners?", "Dubliners was written by James Joyce.",
     [["Dubliners", "written by", "James Joyce"]]),
)  # fmt: skip
_GRAMMAR = r"""
root ::= " "? "[" space (claim (comma claim)*)? "]"
claim ::= "[" space string comma string comma string "]"
comma ::= "," space
string ::= "\"" char* "\""
char ::= [^"\\\x00-\x1F] | "\\" ["\\/bfnrt]
space ::= " "?
"""
_LIST = re.compile(r"\[\s*((?:\"(?:[^\"\\]|\\.)*\"\s*,?\s*){2,3})\]")
_NAMES = (("head", "subject"), ("relation", "predicate"), ("tail", "object", "value"))
_NOT = re.compile(r"^(?:(?:is|was|are|were|has|had|do|does|did) )?(?:not|never) ", re.IGNORECASE)
_CACHED = 256
"""Sentences of which the claims are kept: one is checked, and then said before others."""

_UNKNOWN = frozenset(("", "?", "unknown", "none", "null"))


class LlmExtractor:
    """Asks a language model what a sentence claims.

    Parameters
    ----------
    generator : Generator
        The model. One that was tuned for the task, such as the one distilled for QuCo-RAG (hub
        name ``ZhishanQ/QuCo-extractor-0.5B``), serves as well as a general one that follows
        instructions. The answer is constrained to JSON by a grammar where the backend can.
    max_tokens : int, default=256
        New tokens for one sentence.
    """

    def __init__(self, generator: Generator, *, max_tokens: int = 256) -> None:
        self.generator = generator
        self._max_tokens = max_tokens
        self._asked = lru_cache(_CACHED)(self._ask_model)

    def split(self, text: str) -> list[str]:
        """Return the sentences of `text`; joined, they give `text` back to the character."""
        return split_sentences(text)

    def entities(self, text: str) -> list[Entity]:
        """Return the entities of `text`: heads and tails of its claims that it names verbatim.

        Raises
        ------
        ExtractionError
            If the model fails.
        """
        found: dict[str, Entity] = {}
        for triplet in self.triplets(text):
            for name in (triplet.head, triplet.tail or ""):
                start = text.find(name) if name else -1
                if start >= 0:
                    found.setdefault(name.casefold(), Entity(name, "", start, start + len(name)))
        return sorted(found.values(), key=lambda entity: entity.start)

    def triplets(self, sentence: str, context: ExtractionContext | None = None) -> list[Triplet]:
        """Return the claims of one sentence; of a question, with the tail None.

        Raises
        ------
        ExtractionError
            If the model fails.
        """
        if not sentence.strip():
            return []
        return list(self._asked(sentence, _said(context or ExtractionContext())))

    def _ask_model(self, sentence: str, said: str) -> tuple[Triplet, ...]:
        request = GenerationRequest(
            _messages(sentence, said),
            max_tokens=self._max_tokens,
            stop=("\n\n",),
            grammar=_GRAMMAR,
        )
        try:
            answer = self.generator.generate([request])[0].text
        except GenerationError as exc:
            raise ExtractionError(f"the model {self.generator.name!r} failed: {exc}") from exc
        return tuple(parse_claims(answer))


def _said(context: ExtractionContext) -> str:
    """Return what the model is shown of what came before."""
    return " ".join([context.question, *context.preceding[-3:]]).strip()


def _messages(sentence: str, said: str) -> tuple[Message, ...]:
    """Return one message: worked examples, which chat models and plain ones continue alike."""
    blocks = [f"{_ask(before, text)} {json.dumps(claims)}" for before, text, claims in _EXAMPLES]
    return (Message("user", "\n\n".join([_TASK, *blocks, _ask(said, sentence)])),)


def _ask(before: str, sentence: str) -> str:
    said = " ".join(before.split()) or "-"
    return f"Before: {said}\nSentence: {' '.join(sentence.split())}\nClaims:"


def parse_claims(answer: str) -> list[Triplet]:
    """Return the claims in a model's answer, however it is wrapped or cut.

    Lists of three strings, objects with a head, a relation and a tail, a fence or words around
    them, an end in the middle of a claim: what is whole is taken, the rest is passed over.

    Examples
    --------
    >>> [str(claim) for claim in parse_claims('Sure: [["Jaws", "released in", "1975"], ["Ja')]
    ['(Jaws | released in | 1975)']
    """
    found = dict.fromkeys(_triplet(parts) for parts in _parts(answer))
    return [triplet for triplet in found if triplet is not None]


def _parts(answer: str) -> Iterator[Sequence[str]]:
    decoder = json.JSONDecoder()
    for start in (match.start() for match in re.finditer(r"[\[{]", answer)):
        try:
            value, _ = decoder.raw_decode(answer, start)
        except ValueError:
            continue
        whole = list(_claims_in(value))
        if whole:
            yield from whole
            return
    for match in _LIST.finditer(answer):
        yield re.findall(r"\"((?:[^\"\\]|\\.)*)\"", match[1])


def _claims_in(value: Any) -> Iterator[Sequence[str]]:
    if isinstance(value, dict):
        parts = [next((str(value[k]) for k in names if value.get(k)), "") for names in _NAMES]
        if parts[0] and parts[1]:
            yield parts
            return
        value = list(value.values())
    if isinstance(value, list):
        if 2 <= len(value) <= len(_NAMES) and all(isinstance(part, str) for part in value):
            yield value
            return
        for part in value:
            yield from _claims_in(part)


def _triplet(parts: Sequence[str]) -> Triplet | None:
    head, relation, tail = (" ".join(part.split()) for part in (*parts, "?")[: len(_NAMES)])
    if not relation or head.casefold() in _UNKNOWN or head == tail:
        return None
    wording = _NOT.sub("", relation)
    negated = wording != relation
    return Triplet(head, wording, None if tail.casefold() in _UNKNOWN else tail, negated)
