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
    return [p for p in found if any_in(names, _words(p))]


def is_read_whole(report: SentenceReport, visible: Sequence[Passage]) -> bool:
    """Return whether passages name every suspect head as often as their whole corpus does.

    Then no other passage names one; so it is where the corpus holds none. A head that is a
    description is never written so, and says nothing. Of passages with one title, which may
    overlap, the one that names it most often counts.

    Examples
    --------
    >>> from quco.types import ClaimReport, Triplet
    >>> claim = ClaimReport(Triplet("Jaws", "director", "Ada"), Verdict.UNSUPPORTED, head_count=2)
    >>> report = SentenceReport("Ada directed Jaws.", Verdict.UNSUPPORTED, (claim,))
    >>> is_read_whole(report, [Passage("1", "Jaws is a film.")])
    False
    >>> is_read_whole(report, [Passage("1", "It is a film. Jaws is long.", "Jaws")])
    True
    """
    suspect = _suspect(report)
    return bool(suspect) and all(
        claim.head_count is not None
        and not _DESCRIPTION.match(claim.triplet.head)
        and _times_named(claim.triplet.head, visible) >= claim.head_count
        for claim in suspect
    )


def _times_named(name: str, passages: Sequence[Passage]) -> int:
    """Return how often passages have a name, in any of its variants."""
    written = sorted({plain_words(text).rstrip() for text in variants(name)}, key=len, reverse=True)
    if not written:
        return 0
    pattern = re.compile(f"(?:{'|'.join(map(re.escape, written))})(?= )")
    times: dict[str, int] = {}
    for passage in passages:
        found = len(pattern.findall(_words(passage)))
        times[passage.title] = max(found, times.get(passage.title, 0))
    return sum(times.values())


def _words(passage: Passage) -> str:
    return plain_words(f"{passage.title} {passage.text}")


def _suspect(report: SentenceReport) -> list[ClaimReport]:
    return [claim for claim in report.claims if claim.verdict is not Verdict.SUPPORTED]


def any_in(names: Iterable[str], text: str) -> bool:
    """Return whether a text has one of the names in it, all as `quco.surface.words` gives them."""
    return any(name in text for name in names)
