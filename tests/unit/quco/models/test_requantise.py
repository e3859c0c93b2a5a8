"""Q4_1 to Q8_0, beside the package gguf, which llama.cpp's authors keep."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from quco.errors import ModelError
from quco.models.requantise import BLOCK, Q4_1_BYTES, Q8_0_BYTES, q4_1_to_q8_0, requantise

Kind = gguf.GGMLQuantizationType


def dequantised(data: np.ndarray, kind: Kind) -> np.ndarray:
    return gguf.quants.dequantize(data, kind)


@given(
    arrays(np.uint8, (3, BLOCK // 2)),
    arrays(np.float16, (3, 2), elements=st.floats(-100, 100, width=16)),
)
def test_every_weight_keeps_its_value_within_a_step(levels: np.ndarray, bounds: np.ndarray) -> None:
    blocks = np.concatenate([bounds.view(np.uint8).reshape(3, 4), levels], axis=1)
    result = q4_1_to_q8_0(blocks.ravel())
    assert result.shape == (3 * Q8_0_BYTES,)
    expected = dequantised(blocks.reshape(3, -1), Kind.Q4_1)
    found = dequantised(result.reshape(3, -1), Kind.Q8_0)
    greatest = np.abs(expected).max(axis=1, keepdims=True)
    # half a step of rounding; the step itself is rounded to float16, whose least is 6e-8
    assert (np.abs(found - expected) <= greatest * (0.5 / 127 + 2**-10) + 127 * 6e-8).all()


def test_all_else_of_a_file_stays(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((8, 64)).astype(np.float32)
    small = gguf.quants.quantize(weights, Kind.Q4_1)
    writer = gguf.GGUFWriter(tmp_path / "old.gguf", "llama")
    writer.add_uint32("some.number", 7)
    writer.add_array("some.words", ["one", "two", "three"])
    writer.add_array("some.numbers", [1.5, 2.5])
    writer.add_string("some.text", "text")
    writer.add_tensor("norm", weights[0, :5])  # its end is not aligned
    writer.add_tensor("matrix", small, raw_dtype=Kind.Q4_1)
    writer.add_tensor("last", weights[1])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    requantise(tmp_path / "old.gguf", tmp_path / "new.gguf")

    old, new = (gguf.GGUFReader(tmp_path / name) for name in ("old.gguf", "new.gguf"))
    assert [(k, f.contents()) for k, f in old.fields.items()] == [
        (k, f.contents()) for k, f in new.fields.items()
    ]
    tensors = {tensor.name: tensor for tensor in new.tensors}
    np.testing.assert_array_equal(tensors["norm"].data, weights[0, :5])
    np.testing.assert_array_equal(tensors["last"].data, weights[1])
    assert tensors["matrix"].tensor_type is Kind.Q8_0
    assert tensors["matrix"].shape.tolist() == [64, 8]
    expected = gguf.quants.quantize(dequantised(small, Kind.Q4_1), Kind.Q8_0)
    differing = np.count_nonzero(tensors["matrix"].data != expected)  # ties are rounded otherwise
    assert differing <= 0.01 * expected.size


def test_blocks_of_zeros_stay_zeros() -> None:
    assert not q4_1_to_q8_0(np.zeros(2 * Q4_1_BYTES, np.uint8)).any()


@pytest.mark.parametrize("data", [b"", b"GGUF", b"GGUF" + bytes(100), b"not a model" * 10])
def test_another_file_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(ModelError, match="not a GGUF file"):
        requantise(tmp_path / "x", tmp_path / "y")
