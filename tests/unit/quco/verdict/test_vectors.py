"""Vectors of single words."""

from pathlib import Path

import numpy as np

from quco.calibration.word_table import reduced
from quco.verdict.vectors import WordVectors


def test_a_table_survives_the_disk(tmp_path: Path) -> None:
    matrix = np.array([[127, 0], [0, 64], [-127, 127]], np.int8)
    WordVectors.save(tmp_path / "words.npz", ["a", "bark", "ç"], matrix)
    table = WordVectors.load(tmp_path / "words.npz")
    np.testing.assert_allclose(
        table.vectors(["bark", "ç"]), [[0, 1], [-(0.5**0.5), 0.5**0.5]], 1e-6
    )


def test_a_longer_form_is_found_and_an_unknown_word_is_far_from_all() -> None:
    table = WordVectors(["bark", "dog"], np.eye(2, dtype=np.float32))
    found = table.closeness(["barks", "barking", "cat", "dog"], ["bark"])
    np.testing.assert_allclose(found, [1, 1, 0, 0])
    assert not table.vectors(["cat"]).any()
    assert table.closeness([], ["bark"]).shape == (0,)
    assert table.closeness(["dog"], []).tolist() == [0]


def test_the_shipped_table_knows_which_words_are_akin() -> None:
    table = WordVectors.shipped()
    assert (
        table.closeness(["married"], ["spouse"]) > table.closeness(["directed"], ["spouse"]) + 0.3
    )
    assert table.closeness(["composed"], ["music"]) > table.closeness(["born"], ["music"])


def test_reduction_keeps_directions() -> None:
    rng = np.random.default_rng(0)
    plane = rng.normal(size=(50, 2)) @ rng.normal(size=(2, 30))
    vectors = plane.astype(np.float32)
    centred = vectors - vectors.mean(axis=0)
    table = WordVectors([str(i) for i in range(50)], reduced(vectors, 2))
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    given = table.vectors([str(i) for i in range(50)])
    np.testing.assert_allclose(given @ given.T, unit @ unit.T, atol=0.03)
