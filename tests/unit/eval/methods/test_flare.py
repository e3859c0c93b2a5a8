"""FLARE on known probabilities, step by step as in section 3.2 of its paper."""

from __future__ import annotations

from math import log

from tests.scripted_tokens import whole
from tests.unit.eval.methods.parts import answered, generator, parts, queries

GUESS = " Gertie is Danish. So the answer is Denmark."
KNOWN = " Gertie is Norse. So the answer is Norway."


def test_likely_sentences_are_accepted_without_retrieval() -> None:
    shared = parts(whole(GUESS), logprobs={"Danish.": log(0.81)})
    answer = answered("flare", shared)
    assert answer.final == "Denmark"
    assert queries(shared) == []


def test_an_unlikely_token_retrieves_with_the_rest_of_the_sentence() -> None:
    shared = parts(whole(GUESS, with_passages=KNOWN), logprobs={"Danish.": log(0.3)})
    answer = answered("flare", shared)
    assert queries(shared) == ["Gertie is"]
    # Draft without passages, the sentence again with them, the rest without.
    assert generator(shared).shown == [False, True, False]
    assert answer.text.startswith("Gertie is Norse.")
    assert answer.decisions[0].reason == "' Danish.' has probability 0.30, below 0.8"


def test_between_beta_and_theta_the_token_stays_in_the_query() -> None:
    shared = parts(whole(GUESS, with_passages=KNOWN), logprobs={"Danish.": log(0.5)})
    answered("flare", shared)
    assert queries(shared) == ["Gertie is Danish."]


def test_a_sentence_of_unlikely_tokens_is_its_own_query() -> None:
    unlikely = dict.fromkeys(["Gertie", "is", "Danish."], log(0.1))
    shared = parts(whole(GUESS, with_passages=KNOWN), logprobs=unlikely)
    answered("flare", shared)
    assert queries(shared)[0] == "Gertie is Danish."
