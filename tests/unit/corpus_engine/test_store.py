from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_engine import Document, IndexFormatError
from corpus_engine.layout import TEXT_BLOCKS
from corpus_engine.store import BLOCK_BYTES, DocumentStore, StoreWriter, record_of

TEXT = st.text(st.characters(exclude_categories=()), max_size=50)


def write(folder: Path, documents: list[Document]) -> None:
    with StoreWriter(folder) as writer:
        for document in documents:
            writer.add(record_of(document))
        writer.finish()


@given(st.lists(st.builds(Document, TEXT, TEXT, st.dictionaries(TEXT, TEXT, max_size=2))))
def test_documents_come_back_as_they_were(tmp_path_factory, documents: list[Document]) -> None:
    folder = tmp_path_factory.mktemp("store")
    write(folder, documents)
    store = DocumentStore(folder, {})
    try:
        assert [store.read(i) for i in range(store.n_documents)] == documents
    finally:
        store.close()


def test_documents_may_span_blocks(tmp_path: Path) -> None:
    sizes = [BLOCK_BYTES - 20, 1, 3 * BLOCK_BYTES, 0, BLOCK_BYTES]
    documents = [Document(f"d{i}", chr(97 + i) * size) for i, size in enumerate(sizes)]
    write(tmp_path, documents)
    store = DocumentStore(tmp_path, {})
    try:
        assert [store.read(i) for i in range(len(sizes))] == documents
    finally:
        store.close()


def test_a_damaged_block_is_named(tmp_path: Path) -> None:
    write(tmp_path, [Document("d", "some text " * 100)])
    blocks = tmp_path / TEXT_BLOCKS
    blocks.write_bytes(bytes(len(blocks.read_bytes())))
    store = DocumentStore(tmp_path, {})
    try:
        with pytest.raises(IndexFormatError, match=TEXT_BLOCKS):
            store.read(0)
    finally:
        store.close()
