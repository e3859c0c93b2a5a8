"""DRAGIN on known entropies and attentions: RIND, QFS and the continuation, worked by hand."""

from __future__ import annotations

import pytest

from quco.errors import ConfigError
from quco.ports import GeneratorCapabilities
from tests.scripted_tokens import whole
from tests.unit.eval.methods.parts import answered, generator, parts, queries

GUESS = " Gertie lives near Copenhagen. So the answer is Denmark."
KNOWN = " Gertie lives near Bergen. So the answer is Norway."


def test_without_entropy_nothing_triggers() -> None:
    shared = parts(whole(GUESS))
    assert answered("dragin", shared).final == "Denmark"
    assert queries(shared) == []


def test_an_uncertain_word_that_matters_cuts_the_text_and_retrieves() -> None:
    # Later words pay Gertie 1/2 ("lives" attends to it in question and answer) and "lives" 1, the
    # others nothing: 1 / 1.5 of the attention, times 4 words, times an entropy of 1.5, is 4.
    shared = parts(
        whole(GUESS, with_passages=KNOWN),
        entropies={"lives": 1.5, "Copenhagen.": 2.0},
        attends={word: ["from?"] for word in GUESS.split()}
        | {"lives": ["Gertie"], "near": ["lives"], "Copenhagen.": ["lives"]},
    )
    answer = answered("dragin", shared)
    # "lives" attends to Gertie in the question and in the answer, in equal parts.
    assert queries(shared) == ["Gertie Gertie"]
    assert generator(shared).shown == [False, True]
    assert generator(shared).requests[1].prefix == " Gertie"
    assert answer.text == "Gertie lives near Bergen. So the answer is Norway."
    assert answer.decisions[0].reason == "'lives' scores 4.00, above 1.2"


def test_stop_words_do_not_trigger() -> None:
    shared = parts(
        whole(" Gertie is near. So the answer is Denmark."),
        entropies={"is": 9.0},
        attends={"Gertie": ["Gertie"], "is": ["Gertie"], "near.": ["is"]},
    )
    answered("dragin", shared)
    assert queries(shared) == []


def test_the_query_is_the_most_attended_words() -> None:
    shared = parts(
        whole(GUESS, with_passages=KNOWN),
        entropies={"lives": 5.0},
        attends={"lives": ["Gertie"], "near": ["lives"]},
    )
    answered("dragin", shared, query_words=1)
    assert queries(shared) == ["Gertie"]


def test_a_generator_without_attentions_is_refused() -> None:
    shared = parts(whole(GUESS))
    generator(shared).capabilities = GeneratorCapabilities(logprobs=True)
    with pytest.raises(ConfigError, match="dragin needs attentions and entropy"):
        answered("dragin", shared)
