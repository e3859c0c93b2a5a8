"""DRAGIN: retrieve at an uncertain word that matters for what follows, with what it attends to."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean

from pydantic import Field

from eval.methods.aligning import Word, tokens_of, words_of
from eval.methods.attending import attended_query, attention_of, later_attention
from eval.methods.base import Method, MethodOptions
from eval.methods.stopwords import is_stopword
from eval.methods.writing import Work, Writer, written
from eval.types import Sample
from quco.controller.loop import Steps
from quco.errors import GenerationError
from quco.types import Generation, Token


class DraginOptions(MethodOptions):
    """Options of DRAGIN; the defaults are its published configuration for 2WikiMultihopQA."""

    threshold: float = Field(default=1.2, ge=0)
    """A word whose score is above this triggers; the score is relative to its sentence."""

    query_words: int = Field(default=40, ge=1)
    """Words of the query."""


class Dragin(Method[DraginOptions]):
    """RIND and QFS (Su et al. 2024, arXiv 2403.10081, sections 3.1 to 3.3).

    A word scores its entropy times the greatest attention that a later token pays it times 0 for a
    stop word. As in the reference code attention is normalised over the words of a sentence, times
    their number. At the first word above the threshold the text is cut, the words it attends to
    most are the query, and the answer goes on with passages for a draft. The attention is the mean
    over heads, where the reference code takes the greatest of each head first.
    """

    name = "dragin"
    source = "Su et al. 2024, arXiv 2403.10081, section 3; reference code oneal2000/DRAGIN"
    needs = frozenset({"entropy", "attentions"})
    dynamic = True
    options_type = DraginOptions

    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""
        return written(self, sample, lambda writer: _write(writer, self.options))


@dataclass(frozen=True, slots=True)
class Trigger:
    """The word at which to retrieve."""

    word: Word
    """The word."""

    score: float
    """Its score."""

    before: str
    """The draft's text before it."""


def _write(writer: Writer, options: DraginOptions) -> Work[None]:
    while writer.room > 0:
        length = min(options.draft_tokens, writer.room)
        draft = yield from writer.draft(length, bare=True, logprobs=True, attentions=True)
        sentences = writer.split(draft.text)
        found = find_trigger(draft, sentences, options.threshold) if draft.tokens else None
        if found is None:
            if not writer.accept_draft(draft, "no word above the threshold"):
                return
            continue
        reason = f"{found.word.text!r} scores {found.score:.2f}, above {options.threshold:g}"
        query = attended_query(draft, found.word, options.query_words) or writer.question
        if not (yield from retrieve_at(writer, found.before, query, reason, length)):
            return


def retrieve_at(writer: Writer, before: str, query: str, reason: str, length: int) -> Work[bool]:
    """Keep the text before a word, retrieve, and go on for a draft; return whether to go on."""
    yield from writer.retrieve(query, reason)
    if before.strip() and not writer.accept(before, "before the trigger"):
        return False
    draft = yield from writer.draft(length)
    return writer.accept_draft(draft, "after the retrieval")


def find_trigger(draft: Generation, sentences: list[str], threshold: float) -> Trigger | None:
    """Return the first word of the draft whose score is above the threshold.

    Raises
    ------
    GenerationError
        If the draft has no entropies or no attention.
    """
    words = words_of([token.text for token in draft.tokens])
    attended = later_attention(attention_of(draft), words)
    for group in by_sentence(words, sentences, draft):
        total = sum(attended[i] for i in group) or 1.0
        for i in group:
            weight = attended[i] / total * len(group)
            score = word_entropy(words[i], draft.tokens) * weight
            if score > threshold and not is_stopword(words[i].text):
                before = "".join(token.text for token in draft.tokens[: words[i].first])
                return Trigger(words[i], score, before)
    return None


def by_sentence(words: list[Word], sentences: list[str], draft: Generation) -> list[list[int]]:
    """Return the positions of the words of each sentence."""
    ends: list[int] = []
    text = ""
    for sentence in sentences:
        text += sentence
        ends.append(len(tokens_of(text, draft)))
    groups: list[list[int]] = [[] for _ in ends]
    for i, word in enumerate(words):
        at = next((n for n, end in enumerate(ends) if word.first < end), None)
        if at is not None:
            groups[at].append(i)
    return groups


def word_entropy(word: Word, tokens: tuple[Token, ...]) -> float:
    """Return the mean entropy of a word's tokens, in nats."""
    found = [token.entropy for token in tokens[word.first : word.end]]
    known = [value for value in found if value is not None]
    if len(known) < len(found):
        raise GenerationError("entropies were asked for; the generator returned none")
    return mean(known)
