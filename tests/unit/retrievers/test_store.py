import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrievers import Passage
from retrievers.errors import CollectionFormatError, DuplicatePassageError, PassageError
from retrievers.store import PassageStore

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
passages_strategy = st.lists(
    st.builds(
        Passage,
        id=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
        title=texts,
        text=texts,
        metadata=st.dictionaries(texts, json_values, max_size=2),
        start=st.integers(0, 10**9),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda p: p.id,
)


@given(passages=passages_strategy, split=st.integers(1, 6))
def test_passages_come_back_as_they_were(tmp_path_factory, passages, split):
    folder = tmp_path_factory.mktemp("store")
    stored, added = passages[:split], passages[split:]
    PassageStore.of(stored).write(folder)
    store = PassageStore.open(folder)
    if added:
        store = store.appended(added[:1]).appended(added[1:])

    assert list(store) == passages
    assert [store[row] for row in range(len(store))] == passages
    for row, passage in enumerate(passages):
        assert store.rows_of(passage.id) == [row]
    assert store.rows_of("an id that is not there") == []
    store.close()


def test_colliding_hashes_are_told_apart(monkeypatch):
    monkeypatch.setattr("retrievers.segment._hash_id", lambda passage_id: 7)

    store = PassageStore.of(Passage(name, "", "x") for name in "abc")

    assert [store.rows_of(name) for name in "abcd"] == [[0], [1], [2], []]


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}])
def test_metadata_that_is_not_json_is_refused(value):
    with pytest.raises(PassageError, match="metadata of passage 'p' is not JSON"):
        PassageStore.of([Passage("p", "", "x", {"key": value})])


def test_lone_surrogates_are_refused_by_name():
    with pytest.raises(PassageError, match="passage 'p' holds characters that UTF-8 cannot"):
        PassageStore.of([Passage("p", "", "\ud800")])


def test_no_passages_and_twins_are_refused():
    with pytest.raises(PassageError, match="at least one"):
        PassageStore.of([])
    with pytest.raises(DuplicatePassageError, match="'a' occurs twice"):
        PassageStore.of([Passage("a", "", "x"), Passage("b", "", "x"), Passage("a", "", "y")])


def test_a_damaged_line_is_named(tmp_path, passages):
    PassageStore.of(passages).write(tmp_path)
    path = tmp_path / "passages.jsonl"
    path.write_bytes(path.read_bytes().replace(b'["p1"', b'{"p1"'))

    store = PassageStore.open(tmp_path)

    assert store[0] == passages[0]
    with pytest.raises(CollectionFormatError, match="passage 1 of the store is damaged"):
        store[1]


@pytest.mark.parametrize("file", ["passages.jsonl", "offsets.npy", "id_hashes.npy", "id_rows.npy"])
def test_a_file_cut_short_is_refused(tmp_path, passages, file):
    PassageStore.of(passages).write(tmp_path)
    path = tmp_path / file
    path.write_bytes(path.read_bytes()[:-5])

    with pytest.raises(CollectionFormatError):
        PassageStore.open(tmp_path)


def test_nothing_is_pickled(tmp_path, passages):
    PassageStore.of(passages).write(tmp_path)

    lines = (tmp_path / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == [
        "p0",
        "Paris",
        passages[0].text,
        {"row": 0, "even": True},
        "p0",
        0,
    ]


def test_the_fingerprint_sees_titles_and_texts_alone(passages):
    same = [Passage(f"other{i}", p.title, p.text) for i, p in enumerate(passages)]
    moved = [Passage("p", p.title + "\0" + p.text, "") for p in passages[:1]] + passages[1:]

    assert PassageStore.of(passages).fingerprint() == PassageStore.of(same).fingerprint()
    assert PassageStore.of(passages).fingerprint() != PassageStore.of(moved).fingerprint()
