import errno
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus_engine import (
    BuildError,
    CorpusIndex,
    DiskFullError,
    Document,
    DocumentError,
    EmptyCorpusError,
    IndexExistsError,
    IndexFormatError,
    IndexVersionError,
    build_index,
)
from corpus_engine.layout import RESERVED_WORDS

ONE = [Document("d", "one document")]
TWO = [Document("d", "two documents"), Document("e", "")]


def test_a_summary_says_what_was_built(tmp_path: Path) -> None:
    stages = []
    summary = build_index(
        TWO, tmp_path / "index", progress=lambda stage, done, total: stages.append(stage)
    )
    assert (summary.n_documents, summary.n_tokens, summary.n_shards) == (2, 2, 1)
    assert summary.vocabulary_size == 2
    assert summary.text_bytes == 13
    assert summary.size_bytes == sum(f.stat().st_size for f in summary.path.iterdir())
    assert list(dict.fromkeys(stages)) == ["analyze", "sort", "vocabulary"]


def test_the_suffix_array_orders_raw_bytes(tmp_path: Path) -> None:
    build_index([Document("d", "b a c a b"), Document("e", "a")], tmp_path / "index")
    stream = (tmp_path / "index" / "tokenized.0").read_bytes()
    ranks = np.fromfile(tmp_path / "index" / "table.0", np.uint8)
    places = range(0, len(stream), 2)
    assert ranks.tolist() == sorted(places, key=lambda place: stream[place:])
    assert np.fromfile(tmp_path / "index" / "offset.0", "<u8").tolist() == [0, 12]


def test_no_own_file_can_be_taken_for_one_of_infini_gram(tmp_path: Path) -> None:
    build_index(ONE, tmp_path / "index")
    own = {f.name for f in (tmp_path / "index").iterdir()} - {"tokenized.0", "table.0", "offset.0"}
    assert own
    assert not [name for name in own for word in RESERVED_WORDS if word in name]
    with pytest.raises(BuildError, match="offset"):
        build_index(ONE, tmp_path / "offsets")


def test_an_empty_corpus_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(EmptyCorpusError, match="no documents"):
        build_index([], tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


def test_documents_without_words_make_an_index(tmp_path: Path) -> None:
    build_index([Document("d", ""), Document("e", "!!")], tmp_path / "index")
    with CorpusIndex.open(tmp_path / "index") as index:
        assert index.n_tokens == 0
        assert index.count("a").value == 0
        assert index.count_ids([65535]).value == 2


def test_an_index_is_replaced_only_when_asked(tmp_path: Path) -> None:
    out = tmp_path / "index"
    build_index(ONE, out)
    with pytest.raises(IndexExistsError, match="pass overwrite"):
        build_index(TWO, out)
    build_index(TWO, out, overwrite=True)
    with CorpusIndex.open(out) as index:
        assert index.n_documents == 2
    assert [f.name for f in tmp_path.iterdir()] == ["index"]


def test_a_folder_that_is_no_index_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(IndexExistsError, match="is no index"):
        build_index(ONE, tmp_path, overwrite=True)
    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("reader failed")])
def test_an_interrupted_build_leaves_the_old_index(tmp_path: Path, error: BaseException) -> None:
    out = tmp_path / "index"
    build_index(ONE, out)

    def documents() -> Iterator[Document]:
        yield from TWO
        raise error

    with pytest.raises(type(error)):
        build_index(documents(), out, overwrite=True)
    with CorpusIndex.open(out) as index:
        assert index.count("one").value == 1
    assert [f.name for f in tmp_path.iterdir()] == ["index"]


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    def documents() -> Iterator[Document]:
        yield from ONE
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFullError, match="no room left") as caught:
        build_index(documents(), tmp_path / "index")
    assert isinstance(caught.value, OSError)
    assert list(tmp_path.iterdir()) == []


def test_other_things_than_documents_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="document 1 is a str"):
        build_index([ONE[0], "text"], tmp_path / "index")  # type: ignore[list-item]


def test_opening_checks_manifest_and_sizes(tmp_path: Path) -> None:
    out = tmp_path / "index"
    with pytest.raises(IndexFormatError, match="no index"):
        CorpusIndex.open(out)
    build_index(ONE, out)
    manifest = out / "manifest.json"
    content = manifest.read_text()
    for file in out.iterdir():
        if file == manifest:
            continue
        data = file.read_bytes()
        file.write_bytes(data + b"\0")
        with pytest.raises(IndexFormatError, match=file.name):
            CorpusIndex.open(out)
        file.unlink()
        with pytest.raises(IndexFormatError, match=file.name):
            CorpusIndex.open(out)
        file.write_bytes(data)
    for broken in ("", "{}", "[]", content[:-20], content.replace('"width": 2', '"width": 3')):
        manifest.write_text(broken)
        with pytest.raises(IndexFormatError, match=r"manifest\.json"):
            CorpusIndex.open(out)
    manifest.write_text(json.dumps({**json.loads(content), "version": 99}))
    with pytest.raises(IndexVersionError, match="99"):
        CorpusIndex.open(out)
    manifest.write_text(content)
    CorpusIndex.open(out).close()
