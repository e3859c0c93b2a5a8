"""Boosted trees in numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.verdict.trees import Boosting, Ensemble, TreeTable

STUMP = TreeTable(
    feature=(1, 0, 0), threshold=(0.5, 0.0, 0.0), left=(1, 1, 2), right=(2, 1, 2), value=(0, -1, 2)
)
LEAF = TreeTable(feature=(0,), threshold=(0.0,), left=(0,), right=(0,), value=(10.0,))
MODEL = Boosting(features=("a", "b"), base=0.25, trees=(STUMP, LEAF), depth=1)


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), max_size=5))
def test_sums_are_those_of_walking_each_tree(rows: list[tuple[float, float]]) -> None:
    found = Ensemble(MODEL, ["a", "b"])(np.array(rows).reshape(-1, 2))
    assert found.tolist() == [0.25 + 10 + (-1 if b <= 0.5 else 2) for _, b in rows]


def test_columns_are_found_by_name() -> None:
    swapped = Ensemble(MODEL, ["b", "spare", "a"])
    assert swapped([[0.9, 0, 0]]).tolist() == [12.25]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="'b'"):
        Ensemble(MODEL, ["a"])


@pytest.mark.parametrize("change", [{"left": (1, 1)}, {"left": (1, 1, 3)}, {"value": ()}])
def test_a_broken_tree_is_refused(change: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="tree"):
        TreeTable.model_validate({**STUMP.model_dump(), **change})


def test_a_tree_that_looks_beside_the_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="column 1 of 1"):
        Boosting(features=("a",), base=0, trees=(STUMP,), depth=1)
