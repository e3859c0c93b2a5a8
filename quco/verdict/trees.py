"""Boosted trees in numpy, read from JSON: fitted elsewhere, needed everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, model_validator


class TreeTable(BaseModel):
    """One tree: a node is a row; a leaf is its own child."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: tuple[int, ...]
    """Column that a node looks at."""

    threshold: tuple[float, ...]
    """Go left where the column is at most this."""

    left: tuple[int, ...]
    """Row of the left child."""

    right: tuple[int, ...]
    """Row of the right child."""

    value: tuple[float, ...]
    """What a leaf adds."""

    @model_validator(mode="after")
    def _is_rectangular(self) -> TreeTable:
        columns = (self.feature, self.threshold, self.left, self.right, self.value)
        if len({len(column) for column in columns}) != 1 or not self.feature:
            raise ValueError("the columns of a tree differ in length, or are empty")
        if not all(0 <= child < len(self.feature) for child in (*self.left, *self.right)):
            raise ValueError("a tree points to a row that it does not have")
        return self


class Boosting(BaseModel):
    """A sum of trees."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: tuple[str, ...]
    """Names of the columns."""

    base: float
    """Where the sum begins."""

    trees: tuple[TreeTable, ...]
    """What is added."""

    depth: int
    """Steps from the root to the deepest leaf."""

    @model_validator(mode="after")
    def _has_its_columns(self) -> Boosting:
        largest = max((max(tree.feature) for tree in self.trees), default=-1)
        least = min((min(tree.feature) for tree in self.trees), default=0)
        if least < 0 or largest >= max(len(self.features), 1):
            raise ValueError(f"a tree looks at column {largest} of {len(self.features)}")
        return self


class Ensemble:
    """Evaluates a `Boosting` on many rows at once.

    Parameters
    ----------
    boosting : Boosting
        The trees.
    columns : sequence of str
        Names of the columns that will be given; all that the trees use must be there.

    Raises
    ------
    ValueError
        If a column is missing.
    """

    def __init__(self, boosting: Boosting, columns: Sequence[str]) -> None:
        missing = set(boosting.features) - set(columns)
        if missing:
            raise ValueError(f"the model needs {sorted(missing)}, given are {list(columns)}")
        place = np.array([columns.index(name) for name in boosting.features], np.intp)
        n_nodes = max((len(tree.feature) for tree in boosting.trees), default=1)
        shape = (len(boosting.trees), n_nodes)
        self._feature = np.zeros(shape, np.intp)
        self._threshold = np.zeros(shape)
        self._left = np.zeros(shape, np.intp)
        self._right = np.zeros(shape, np.intp)
        self._value = np.zeros(shape)
        for i, tree in enumerate(boosting.trees):
            size = len(tree.feature)
            self._feature[i, :size] = place[list(tree.feature)]
            self._threshold[i, :size] = tree.threshold
            self._left[i, :size] = tree.left
            self._right[i, :size] = tree.right
            self._value[i, :size] = tree.value
        self._base = boosting.base
        self._depth = boosting.depth

    def __call__(self, rows: ArrayLike) -> NDArray[np.float64]:
        """Return the sums of shape (n_rows,) for `rows` of shape (n_rows, n_columns)."""
        table = np.asarray(rows, np.float64)
        if not len(table):
            return np.zeros(0)
        n_trees = len(self._feature)
        row = np.arange(len(table))[:, None]
        tree = np.arange(n_trees)[None, :]
        node = np.zeros((len(table), n_trees), np.intp)
        for _ in range(self._depth):
            goes_left = table[row, self._feature[tree, node]] <= self._threshold[tree, node]
            node = np.where(goes_left, self._left[tree, node], self._right[tree, node])
        return self._base + np.asarray(self._value[tree, node].sum(axis=1), np.float64)
