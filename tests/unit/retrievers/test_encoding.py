import numpy as np
import pytest

from retrievers import Passage, PassageCollection, build_passages
from retrievers.encoding import encode_store
from retrievers.errors import EncoderError
from retrievers.store import PassageStore
from tests.fake_encoders import HashEncoder


class Interrupted(HashEncoder):
    """Stops when it was asked for `limit` texts."""

    def __init__(self, limit, **fields):
        super().__init__(**fields)
        self.limit = limit

    def encode(self, texts, **fields):
        if self.encoded + len(texts) > self.limit:
            raise KeyboardInterrupt
        return super().encode(texts, **fields)


@pytest.fixture
def many():
    return [Passage(f"p{i}", "", f"text number {i}") for i in range(100)]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr("retrievers.encoding.BLOCK", 16)


def test_an_interrupted_build_goes_on_where_it_was(tmp_path, many):
    with pytest.raises(KeyboardInterrupt):
        build_passages(many, tmp_path / "out", encoder=Interrupted(60))
    encoder = HashEncoder()
    seen = []

    build_passages(
        many, tmp_path / "out", encoder=encoder, progress=lambda *args: seen.append(args)
    )

    assert encoder.encoded == 100 - 48
    assert [done for stage, done, _ in seen if stage == "encoding"] == [48, 64, 80, 96, 100]
    assert not (tmp_path / "out" / ".encoding").exists()
    with PassageCollection.open(tmp_path / "out", encoder=encoder) as resumed:
        at_once = PassageCollection.build(many, encoder=encoder)
        assert resumed.search_dense("number 70", 9) == at_once.search_dense("number 70", 9)


def torn(content):
    return content[:-3]


def changed(content):
    return content[:-3] + b"\0" + content[-2:]


def longer(content):
    return content + b"\0" * 100


@pytest.mark.parametrize(
    ("file", "damage", "kept"),
    [
        ("vectors.f32", torn, 32),
        ("vectors.f32", changed, 32),
        ("vectors.f32", longer, 48),
        ("sums.u32", torn, 32),
        ("sums.u32", changed, 32),
        ("key.json", torn, 0),
    ],
)
def test_a_damaged_block_is_encoded_again(tmp_path, many, file, damage, kept):
    store = PassageStore.of(many)
    with pytest.raises(KeyboardInterrupt):
        encode_store(Interrupted(60), store, checkpoint=tmp_path)
    path = tmp_path / file
    path.write_bytes(damage(path.read_bytes()))
    encoder = HashEncoder()

    vectors = encode_store(encoder, store, checkpoint=tmp_path)

    assert encoder.encoded == 100 - kept
    np.testing.assert_array_equal(vectors, encode_store(HashEncoder(), store))


@pytest.mark.parametrize("change", ["name", "dimension", "passages"])
def test_vectors_of_something_else_are_not_taken(tmp_path, many, change):
    with pytest.raises(KeyboardInterrupt):
        encode_store(Interrupted(60), PassageStore.of(many), checkpoint=tmp_path)
    encoder = {"name": HashEncoder(name="other"), "dimension": HashEncoder(dimension=8)}.get(
        change, HashEncoder()
    )
    passages = [Passage("new", "", "new"), *many[1:]] if change == "passages" else many

    vectors = encode_store(encoder, PassageStore.of(passages), checkpoint=tmp_path)

    assert encoder.encoded == 100
    assert vectors.shape == (100, encoder.dimension)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (np.zeros((100, 32), np.float32)[:3], r"shape \(3, 32\) for 16 texts, expected \(16, 32\)"),
        (np.zeros((16, 31), np.float32), r"shape \(16, 31\)"),
        (np.full((16, 32), np.nan, np.float32), "not finite"),
    ],
)
def test_what_an_encoder_returns_is_checked(many, result, message):
    class Wrong(HashEncoder):
        def encode(self, texts, **fields):
            return result

    with pytest.raises(EncoderError, match=message):
        PassageCollection.build(many, encoder=Wrong())
