"""Terms as a service counts them: variant by variant, which needs no limit on their number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus_engine.client.answers import Counted
from corpus_engine.client.service import Service
from corpus_engine.errors import EmptyQueryError, QueryError
from corpus_engine.types import Term

Ids = tuple[int, ...]

MOST_TERMS = 4
"""Variants that a service takes in one clause."""

_REMEMBERED = 1 << 16
_OPERATORS = (" AND ", " OR ")
"""What a service takes for operators wherever a text holds it."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to write a term."""

    text: str
    """As written; empty where it was asked for by its token ids."""

    ids: Ids
    """Its tokens."""

    value: int
    """Occurrences."""

    exact: bool
    """Whether the service says that it counted them all."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A term with its variants."""

    variants: tuple[Variant, ...]
    """Those that occur, the most frequent first; none begins with another one."""

    value: int
    """Occurrences of any variant."""

    exact: bool
    """False where the service estimated one, or could not be asked about one."""

    def parts(self) -> list[list[Ids]]:
        """Return the variants' tokens, as many together as a service takes in one clause."""
        ids = [variant.ids for variant in self.variants]
        return [ids[i : i + MOST_TERMS] for i in range(0, len(ids), MOST_TERMS)]


class Terms:
    """Counts terms; what was counted is remembered, what failed is not.

    Parameters
    ----------
    service : Service
        Who is asked.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._counted = lru_cache(_REMEMBERED)(self._count)

    def clauses(self, terms: Sequence[Term]) -> list[Clause]:
        """Return each term with its occurrences, every distinct variant asked for once.

        Raises
        ------
        EmptyQueryError
            If a term has no letter and no digit.
        QueryError
            If every variant of a term holds what the service takes for an operator.
        """
        variants = [_variants(term) for term in terms]
        counted = self._many(text for texts in variants for text in texts if _askable(text))
        return [
            _clause(
                [counted[text] for text in texts if text in counted],
                whole=all(map(_askable, texts)),
            )
            for texts in variants
        ]

    def clauses_of_ids(self, clauses: Sequence[Sequence[Sequence[int]]]) -> list[Clause]:
        """Return clauses of token-id sequences with their occurrences."""
        nested = [[tuple(map(int, ids)) for ids in clause] for clause in clauses]
        if not nested or not all(map(all, nested)) or not all(nested):
            raise QueryError(
                f"clauses are {clauses!r}, expected at least one, each with at least one sequence "
                "of at least one token id"
            )
        counted = self._many(ids for clause in nested for ids in clause)
        return [_clause([counted[ids] for ids in clause], whole=True) for clause in nested]

    def total(self) -> int:
        """Return the tokens of the corpus."""
        return self._counted(()).value

    def count_ids(self, ids: Sequence[int]) -> Variant:
        """Return the occurrences of a sequence of token ids."""
        return self._counted(tuple(map(int, ids)))

    def _many(self, queries: Iterable[str | Ids]) -> Mapping[str | Ids, Variant]:
        distinct = list(dict.fromkeys(queries))
        return dict(zip(distinct, self._service.map(self._counted, distinct), strict=True))

    def _count(self, query: str | Ids) -> Variant:
        service = self._service
        if isinstance(query, str):
            answer = service.ask(Counted, "count", query=query)
            text, ids = query, tuple(answer.token_ids)
            if not ids:
                raise EmptyQueryError(f"{query!r} has no tokens in the service {service.url}")
        else:
            answer = service.ask(Counted, "count", query_ids=list(query))
            text, ids = "", query
        return Variant(text, ids, answer.count, not answer.approx)


def _clause(variants: Iterable[Variant], *, whole: bool) -> Clause:
    """Join variants; a place where one matches that begins with another counts for that one."""
    shortest_first = sorted(variants, key=lambda variant: len(variant.ids))
    kept: list[Variant] = []
    for variant in shortest_first:
        if not any(variant.ids[: len(other.ids)] == other.ids for other in kept):
            kept.append(variant)
    found = sorted((v for v in kept if v.value), key=lambda variant: -variant.value)
    return Clause(
        tuple(found),
        sum(variant.value for variant in found),
        whole and all(variant.exact for variant in kept),
    )


def _variants(term: Term) -> list[str]:
    texts = [text.strip() for text in ([term] if isinstance(term, str) else term)]
    texts = [text for text in dict.fromkeys(texts) if any(map(str.isalnum, text))]
    if not texts:
        raise EmptyQueryError(
            f"{term!r} has no words to look for; give at least one letter or digit"
        )
    if not any(map(_askable, texts)):
        raise QueryError(
            f"{term!r} holds {' or '.join(map(repr, _OPERATORS))}, which an infini-gram service "
            "takes for an operator; ask by token ids"
        )
    return texts


def _askable(text: str) -> bool:
    return not any(operator in text for operator in _OPERATORS)
