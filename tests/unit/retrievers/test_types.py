import pytest

from retrievers import Passage, ScoredPassage
from retrievers.errors import PassageError
from retrievers.types import tracked


def test_a_passage_is_its_own_document_unless_told():
    assert Passage("p", "", "text").document_id == "p"
    assert Passage("p", "", "text", document_id="d").document_id == "d"


def test_content_is_title_and_text():
    assert Passage("p", "Title", "Text.").content == "Title\nText."
    assert Passage("p", "", "Text.").content == "Text."


def test_passages_can_be_compared_and_hashed():
    a, b = Passage("p", "", "x", {"tags": ["a"]}), Passage("p", "", "x", {"tags": ["b"]})

    assert a != b
    assert len({a, b, Passage("p", "", "x", {"tags": ["a"]})}) == 2


@pytest.mark.parametrize(
    ("fields", "message"), [({"id": ""}, "needs an id"), ({"start": -1}, "-1")]
)
def test_impossible_passages_are_refused(fields, message):
    with pytest.raises(PassageError, match=message):
        Passage(**{"id": "p", "title": "", "text": "x", **fields})


def test_a_result_unpacks():
    passage, score = ScoredPassage(Passage("p", "", "x"), 0.5)

    assert (passage.id, score) == ("p", 0.5)


@pytest.mark.parametrize("n", [0, 1, 256, 300])
def test_tracked_reports_the_end_once(n):
    seen = []

    assert list(tracked(range(n), lambda *args: seen.append(args), "s", None)) == list(range(n))

    assert seen[-1] == ("s", n, n)
    assert [done for _, done, _ in seen[:-1]] == list(range(256, n + 1, 256))
