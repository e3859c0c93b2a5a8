from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrievers import split_document
from retrievers.errors import QueryError


def test_short_document_is_one_passage():
    (passage,) = split_document("d7", "A title", " A text.\n", {"year": 1898})

    assert (passage.id, passage.document_id, passage.title) == ("d7", "d7", "A title")
    assert (passage.text, passage.start, passage.end) == (" A text.\n", 0, 9)
    assert passage.metadata == {"year": 1898}


def test_long_document_ends_at_sentences_and_overlaps():
    sentences = [f"Sentence number {i} of a long document ends here." for i in range(60)]
    text = " ".join(sentences)

    passages = split_document("d", "T", text, max_chars=300, overlap_chars=100)

    assert len(passages) > 8
    assert all(p.text.startswith("Sentence") and p.text.endswith("here.") for p in passages)
    assert all(a.start < b.start < a.end < b.end for a, b in pairwise(passages))
    assert passages[0].id == f"d:0-{passages[0].end}"


words = st.text(alphabet="ab é東🎉.!\n ", max_size=400)


@given(text=words, max_chars=st.integers(2, 60), overlap=st.integers(0, 50))
def test_passages_are_slices_that_leave_nothing_out(text, max_chars, overlap):
    overlap = min(overlap, max_chars - 1)

    passages = split_document("d", "", text, max_chars=max_chars, overlap_chars=overlap)

    covered = set()
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert len(passage.text) <= max_chars
        covered.update(range(passage.start, passage.end))
    assert all(i in covered or text[i].isspace() for i in range(len(text)))
    assert len({p.id for p in passages}) == len(passages)


@pytest.mark.parametrize(("max_chars", "overlap"), [(10, 10), (10, -1), (0, 0)])
def test_impossible_sizes_are_refused(max_chars, overlap):
    with pytest.raises(QueryError, match=f"got {overlap} and {max_chars}"):
        split_document("d", "", "text", max_chars=max_chars, overlap_chars=overlap)
