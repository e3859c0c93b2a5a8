"""Verdicts from a real index, with the real extractor."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus_engine import Document, build_index
from quco.adapters.corpus import LocalStatistics
from quco.errors import StatisticsError
from quco.ports import CorpusStatistics
from quco.types import Verdict
from quco.verdict import VerdictPolicy
from quco.verifier import Verifier
from tests.fakes import FakeStatistics

TEXTS = {
    "Move (1970 film)": "Move is a 1970 American comedy film directed by Stuart Rosenberg.",
    "Stuart Rosenberg": "Stuart Rosenberg (August 11, 1927 – March 15, 2007) was an American film "
    "director. He was born in Brooklyn, New York.",
    "Brooklyn": "Brooklyn is a borough of New York City.",
}


@pytest.fixture(scope="module")
def statistics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStatistics]:
    folder = tmp_path_factory.mktemp("corpus") / "index"
    documents = [Document(name, text, {"title": name}) for name, text in TEXTS.items()]
    build_index(documents, folder)
    with LocalStatistics.open(folder) as opened:
        yield opened


def test_the_adapter_is_a_port(statistics: LocalStatistics) -> None:
    assert isinstance(statistics, CorpusStatistics)


def test_the_adapter_agrees_with_the_slow_meaning(statistics: LocalStatistics) -> None:
    slow = FakeStatistics(TEXTS)
    terms = ["Stuart Rosenberg", ("Move (1970 film)", "Move"), "nobody", ("New York",)]
    assert statistics.n_tokens == slow.n_tokens
    assert statistics.count_many(terms) == slow.count_many(terms)
    for a, b in [("film", "American"), ("Move", "Brooklyn"), (("he", "Stuart"), "New York")]:
        assert statistics.cooccurrence(a, b, window=9) == slow.cooccurrence(a, b, window=9)


def test_windows_show_both_terms_and_the_title(statistics: LocalStatistics) -> None:
    (found,) = statistics.windows("Stuart Rosenberg", "Move")
    assert found.title == found.document_id == "Move (1970 film)"
    assert found.head_span is not None
    assert found.tail_span is not None
    assert found.text[slice(*found.head_span)] == "Stuart Rosenberg"
    assert found.text[slice(*found.tail_span)] == "Move"
    assert len(statistics.windows("Brooklyn", k=5)) == 2


def test_context_widens_a_window(statistics: LocalStatistics) -> None:
    narrow = statistics.windows("Brooklyn", "New York", k=1)[0].text
    wide = statistics.windows("Brooklyn", "New York", k=1, context=400)[0].text
    assert narrow in wide
    assert wide in {f"{text}" for text in TEXTS.values()}


def test_a_text_is_judged(statistics: LocalStatistics) -> None:
    verifier = Verifier(statistics, Verifier.default(statistics).extractor, VerdictPolicy())
    report = verifier.check(
        "Move was directed by Stuart Rosenberg. He was born in Paris. So the answer is Paris.",
        question="Where was the director of the film Move (1970 film) born?",
    )
    assert [s.verdict for s in report.sentences] == [
        Verdict.SUPPORTED,
        Verdict.UNSUPPORTED,
        Verdict.UNKNOWN,
    ]
    assert str(report.sentences[1].claims[0].triplet) == "(Stuart Rosenberg | born in | Paris)"


def test_engine_errors_are_the_core_s(statistics: LocalStatistics, tmp_path: Path) -> None:
    with pytest.raises(StatisticsError, match="no words"):
        statistics.count_many(["!!!"])
    with pytest.raises(StatisticsError):
        LocalStatistics.open(tmp_path / "nothing")


def test_a_real_extractor_lets_conclusions_be_drawn(statistics: LocalStatistics) -> None:
    verifier = Verifier.default(statistics)
    text = (
        "The director of Northern Rain is Ida Roe. Ida Roe was born on 3 May 1920. "
        "The director of The Glass Hour (1950 film) is Ann Poe. Ann Poe was born on 9 June 1907. "
        "So the answer is Northern Rain."
    )
    question = "Which film has the director who was born first, Northern Rain or The Glass Hour?"
    last = verifier.check(text, question).sentences[-1]
    assert (last.verdict, last.follows) == (Verdict.UNSUPPORTED, "The Glass Hour")
    assert last.reason == "9 June 1907 is before 3 May 1920"
    question = "Do the directors of Northern Rain and The Glass Hour share the same nationality?"
    assert verifier.check(text, question).sentences[-1].lacks == "Ida Roe was"
