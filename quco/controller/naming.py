"""Which passages name what is spoken of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from quco.surface import plain_words, variants
from quco.types import ClaimReport, Passage, SentenceReport, Verdict

_DESCRIPTION = re.compile(r"[a-z][\w\s]*?\sof\s+(?=\S)")


def naming(found: Sequence[Passage], report: SentenceReport) -> list[Passage]:
    """Return the passages that name the head of a suspect claim; all where nothing is claimed.

    Of a head that is a description, "director of Jaws", the name in it.

    Examples
    --------
    >>> from quco.types import ClaimReport, Triplet
    >>> claim = ClaimReport(Triplet("Jaws (film)", "director", "Ridley Scott"), Verdict.UNSUPPORTED)
    >>> report = SentenceReport("Ridley Scott directed Jaws.", Verdict.UNSUPPORTED, (claim,))
    >>> found = [Passage("1", "Jaws is a film."), Passage("2", "The jaw is a bone.")]
    >>> [passage.id for passage in naming(found, report)]
    ['1']
    """
    heads = [claim.triplet.head for claim in _suspect(report)]
    written = [name for head in heads for name in variants(_DESCRIPTION.sub("", head))]
    names = [plain_words(name) for name in written]
    if not names:
        return list(found)
    return [p for p in found if any_in(names, plain_words(f"{p.title} {p.text}"))]


def is_unheard_of(report: SentenceReport) -> bool:
    """Return whether the corpus holds the head of no suspect claim, so that no passage names one.

    A head that is a description is never written so, and says nothing.

    Examples
    --------
    >>> from quco.types import ClaimReport, Triplet
    >>> claim = ClaimReport(Triplet("Jawz", "director", "Ada"), Verdict.UNKNOWN, head_count=0)
    >>> is_unheard_of(SentenceReport("Ada directed Jawz.", Verdict.UNKNOWN, (claim,)))
    True
    """
    suspect = _suspect(report)
    return bool(suspect) and all(
        claim.head_count == 0 and not _DESCRIPTION.match(claim.triplet.head) for claim in suspect
    )


def _suspect(report: SentenceReport) -> list[ClaimReport]:
    return [claim for claim in report.claims if claim.verdict is not Verdict.SUPPORTED]


def any_in(names: Iterable[str], text: str) -> bool:
    """Return whether a text has one of the names in it, all as `quco.surface.words` gives them."""
    return any(name in text for name in names)
