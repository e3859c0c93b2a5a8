from concurrent.futures import ThreadPoolExecutor

import pytest

from retrievers.errors import QueryError
from retrievers.tokens import WordAnalyzer


@pytest.mark.parametrize(
    ("analyzer", "text", "terms"),
    [
        (WordAnalyzer(), "Who DIRECTED the films?", ["direct", "film"]),
        (WordAnalyzer(), "Gödel's naïve Straße, ﬁne", ["godel", "naiv", "strass", "fine"]),
        (WordAnalyzer(fold=False), "Gödel", ["gödel"]),
        (WordAnalyzer(stopwords=False, language=""), "the films", ["the", "films"]),
        (WordAnalyzer(language="german"), "Häuser", ["haus"]),
        (WordAnalyzer(), "東京 ΣΊΣΥΦΟΣ R2-D2 1,898", ["東京", "σισυφοσ", "r2", "d2", "1", "898"]),
        (WordAnalyzer(), " \n!?", []),
    ],
)
def test_terms(analyzer, text, terms):
    assert analyzer(text) == terms


def test_settings_bring_it_back():
    analyzer = WordAnalyzer("german", stopwords=False, fold=False)

    assert WordAnalyzer(**analyzer.settings()) == analyzer


def test_unknown_language_is_refused():
    with pytest.raises(QueryError, match=r"no stemmer for 'klingon'; known: .*english"):
        WordAnalyzer("klingon")("text")


def test_one_analyzer_serves_many_threads():
    analyzer = WordAnalyzer()
    words = [f"{stem}{suffix}" for stem in ("direct", "film", "play") for suffix in ("s", "ed")]
    expected = analyzer(" ".join(words))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: analyzer(" ".join(words)), range(200)))

    assert found == [expected] * 200
