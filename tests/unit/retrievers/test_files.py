import json

import pytest

from retrievers import PassageCollection, build_passages
from retrievers.errors import CollectionError, CollectionFormatError, CollectionNotFoundError
from retrievers.files import FolderWriter, read_manifest


@pytest.fixture
def folder(tmp_path, passages, encoder):
    build_passages(passages, tmp_path / "passages", encoder=encoder)
    return tmp_path / "passages"


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.parent != folder)


def test_the_folder_holds_a_manifest_and_three_parts(folder):
    assert sorted(path.name.split("-")[0] for path in folder.iterdir()) == [
        "bm25",
        "dense",
        "manifest.json",
        "store",
    ]
    assert {path.suffix for path in files_of(folder)} == {".npy", ".json", ".jsonl", ".faiss"}


def test_every_flipped_bit_is_found(folder):
    assert len(files_of(folder)) == 9
    for path in files_of(folder):
        whole = path.read_bytes()
        damaged = bytearray(whole)
        damaged[len(whole) // 2] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(CollectionFormatError, match=f"{path.name} is damaged"):
            PassageCollection.open(folder)
        path.write_bytes(whole)
    PassageCollection.open(folder).close()


def test_every_missing_or_shortened_file_is_found(folder):
    for path in files_of(folder):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        with pytest.raises(CollectionFormatError, match=f"{path.name} has {len(whole) - 1} bytes"):
            PassageCollection.open(folder)
        path.unlink()
        with pytest.raises(CollectionFormatError, match=f"{path.name} is missing"):
            PassageCollection.open(folder)
        path.write_bytes(whole)


def test_large_files_are_checked_when_asked(folder, monkeypatch):
    monkeypatch.setattr("retrievers.files._CHECKED_ON_OPEN_BYTES", 0)
    path = next(folder.glob("store-*/passages.jsonl"))
    path.write_bytes(path.read_bytes().replace(b"Seine", b"Saine"))

    PassageCollection.open(folder).close()
    with pytest.raises(CollectionFormatError, match=r"passages\.jsonl is damaged"):
        PassageCollection.open(folder, verify=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda body: body.update(version=2), "version 2, this release reads 1"),
        (lambda body: body.update(format="other"), "does not describe a passage collection"),
        (lambda body: body["parts"].pop("bm25"), "was changed after it was written"),
    ],
)
def test_a_foreign_or_edited_manifest_is_refused(folder, change, message):
    path = folder / "manifest.json"
    body = json.loads(path.read_text())
    change(body)
    path.write_text(json.dumps(body))

    with pytest.raises(CollectionFormatError, match=message):
        PassageCollection.open(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_manifest_that_is_none_is_refused(folder, content):
    (folder / "manifest.json").write_bytes(content)

    with pytest.raises(CollectionFormatError):
        PassageCollection.open(folder)


def test_no_collection_is_said_so(tmp_path):
    for place in (tmp_path, tmp_path / "absent"):
        with pytest.raises(CollectionNotFoundError, match="build one first"):
            PassageCollection.open(place)


def test_a_failed_first_save_leaves_nothing(tmp_path):
    def fail():
        with FolderWriter(tmp_path / "new") as writer:
            with writer.part("store", {}) as files:
                (files / "a").write_text("x")
            with writer.part("dense", {}) as files:
                raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_a_failed_later_save_leaves_the_former_collection(folder):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def fail():
        with FolderWriter(folder) as writer:
            with writer.part("store", {}) as files:
                (files / "a").write_text("x")
            raise CollectionError("stop")

    with pytest.raises(CollectionError, match="stop"):
        fail()

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_leftovers_of_a_killed_save_go_with_the_next(folder):
    (folder / ".bm25.99999.tmp").mkdir()
    (folder / "bm25-0000000000000000").mkdir()
    parts = read_manifest(folder)

    PassageCollection.open(folder).save(folder, overwrite=True)

    assert {path.name for path in folder.iterdir()} == {
        "manifest.json",
        *(part.folder for part in parts.values()),
    }
