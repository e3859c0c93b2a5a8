"""Building the folder of an index: complete or not at all."""

from __future__ import annotations

import errno
import json
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from corpus_engine import CorpusIndex, Document, IndexSummary, build_index
from quco import indexing
from quco.errors import InputError, QuCoError, UsageError
from quco.indexing import CorpusOptions, build, read_manifest
from tests.fake_encoders import HashEncoder


def write(path: Path, *texts: str) -> Path:
    path.write_text("".join(json.dumps({"text": t}) + "\n" for t in texts), encoding="utf-8")
    return path


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    return write(tmp_path / "d.jsonl", "Oslo is in Norway.", "Turin is in Italy.")


def make(documents: Path, out: Path, **options: Any) -> indexing.BuildSummary:
    return build([documents], out, encoder=HashEncoder(), **options)


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def test_a_build_holds_corpus_and_passages(tmp_path: Path, documents: Path) -> None:
    stages: list[str] = []
    summary = make(documents, tmp_path / "out", progress=lambda stage, *_: stages.append(stage))
    assert (summary.n_documents, summary.n_tokens, summary.n_passages) == (2, 8, 2)
    assert summary.size_bytes > summary.corpus_bytes > 0
    assert set(summary.seconds) == {"corpus", "passages"}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "corpus", "passages", "quco.json",
    ]  # fmt: skip
    assert read_manifest(tmp_path / "out")["n_documents"] == 2
    assert len(set(stages)) >= 2
    assert leftovers(tmp_path) == []


def test_an_index_is_replaced_only_when_told(tmp_path: Path, documents: Path) -> None:
    out = tmp_path / "out"
    make(documents, out)
    with pytest.raises(UsageError, match="--overwrite"):
        make(documents, out)
    other = write(tmp_path / "other.jsonl", "Something else.")
    make(other, out, overwrite=True)
    assert read_manifest(out)["n_documents"] == 1
    assert leftovers(tmp_path) == []


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path, documents: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    make(documents, out)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="no index"):
        make(documents, precious, overwrite=True)
    assert (precious / "thesis.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("stage", ["build_index", "build_passages"])
@pytest.mark.parametrize(
    ("failure", "expected", "message"),
    [
        (KeyboardInterrupt("stop"), KeyboardInterrupt, "stop"),
        (OSError(errno.ENOSPC, "No space left on device"), QuCoError, "no space left"),
        (OSError(errno.EACCES, "Permission denied"), QuCoError, "Permission denied"),
    ],
)
def test_a_failed_build_leaves_the_old_index(
    tmp_path: Path,
    documents: Path,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    failure: BaseException,
    expected: type[BaseException],
    message: str,
) -> None:
    out = tmp_path / "out"
    make(documents, out)
    before = {p: p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}

    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(indexing, stage, fail)
    with pytest.raises(expected, match=message):
        make(documents, out, overwrite=True)
    assert {p: p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()} == before
    # Finished statistics are kept for the next try.
    assert leftovers(tmp_path) == ([] if stage == "build_index" else [".out.building"])
    monkeypatch.undo()
    make(documents, out, overwrite=True)
    assert leftovers(tmp_path) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from quco.indexing import build
from retrievers import encoding
from tests.fake_encoders import HashEncoder

class Killer(HashEncoder):
    def encode(self, texts, *, kind='passage', progress=None):
        if self.encoded == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts, kind=kind, progress=progress)

encoding.BLOCK = 4
build([Path(sys.argv[1])], Path(sys.argv[2]), encoder=Killer())
"""


def kill(documents: Path, out: Path, *, encoded: int) -> None:
    """Build in a process that is killed when it has encoded that many passages, four at a time."""
    command = [sys.executable, "-c", KILLED, str(documents), str(out), str(encoded)]
    killed = subprocess.run(command, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not out.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_build_goes_on_with_its_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = write(tmp_path / "d.jsonl", *(f"Text number {n}." for n in range(18)))
    kill(documents, tmp_path / "out", encoded=8)
    kill(documents, tmp_path / "out", encoded=4)  # eight are there; four more are
    monkeypatch.setattr("retrievers.encoding.BLOCK", 4)
    encoder = HashEncoder()
    build([documents], tmp_path / "out", encoder=encoder)
    assert encoder.encoded == 18 - 12
    build([documents], tmp_path / "whole", encoder=HashEncoder())
    for folder in ("out", "whole"):
        assert sorted(path.name for path in (tmp_path / folder).iterdir()) == [
            "corpus", "passages", "quco.json",
        ]  # fmt: skip
    resumed, whole = (tmp_path / name / "passages" / "manifest.json" for name in ("out", "whole"))
    assert resumed.read_bytes() == whole.read_bytes()  # it names the checksum of every file
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_build_goes_on_with_its_statistics(tmp_path: Path, documents: Path) -> None:
    out = tmp_path / "out"
    kill(documents, out, encoded=0)
    made = (tmp_path / ".out.building" / "corpus" / "manifest.json").stat().st_mtime_ns
    summary = make(documents, out)
    assert (summary.n_documents, summary.n_tokens) == (2, 8)
    assert (out / "corpus" / "manifest.json").stat().st_mtime_ns == made
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("change", ["documents", "options", "no_resume"])
def test_what_another_build_left_is_not_used(
    tmp_path: Path, documents: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(indexing, "build_passages", fail)
        with pytest.raises(KeyboardInterrupt):
            make(documents, tmp_path / "out")
    options: dict[str, Any] = {}
    if change == "documents":
        write(documents, "Lima is in Peru.")
    elif change == "options":
        options["options"] = CorpusOptions("byte")
    else:
        options["resume"] = False
    built: list[Path] = []

    def spy(documents: Iterable[Document], folder: Path, **rest: Any) -> IndexSummary:
        built.append(folder)
        return build_index(documents, folder, **rest)

    monkeypatch.setattr(indexing, "build_index", spy)
    summary = make(documents, tmp_path / "out", **options)
    assert len(built) == 1
    assert summary.n_documents == (1 if change == "documents" else 2)
    assert leftovers(tmp_path) == []


def test_two_builds_of_one_folder_do_not_meet(tmp_path: Path, documents: Path) -> None:
    from quco.staging import staging

    out = tmp_path / "out"
    with staging(out, {}, lambda _: False), pytest.raises(UsageError, match="another process"):
        make(documents, out)
    make(documents, tmp_path / "out")


def test_the_statistics_are_built_as_asked(tmp_path: Path, documents: Path) -> None:
    options = CorpusOptions("byte", shards=2, jobs=1, memory_bytes=1 << 30)
    make(documents, tmp_path / "out", options=options)
    with CorpusIndex.open(tmp_path / "out" / "corpus") as index:
        assert (index.analyzer, index.n_shards) == ("byte", 2)
        assert index.count("is in ").value == 2
    with pytest.raises(InputError, match="memory"):
        make(documents, tmp_path / "other", options=CorpusOptions(memory_bytes=1000))
    with pytest.raises(InputError, match=r"no-such-tokenizer\.json"):
        make(documents, tmp_path / "other", options=CorpusOptions("no-such-tokenizer.json"))
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("texts", [(), ("", "  \n"), ("…", "?!")])
def test_an_empty_corpus_is_refused(tmp_path: Path, texts: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"no word|no document"):
        make(write(tmp_path / "d.jsonl", *texts), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_documents_with_one_id_are_named(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text('{"id": "x", "text": "one"}\n{"id": "x", "text": "two"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="x"):
        make(path, tmp_path / "out")


def test_skipped_records_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text('{"text": "one"}\nnot json\n', encoding="utf-8")
    assert make(path, tmp_path / "out", skip_bad=True).n_skipped == 1


@pytest.mark.parametrize("content", [None, "{", "[]", '{"format_version": 99}'])
def test_a_folder_that_is_no_index_is_told(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "quco.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"build"):
        read_manifest(tmp_path)
