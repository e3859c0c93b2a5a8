"""ETC on known entropies: equations 9 to 12 of its paper, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.methods.etc import smoothed
from quco.ports import GeneratorCapabilities
from tests.scripted_tokens import whole
from tests.unit.eval.methods.parts import QUESTION, answered, generator, parts, queries

GUESS = " Gertie lives near Copenhagen Denmark. So the answer is Denmark."
KNOWN = " Gertie lives near Bergen Norway. So the answer is Norway."


def test_smoothing_by_hand() -> None:
    # Second differences of 0, 1, 0, 3: -2 and 4. E_2 = 1; |4 - 1| = |-2 - 1|, so each counts half.
    assert smoothed([0, 1, 0, 3]) == pytest.approx([-2, 1])
    # Of 0, 0, 1, 1, 1: 1, -1, 0. E_2 = 0, halves: 0. E_3 = 0: |0| against |-1|: all on the new.
    assert smoothed([0, 0, 1, 1, 1]) == pytest.approx([1, 0, 0])
    assert smoothed([1, 2]) == []


@given(st.lists(st.floats(0, 12), min_size=3, max_size=30))
def test_smoothing_stays_between_neighbours(entropies: list[float]) -> None:
    seconds = np.diff(entropies, n=2)
    for t, value in enumerate(smoothed(entropies)):
        around = seconds[max(t - 1, 0) : t + 1]
        assert around.min() - 1e-6 <= value <= around.max() + 1e-6


def test_a_turn_of_the_entropy_retrieves_before_the_word() -> None:
    # Entropies 0, 0, 0, 5: the second differences are 0 and 5, smoothed to 2.5 at Copenhagen.
    shared = parts(whole(GUESS, with_passages=KNOWN), entropies={"Copenhagen": 5.0})
    answer = answered("etc", shared)
    assert generator(shared).requests[1].prefix == " Gertie lives near"
    assert generator(shared).shown == [False, True]
    assert answer.text == KNOWN.strip()
    assert answer.decisions[0].reason == "the entropy turns by 2.50 at 'Copenhagen'"


def test_a_flat_entropy_does_not() -> None:
    shared = parts(whole(GUESS), entropies=dict.fromkeys(GUESS.split(), 3.0))
    answered("etc", shared, alpha=1.0)
    assert queries(shared) == []


def test_without_attentions_the_question_and_the_text_are_asked() -> None:
    shared = parts(whole(GUESS, with_passages=KNOWN), entropies={"Copenhagen": 5.0})
    generator(shared).capabilities = GeneratorCapabilities(logprobs=True, entropy="top_k")
    answered("etc", shared)
    assert queries(shared) == [f"{QUESTION} Gertie lives near"]
