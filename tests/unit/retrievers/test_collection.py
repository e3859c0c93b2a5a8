import pytest

from retrievers import Passage, PassageCollection, build_passages
from retrievers.errors import (
    CollectionExistsError,
    DuplicatePassageError,
    EncoderMismatchError,
    MissingIndexError,
    PassageError,
    QueryError,
)
from tests.fake_encoders import HashEncoder


def ids(found):
    return [passage.id for passage, _ in found]


@pytest.fixture
def folder(tmp_path, passages, encoder):
    build_passages(passages, tmp_path / "passages", encoder=encoder)
    return tmp_path / "passages"


def test_what_is_saved_is_found_again(folder, passages, encoder):
    built = PassageCollection.build(passages, encoder=encoder)

    with PassageCollection.open(folder, encoder=encoder) as opened:
        assert len(opened) == len(passages)
        for query in ("river danube", "who discovered polonium", "übermut 東京", "of the"):
            for search in ("search_dense", "search_bm25"):
                assert getattr(opened, search)(query, 4) == getattr(built, search)(query, 4)
        assert [opened.get(p.id) for p in passages] == passages
        assert opened.get("absent") is None


def test_k_larger_than_the_collection_gives_all_there_is(folder, passages, encoder):
    with PassageCollection.open(folder, encoder=encoder) as opened:
        assert len(opened.search_dense("danube", 1000)) == len(passages)
        assert ids(opened.search_bm25("danube", 1000)) == ["p2", "p1"]


@pytest.mark.parametrize("query", ["", "  \n"])
def test_blank_query_finds_nothing(folder, encoder, query):
    with PassageCollection.open(folder, encoder=encoder) as opened:
        assert opened.search_dense(query, 3) == opened.search_bm25(query, 3) == []


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(folder, encoder, k):
    with PassageCollection.open(folder, encoder=encoder) as opened:
        with pytest.raises(QueryError, match=f"1 or more, got {k}"):
            opened.search_dense("danube", k)
        with pytest.raises(QueryError, match=f"1 or more, got {k}"):
            opened.search_bm25("danube", k)


def test_another_encoder_is_refused(folder):
    with pytest.raises(EncoderMismatchError, match=r"made by 'hash' \(32.*'other' \(32\)"):
        PassageCollection.open(folder, encoder=HashEncoder(name="other"))
    with pytest.raises(EncoderMismatchError, match=r"made by 'hash' \(32.*'hash' \(16\)"):
        PassageCollection.open(folder, encoder=HashEncoder(dimension=16))


def test_a_missing_index_is_named(passages, folder):
    with pytest.raises(MissingIndexError, match="no vectors"):
        PassageCollection.build(passages).search_dense("danube", 1)
    with pytest.raises(MissingIndexError, match="no BM25"):
        PassageCollection.build(passages, bm25=False).search_bm25("danube", 1)
    with pytest.raises(MissingIndexError, match="needs an encoder"):
        PassageCollection.open(folder).search_dense("danube", 1)


def test_no_passages_and_twins_are_refused(encoder):
    with pytest.raises(PassageError, match="at least one"):
        PassageCollection.build([], encoder=encoder)
    with pytest.raises(DuplicatePassageError, match="'a' occurs twice"):
        PassageCollection.build([Passage("a", "", "x"), Passage("a", "", "y")])


def test_passages_without_a_word_are_found_by_nobody():
    collection = PassageCollection.build([Passage("a", "", "!!!"), Passage("b", "", "")])

    assert collection.search_bm25("the !!!", 2) == []


def test_an_existing_collection_needs_overwrite(folder, passages, encoder):
    with pytest.raises(CollectionExistsError, match="overwrite"):
        build_passages(passages[:2], folder, encoder=encoder)

    assert build_passages(passages[:2], folder, encoder=encoder, overwrite=True) == 2

    with PassageCollection.open(folder) as opened:
        assert len(opened) == 2
    assert len(list(folder.iterdir())) == 4  # manifest and three parts: nothing is left over


def test_other_files_are_not_touched(tmp_path, passages):
    (tmp_path / "thesis.tex").write_text("years of work")

    with pytest.raises(CollectionExistsError, match="other files"):
        build_passages(passages, tmp_path, encoder=None, overwrite=True)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_interrupted_build_leaves_the_old_collection(folder, passages, encoder, monkeypatch):
    def interrupted(self, folder):
        raise KeyboardInterrupt

    monkeypatch.setattr("retrievers.bm25_index.BM25Index.write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_passages(passages[:3], folder, encoder=encoder, overwrite=True)

    with PassageCollection.open(folder, encoder=encoder, verify=True) as opened:
        assert len(opened) == len(passages)
