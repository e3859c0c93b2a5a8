import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrievers import HybridOptions, Passage, PassageCollection, build_passages
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
        PassageCollection.build(passages, bm25=None).search_bm25("danube", 1)
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


def test_a_filter_reaches_every_method(folder, encoder):
    with PassageCollection.open(folder, encoder=encoder) as opened:
        for search in (opened.search_dense, opened.search_bm25, opened.search_hybrid):
            found = ids(search("the river danube capital", 9, where={"even": True}))
            assert found
            assert set(found) <= {"p0", "p2", "p4"}
            assert search("danube", 9, where={"even": "no such value"}) == []


@pytest.mark.parametrize("fusion", ["weighted", "reciprocal_rank"])
def test_hybrid_finds_what_either_finds(folder, encoder, passages, fusion):
    options = HybridOptions(fusion, dense_weight=0.5)
    with PassageCollection.open(folder, encoder=encoder) as opened:
        found = opened.search_hybrid("danube", 9, options=options)

        assert set(ids(found)) == {p.id for p in passages}
        assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)
        assert set(ids(found)[:2]) == {"p1", "p2"}
        assert ids(opened.search_hybrid("danube", 1, options=options)) == ids(found)[:1]
        assert opened.search_hybrid(" ", 3, options=options) == []


@pytest.mark.parametrize(("weight", "method"), [(1.0, "search_dense"), (0.0, "search_bm25")])
def test_a_weight_of_all_is_one_method_alone(folder, encoder, weight, method):
    with PassageCollection.open(folder, encoder=encoder) as opened:
        alone = ids(getattr(opened, method)("capital of austria", 2))

        found = opened.search_hybrid(
            "capital of austria", 2, options=HybridOptions(dense_weight=weight)
        )

        assert ids(found) == alone


def test_added_passages_are_found_and_saved(folder, encoder, tmp_path):
    with PassageCollection.open(folder, encoder=encoder) as opened:
        assert opened.add([Passage("new", "Elbe", "The Elbe is a river.")]) == ["new"]
        assert len(opened) == 7
        for search in (opened.search_dense, opened.search_bm25, opened.search_hybrid):
            assert ids(search("Elbe", 1)) == ["new"]
        opened.save(tmp_path / "more")
    with PassageCollection.open(tmp_path / "more", encoder=encoder, verify=True) as again:
        assert ids(again.search_hybrid("Elbe", 1)) == ["new"]
        assert again.get("new") == Passage("new", "Elbe", "The Elbe is a river.")


def test_deleted_passages_are_gone_and_can_come_back(folder, encoder, tmp_path):
    with PassageCollection.open(folder, encoder=encoder) as opened:
        assert opened.delete(["p2", "p2", "absent"]) == 1
        assert opened.get("p2") is None
        for search in (opened.search_dense, opened.search_bm25, opened.search_hybrid):
            assert "p2" not in ids(search("danube", 9))
        opened.save(tmp_path / "less")
        opened.add([Passage("p2", "", "Danube again.")])
        assert opened.delete(["p2"]) == 1
        opened.add([Passage("p2", "", "Danube once more.")])
        assert opened.get("p2").text == "Danube once more."
        assert ids(opened.search_bm25("danube", 9)) == ["p2", "p1"]
    with PassageCollection.open(tmp_path / "less", encoder=encoder) as again:
        assert len(again) == 5
        assert again.get("p2") is None


def test_an_id_that_is_there_is_not_added_again(folder, encoder, passages):
    with PassageCollection.open(folder, encoder=encoder) as opened:
        with pytest.raises(DuplicatePassageError, match="'p1' is there already"):
            opened.add(passages[1:2])
        with pytest.raises(DuplicatePassageError, match="'x' occurs twice"):
            opened.add([Passage("x", "", "1"), Passage("x", "", "2")])
        assert opened.add([]) == []
        assert len(opened) == 6


def test_vectors_cannot_be_added_without_an_encoder(folder):
    with (
        PassageCollection.open(folder) as opened,
        pytest.raises(MissingIndexError, match="needs an encoder"),
    ):
        opened.add([Passage("new", "", "x")])


def test_a_collection_emptied_by_deletion_finds_nothing_and_is_not_saved(
    passages, encoder, tmp_path
):
    collection = PassageCollection.build(passages, encoder=encoder)

    assert collection.delete(p.id for p in passages) == 6

    assert len(collection) == 0
    for search in (collection.search_dense, collection.search_bm25, collection.search_hybrid):
        assert search("danube", 3) == []
    with pytest.raises(PassageError, match="at least one"):
        collection.save(tmp_path / "empty")
    assert not (tmp_path / "empty").exists()


TEXTS = ["ant bee", "bee cat cat", "cat dog", "dog ant ant eel", "eel", "ant cat eel"]
changes = st.lists(
    st.tuples(st.just("add"), st.integers(0, 5), st.integers(0, 5))
    | st.tuples(st.just("delete"), st.integers(0, 5), st.just(0))
    | st.tuples(st.just("save"), st.just(0), st.just(0)),
    max_size=12,
)


@settings(max_examples=40)
@given(changes=changes, query=st.sampled_from(["ant", "cat eel", "dog bee cat"]))
def test_changes_leave_what_a_new_build_would_have(tmp_path_factory, changes, query):
    encoder = HashEncoder(8)
    expected = {"first": Passage("first", "", "ant dog")}
    collection = PassageCollection.build(expected.values(), encoder=encoder)
    for number, (kind, which, text) in enumerate(changes):
        name = f"p{which}"
        if kind == "add" and name not in expected:
            expected[name] = Passage(name, f"t{number}", TEXTS[text])
            collection.add([expected[name]])
        elif kind == "delete":
            assert collection.delete([name]) == (name in expected)
            expected.pop(name, None)
        elif kind == "save":
            folder = tmp_path_factory.mktemp("changes")
            collection.save(folder)
            collection = PassageCollection.open(folder, encoder=encoder)
    folder = tmp_path_factory.mktemp("end")
    collection.save(folder)
    saved = PassageCollection.open(folder, encoder=encoder)
    fresh = PassageCollection.build(expected.values(), encoder=encoder)

    assert len(collection) == len(saved) == len(expected)
    dense = {p.id: pytest.approx(s, abs=1e-5) for p, s in fresh.search_dense(query, 99)}
    words = {p.id: pytest.approx(s, rel=1e-5) for p, s in fresh.search_bm25(query, 99)}
    for one in (collection, saved):
        assert {p.id: s for p, s in one.search_dense(query, 99)} == dense
        assert {p.id for p, _ in one.search_bm25(query, 99)} == set(words)
        assert {p.id: one.get(p.id) for p in expected.values()} == expected
    assert {p.id: s for p, s in saved.search_bm25(query, 99)} == words
