"""A generator whose every token has a known probability, entropy and attention."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from quco.ports import ExtractionContext, GeneratorCapabilities
from quco.types import Attention, Entity, Generation, GenerationRequest, Token, Triplet
from tests.scripted import task_of

Script = Callable[[str, bool], str]
"""From the prefix and whether passages are shown to the rest of the whole answer."""


class TokenGenerator:
    """Continues answers by a script; a word with its space is a token.

    Parameters
    ----------
    script : callable
        See `Script`.
    logprobs, entropies : mapping
        By the word without white space; what is not there is certain: 0.
    attends : mapping
        From a generated word to the earlier words it attends to, in equal parts; else the
        attention is spread evenly.
    """

    name = "scripted tokens"

    def __init__(
        self,
        script: Script,
        *,
        logprobs: dict[str, float] | None = None,
        entropies: dict[str, float] | None = None,
        attends: dict[str, list[str]] | None = None,
    ) -> None:
        self.script = script
        self.logprobs = logprobs or {}
        self.entropies = entropies or {}
        self.attends = attends or {}
        self.capabilities = GeneratorCapabilities(logprobs=True, entropy="exact", attentions=True)
        self.requests: list[GenerationRequest] = []
        self.batches: list[int] = []

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        self.batches.append(len(requests))
        return [self._one(request) for request in requests]

    @property
    def shown(self) -> list[bool]:
        """Of each request, whether passages were shown."""
        return ["Context:" in task_of(request) for request in self.requests]

    def _one(self, request: GenerationRequest) -> Generation:
        self.requests.append(request)
        whole = self.script(request.prefix, "Context:" in task_of(request))
        words = re.findall(r"\s*\S+", whole)
        kept = words[: request.max_tokens]
        tokens = tuple(
            Token(w, self.logprobs.get(w.strip(), 0.0), self.entropies.get(w.strip(), 0.0))
            for w in kept
        )
        return Generation(
            "".join(kept),
            "length" if len(kept) < len(words) else "stop",
            n_prompt_tokens=len(request.messages[0].content.split()),
            n_completion_tokens=len(kept),
            tokens=tokens if request.logprobs else (),
            attention=self._attention(request, kept) if request.attentions and kept else None,
        )

    def _attention(self, request: GenerationRequest, new: list[str]) -> Attention:
        before = re.findall(r"\s*\S+", request.messages[0].content + request.prefix)
        texts = [*before, *new]
        weights = np.zeros((len(new), len(texts)), dtype=np.float32)
        for row, word in enumerate(new):
            end = len(before) + row + 1
            wanted = self.attends.get(word.strip())
            chosen = [i for i in range(end) if wanted is None or texts[i].strip() in wanted]
            weights[row, chosen] = 1 / len(chosen)
        return Attention(tuple(texts), weights)


class WordExtractor:
    """Sentences end with a full stop; names are capitalised; "X is Y." is a claim."""

    def split(self, text: str) -> list[str]:
        return re.findall(r"\s*[^.]+\.?\s*$|\s*[^.]+\.", text)

    def entities(self, text: str) -> list[Entity]:
        names = re.findall(r"\b[A-Z]\w*", text)
        return [Entity(name) for name in dict.fromkeys(names) if name not in {"Who", "Where"}]

    def triplets(self, sentence: str, context: ExtractionContext | None = None) -> list[Triplet]:
        found = re.fullmatch(r"\s*(\w+) is (\w+)\.", sentence)
        return [Triplet(found[1], "is", found[2])] if found else []


def then(*drafts: str) -> Script:
    """Return a script that gives these texts one after the other, whatever it is asked."""
    left = list(drafts)
    return lambda _prefix, _shown: left.pop(0)


def whole(text: str, *, with_passages: str | None = None) -> Script:
    """Return a script that continues one answer, another one where passages are shown.

    A prefix that belongs to the other answer is continued at the same length.
    """

    def rest(prefix: str, shown: bool) -> str:
        answer = with_passages if shown and with_passages is not None else text
        return answer[len(prefix) :]

    return rest
