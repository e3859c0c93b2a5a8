"""Asks the corpus for what a rule needs to know of a claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from quco import surface
from quco.errors import StatisticsError
from quco.ports import CorpusStatistics, TermCount
from quco.surface import Aliases
from quco.types import Evidence, Triplet
from quco.verdict.evidence import NEAR, ClaimEvidence
from quco.verdict.policy import VerdictPolicy
from quco.verdict.prepared import is_about
from quco.verdict.reading import name_words
from quco.verdict.relation import STOP_WORDS

CONTEXT = 400
"""Characters of text read on either side of head and tail."""

_OWN_CONTEXT = 700
_N_TOGETHER = 3
_N_ALONE = 2
_N_TRIED = 6
_BESIDE = 60
_MOST_NAMES = 3
_MOST_WORDS = 6
_FREQUENT = 2e-3
_REMEMBERED = 4096
"""Terms whose variants are not worked out again."""


class Gatherer:
    """Counts terms, and gathers what a rule needs to know of claims.

    Parameters
    ----------
    statistics : CorpusStatistics
        The corpus.
    policy : VerdictPolicy
        How far, how often and how many.
    aliases : mapping
        Other names of entities, by case-folded name.
    """

    def __init__(
        self, statistics: CorpusStatistics, policy: VerdictPolicy, aliases: Aliases
    ) -> None:
        self._statistics = statistics
        self._policy = policy
        cased = policy.cased or getattr(statistics, "cased", False)
        self._names = lru_cache(_REMEMBERED)(
            partial(surface.variants, aliases=aliases, cased=cased)
        )

    def count(self, terms: Iterable[str]) -> dict[str, TermCount]:
        """Count each distinct term once, in any of its surface variants.

        Terms without a word are left out. A failure is raised and leaves nothing behind.
        """
        wanted = {term: names for term in terms if (names := self._names(term))}
        if not wanted:
            return {}
        counts = self._statistics.count_many(list(wanted.values()))
        return dict(zip(wanted, counts, strict=True))

    def places(self, term: str, *, k: int, context: int) -> list[Evidence]:
        """Return up to `k` places of a term in any of its variants, with characters around it."""
        return self._statistics.windows(self._names(term), k=k, context=context)

    def article(self, term: str) -> Evidence | None:
        """Return the beginning of the document whose title a term is, if there is one."""
        names = self._names(term)
        found = _alone(self._statistics, names, n=1, context=CONTEXT)
        return found[0] if found and is_about(found[0], _folded(names)) else None

    def count_terms(self, triplets: Iterable[Triplet]) -> dict[str, TermCount]:
        """Count heads, tails and the words of tails, all in one call."""
        return self.count(
            term for item in triplets for term in (item.head, item.tail, *_tail_words(item)) if term
        )

    def gather(
        self,
        triplet: Triplet,
        counts: Mapping[str, TermCount],
        n_tokens: int,
        *,
        reads_windows: bool,
    ) -> ClaimEvidence:
        """Ask the corpus for what a rule needs to know of a claim with a tail.

        Raises
        ------
        StatisticsError
            If the corpus could not be asked.
        """
        tail, policy = triplet.tail or "", self._policy
        evidence = ClaimEvidence(
            triplet,
            n_tokens,
            counts[triplet.head].value,
            counts[tail].value,
            cooccurrence=0,
            window=policy.window,
            head_names=self._names(triplet.head),
            tail_names=self._names(tail),
            word_counts={
                word: counts[word].value for word in _tail_words(triplet) if word in counts
            },
        )
        if evidence.head_count and evidence.tail_count:
            met = self._statistics.cooccurrence(
                evidence.head_names,
                evidence.tail_names,
                window=policy.window,
                at_least=policy.cooccurrence_at_least,
            )
            evidence = replace(evidence, cooccurrence=met.value)
        if not evidence.head_count:
            return evidence
        if reads_windows:
            together, alone = _context(self._statistics, evidence)
            near = {} if evidence.tail_count else self._near_words(evidence)
            return replace(evidence, together=together, alone=alone, near_words=near)
        return replace(evidence, together=_windows(self._statistics, evidence, policy.n_windows))

    def _near_words(self, evidence: ClaimEvidence) -> dict[str, int]:
        """Return how often the head stands near each of the rarest words of the tail."""
        own = {word for name in evidence.head_names for word in name_words(name)}
        counts = evidence.word_counts
        known = sorted((n, word) for word, n in counts.items() if n and word not in own)
        return {
            word: self._statistics.cooccurrence(
                evidence.head_names,
                self._names(word),
                window=NEAR,
                at_least=self._policy.cooccurrence_at_least,
            ).value
            for _, word in known[:_MOST_WORDS]
        }


def _windows(
    statistics: CorpusStatistics, evidence: ClaimEvidence, n_together: int
) -> tuple[Evidence, ...]:
    """Return narrow windows where head and tail meet, to be shown: none where none can be had."""
    if not (evidence.cooccurrence and n_together):
        return ()
    try:
        return tuple(
            statistics.windows(
                evidence.head_names, evidence.tail_names, window=evidence.window, k=n_together
            )
        )
    except StatisticsError:
        return ()


def _context(
    statistics: CorpusStatistics, evidence: ClaimEvidence
) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """Return wide windows: where head and tail meet, and where the head stands.

    The head alone is looked up only where no document about it is among the meetings. Where they
    never meet, windows of the head beside words of the tail come first.
    """
    together: list[Evidence] = []
    if evidence.cooccurrence:
        together = statistics.windows(
            evidence.head_names,
            evidence.tail_names,
            window=evidence.window,
            k=_N_TOGETHER,
            context=CONTEXT,
        )
    folded = _folded(evidence.head_names)
    if any(is_about(window, folded) for window in together):
        return tuple(together), ()
    if not evidence.cooccurrence:
        together = _beside_words(statistics, evidence)
    return tuple(together), tuple(
        _alone(statistics, evidence.head_names, n=_N_ALONE, context=_OWN_CONTEXT)
    )


def _beside_words(statistics: CorpusStatistics, evidence: ClaimEvidence) -> list[Evidence]:
    """Return windows of the head near the rarest words of the tail."""
    limit = evidence.n_tokens * _FREQUENT
    known = sorted((n, word) for word, n in evidence.word_counts.items() if 0 < n <= limit)
    if not known:
        return []
    words = [word for _, word in known[:3]]
    return statistics.windows(
        evidence.head_names, words, window=_BESIDE, k=_N_ALONE, context=CONTEXT
    )


def _alone(
    statistics: CorpusStatistics, names: Sequence[str], *, n: int, context: int
) -> list[Evidence]:
    """Return up to `n` windows of what is so named, those of its own article first.

    In a corpus whose documents begin with their title, an article about an entity holds its name
    twice in a row.
    """
    folded, first = _folded(names), names[:_MOST_NAMES]
    doubled = [f"{one} {other}" for one in first for other in first]
    found = statistics.windows(doubled, k=_N_ALONE, context=context)
    own = [window for window in found if is_about(window, folded)]
    if len(own) >= n:
        return own[:n]
    seen = {window.document_id for window in own}
    others = statistics.windows(names, k=_N_TRIED, context=context)
    rest = [window for window in others if window.document_id not in seen]
    rest.sort(key=lambda window: not is_about(window, folded))
    return [*own, *rest][:n]


def _folded(names: Sequence[str]) -> set[str]:
    return {name.casefold() for name in names}


def _tail_words(triplet: Triplet) -> tuple[str, ...]:
    """Return the words of a claim's tail whose frequency weighs them."""
    found = dict.fromkeys(name_words(triplet.tail or ""))
    return tuple(word for word in found if word not in STOP_WORDS)
