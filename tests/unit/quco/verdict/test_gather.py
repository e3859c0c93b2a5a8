"""What the corpus is asked of a claim."""

import pytest

from quco.types import Triplet
from quco.verdict import ClaimEvidence, VerdictPolicy
from quco.verdict.gather import Gatherer
from tests.fakes import FakeStatistics

DOCUMENTS = {
    "The Wire": "The Wire is a series that the network HBO showed. " + "Much was said. " * 30,
    "Network": "A network is a thing of cables. A cable is one.",
}


def gather(tail: str, *, reads_windows: bool = True) -> ClaimEvidence:
    statistics = FakeStatistics(DOCUMENTS)
    gatherer = Gatherer(statistics, VerdictPolicy(), {})
    claim = Triplet("The Wire", "broadcast by", tail)
    counts = gatherer.count_terms([claim])
    return gatherer.gather(claim, counts, statistics.n_tokens, reads_windows=reads_windows)


def test_a_tail_that_never_occurs_is_looked_up_word_by_word() -> None:
    found = gather("the cable network HBO of The Wire")
    assert found.tail_count == 0
    meets = {word: times > 0 for word, times in found.near_words.items()}
    assert meets == {"hbo": True, "network": True, "cable": False}


@pytest.mark.parametrize("tail", ["HBO", "Nobody Known"])
def test_no_word_is_looked_up_that_could_tell_nothing(tail: str) -> None:
    assert gather(tail).near_words == {}


def test_a_rule_that_counts_alone_needs_no_words() -> None:
    assert gather("the cable network HBO", reads_windows=False).near_words == {}


def test_only_the_rarest_words_are_looked_up() -> None:
    many = gather("a thing that the network HBO showed much was said is one")
    assert len(many.near_words) == 6
    assert "said" not in many.near_words
