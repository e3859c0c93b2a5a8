"""What a pronoun or a definite description refers to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from quco.adapters.extractor.spans import Span
from quco.types import Triplet
from quco.verdict.vectors import stem

_PERSONAL = frozenset("he she him her his hers himself herself who whom whose".split())
_NEUTRAL = frozenset("it its itself this which that".split())
_PLACES = frozenset(("GPE", "LOC", "NORP"))
PERSON_NOUNS = frozenset(
    "actor actress artist author composer director king queen man woman musician novelist painter"
    " person poet politician president producer ruler singer scientist writer player footballer"
    " father mother husband wife son daughter brother sister emperor prince princess duke".split()
)
"""Nouns whose definite description ("the director") means a person."""


class Resolver:
    """Finds the nearest fitting name before a pronoun.

    Parameters
    ----------
    known : sequence of Span
        Names of the question and of earlier sentences, oldest first.
    told : callable, optional
        Gives the claims of earlier sentences, oldest first; asked for a description alone.
    """

    def __init__(
        self, known: Sequence[Span], told: Callable[[], Sequence[Triplet]] = tuple
    ) -> None:
        self._told = told
        self._names = [span for span in known if span.kind == "NAME"]
        self._subject: Span | None = None

    def seen(self, span: Span) -> None:
        """Note a name of the sentence that is being read."""
        if span.kind == "NAME":
            self._names.append(span)

    def seen_subject(self, span: Span) -> None:
        """Note a subject of the sentence: a pronoun after it means it rather than an object."""
        if span.kind == "NAME":
            self._subject = span

    def full_name(self, span: Span) -> str:
        """Return the first name that was used for what `span` names by a part of it.

        "Altman", after "Robert Altman", is Robert Altman; so is "Bob Altman".
        """
        words = span.text.split()
        if span.label in _PLACES or span.kind == "DATE":
            return span.text
        for known in self._names:
            earlier = re.split(r",| \(", known.text)[0].split()
            is_person = "PERSON" in {known.label, span.label} or not (known.label or span.label)
            is_short = len(words) < len(earlier) or span.label == "PERSON"
            is_name = len(earlier) > 1 and "of" not in earlier
            if is_person and is_short and is_name and words[-1] == earlier[-1]:
                return known.text
        return span.text

    def pronoun(self, word: str) -> str | None:
        """Return the name that a pronoun refers to; None where nothing fits."""
        folded = word.casefold()
        if folded in _PERSONAL:
            return self._nearest(person=True)
        if folded in _NEUTRAL:
            return self._nearest(person=False)
        return None

    def description(self, noun: str) -> str | None:
        """Return the name that "the `noun`" refers to; None where nothing fits."""
        return self._nearest(person=noun.casefold() in PERSON_NOUNS)

    def holder(self, noun: str, owner: str) -> str | None:
        """Return who an earlier sentence said is "the `noun` of `owner`"; None where none did.

        "The director of Metropolis", after "Metropolis was directed by Fritz Lang", is Fritz Lang.
        """
        wanted = stem(noun.rsplit(maxsplit=1)[-1].casefold())
        for claim in reversed(self._told()):
            says = wanted in {stem(word) for word in claim.relation.casefold().split()}
            is_of_owner = claim.head.casefold() == owner.casefold()
            if says and is_of_owner and claim.tail and not claim.negated:
                return claim.tail
        return None

    def _nearest(self, *, person: bool) -> str | None:
        subject = [self._subject] if self._subject else []
        for span in [*subject, *reversed(self._names)]:
            is_person = span.label == "PERSON"
            if person and (is_person or (span is self._subject and span.label == "")):
                return self.full_name(span)
            if not person and not is_person and span.label not in _PLACES:
                return span.text
        rest = [span for span in self._names if span.label not in _PLACES]
        if not rest and person:
            rest = self._names  # a person whom the recogniser took for a place
        return rest[-1].text if rest else None
