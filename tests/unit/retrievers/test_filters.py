import numpy as np
import pytest

from retrievers import Passage
from retrievers.errors import QueryError
from retrievers.filters import MetadataFilter
from retrievers.store import PassageStore

PASSAGES = [
    Passage("a", "One", "x", {"year": 1998, "language": "en", "tags": ["x", "y"]}),
    Passage("b", "Two", "x", {"year": 1999.0, "language": "de", "tags": []}, document_id="d"),
    Passage("c", "Two", "x", {"year": True, "language": "en", "title": "own"}, document_id="d"),
    Passage("e", "", "x"),
]


@pytest.fixture
def metadata():
    return MetadataFilter(PassageStore.of(PASSAGES))


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"language": "en"}, "ac"),
        ({"language": ["de", "fr"]}, "b"),
        ({"language": "en", "year": 1998}, "a"),
        ({"year": 1999}, "b"),
        ({"year": 1}, ""),
        ({"tags": "y"}, "a"),
        ({"tags": {"x", "z"}}, "a"),
        ({"document_id": "d"}, "bc"),
        ({"document_id": "e"}, "e"),
        ({"title": "Two"}, "b"),
        ({"title": "own"}, "c"),
        ({"absent": None}, ""),
        (lambda passage: passage.title == "Two", "bc"),
    ],
)
def test_what_a_filter_lets_through(metadata, where, expected):
    mask = metadata.mask(where)

    assert "".join(p.id for p, kept in zip(PASSAGES, mask, strict=True) if kept) == expected
    np.testing.assert_array_equal(metadata.mask(where), mask)


def test_no_filter_is_no_mask(metadata):
    assert metadata.mask(None) is None
    assert metadata.mask({}) is None


@pytest.mark.parametrize("where", ["language", 3, {"language": []}, {"language": [object()]}])
def test_what_is_no_filter_is_refused(metadata, where):
    with pytest.raises(QueryError):
        metadata.mask(where)
