import numpy as np
import pytest

from retrievers import Encoder, OnnxEncoder
from retrievers.encoder import batches_by_length, normalised
from retrievers.errors import EncoderError


def test_vectors_have_length_one_and_the_order_given(minilm):
    texts = ["a cat", "the river Danube flows through Vienna " * 9, "", "x", "a cat"]

    vectors = minilm.encode(texts)

    assert vectors.shape == (5, minilm.dimension) == (5, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    one_by_one = np.concatenate([minilm.encode([text]) for text in texts])
    np.testing.assert_allclose(vectors, one_by_one, atol=1e-4)


def test_related_texts_are_nearer(minilm):
    question, near, far = minilm.encode(
        ["Which river runs through Vienna?", "The Danube passes Vienna.", "He plays the violin."]
    )

    assert question @ near > question @ far + 0.3


def test_known_vector_of_the_reference_implementation(minilm):
    # 0.6660 is what sentence-transformers 6.2.0 gives for the model before quantisation; a
    # wrong pooling or attention mask shows once another text pads the batch.
    pair = minilm.encode(["The weather is lovely today.", "It's so sunny outside!", "pad " * 200])

    assert pair[0] @ pair[1] == pytest.approx(0.6660, abs=0.005)


def test_no_text_gives_no_vector(minilm):
    assert minilm.encode([]).shape == (0, 384)


def test_long_text_is_cut(minilm):
    words = ["alpha", "beta"] * 300
    longer = [*words, "gamma"]

    first, second = minilm.encode([" ".join(words), " ".join(longer)])

    np.testing.assert_allclose(first, second, atol=1e-5)


def test_progress_counts_up_to_the_total(minilm):
    seen = []

    minilm.encode(["text"] * 40, progress=lambda *args: seen.append(args))

    assert [done for _, done, _ in seen] == [8, 16, 24, 32, 40]
    assert {(stage, total) for stage, _, total in seen} == {("encoding", 40)}


def test_threads_change_nothing(minilm, minilm_folder):
    texts = [f"{i} words of a text " * (i % 7 + 1) for i in range(50)]

    several = OnnxEncoder(minilm_folder, threads=3)

    np.testing.assert_array_equal(several.encode(texts), minilm.encode(texts))


def test_an_interruption_drops_what_has_not_begun(minilm_folder, monkeypatch):
    encoder = OnnxEncoder(minilm_folder, threads=2)
    begun = []
    run = encoder._run
    monkeypatch.setattr(encoder, "_run", lambda batch: (begun.append(1), run(batch))[1])

    def stop(*args):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder.encode(["a text of some words"] * 8000, progress=stop)

    assert len(begun) < 1000


def test_is_an_encoder(minilm, encoder):
    assert isinstance(minilm, Encoder)
    assert isinstance(encoder, Encoder)
    assert minilm.name == "minilm-l6-int8"


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_missing_file_is_named(tmp_path, minilm_folder, missing):
    for name in {"model.onnx", "tokenizer.json"} - {missing}:
        (tmp_path / name).symlink_to(minilm_folder / name)

    with pytest.raises(EncoderError, match=f"{missing} is missing"):
        OnnxEncoder(tmp_path)


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json"])
def test_broken_file_is_named(tmp_path, minilm_folder, broken):
    for name in {"model.onnx", "tokenizer.json"} - {broken}:
        (tmp_path / name).symlink_to(minilm_folder / name)
    (tmp_path / broken).write_bytes(b"nothing of the kind")

    with pytest.raises(EncoderError, match=broken):
        OnnxEncoder(tmp_path)


def test_batches_cover_each_row_once_longest_first():
    lengths = [3, 9, 1, 7, 7, 2, 5]

    batches = [rows.tolist() for rows in batches_by_length(lengths, 3)]

    assert batches == [[1, 3, 4], [6, 0, 5], [2]]


def test_zero_vector_stays_zero():
    vectors = normalised(np.array([[3.0, 4.0], [0.0, 0.0]]))

    np.testing.assert_allclose(vectors, [[0.6, 0.8], [0, 0]])
