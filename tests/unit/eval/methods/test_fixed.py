"""The methods that do not look at the draft: when they retrieve, with what, what is shown."""

from __future__ import annotations

import pytest

from eval.methods import find_method
from eval.types import Sample
from quco.errors import ConfigError, InputError
from tests.scripted_tokens import then, whole
from tests.unit.eval.methods.parts import QUESTION, answered, generator, parts, queries

ANSWER = " Gertie is Norse. Norse is Oslo. So the answer is Oslo."


def test_no_rag_writes_in_one_go() -> None:
    shared = parts(whole(ANSWER))
    answer = answered("no-rag", shared)
    assert (answer.final, answer.text) == ("Oslo", ANSWER.strip())
    assert queries(shared) == []
    assert (answer.usage.llm_calls, answer.usage.retrievals) == (1, 0)
    assert generator(shared).shown == [False]


def test_an_answer_without_a_final_answer_is_asked_for_it() -> None:
    shared = parts(then(" Gertie is Norse.", " Oslo. And more"))
    answer = answered("no-rag", shared)
    assert answer.final == "Oslo"
    assert answer.text == "Gertie is Norse. So the answer is Oslo."
    assert [d.kind for d in answer.decisions] == ["accept", "complete", "accept"]
    assert generator(shared).requests[1].prefix == " Gertie is Norse. So the answer is"


def test_sr_rag_retrieves_once_with_the_question() -> None:
    shared = parts(whole(ANSWER))
    answer = answered("sr-rag", shared, k=5)
    assert queries(shared) == [QUESTION]
    assert generator(shared).shown == [True]
    assert answer.usage.retrievals == 1
    assert [p.text for p in answer.passages] == [f"about {QUESTION}"]


def test_fl_rag_retrieves_every_n_tokens_with_the_last_n() -> None:
    shared = parts(whole(ANSWER))
    answer = answered("fl-rag", shared, every=3)
    # Tokens are words: 3 + 3, then "So the answer" does not yet say that it is the final answer.
    assert queries(shared) == [QUESTION, "Gertie is Norse.", "Norse is Oslo.", "So the answer"]
    assert answer.text == ANSWER.strip()
    assert answer.final == "Oslo"
    # The newest passages replace the older ones.
    assert "about Norse is Oslo." in generator(shared).requests[2].messages[0].content
    assert "about Gertie is Norse." not in generator(shared).requests[2].messages[0].content


def test_fl_rag_ends_a_final_answer_that_the_length_cuts() -> None:
    shared = parts(whole(" It is so. So the answer is New York City."))
    answer = answered("fl-rag", shared, every=8)
    assert answer.final == "New York City"
    assert [r.max_tokens for r in generator(shared).requests] == [8, 32]


def test_fs_rag_retrieves_after_every_sentence_with_that_sentence() -> None:
    shared = parts(whole(ANSWER))
    answer = answered("fs-rag", shared)
    assert queries(shared) == [QUESTION, "Gertie is Norse.", "Norse is Oslo."]
    assert answer.text == ANSWER.strip()
    assert answer.usage.llm_calls == 3


def test_fs_rag_may_keep_what_it_found_as_ircot_does() -> None:
    shared = parts(whole(ANSWER))
    answered("fs-rag", shared, keep=True)
    last = generator(shared).requests[-1].messages[0].content
    assert all(f"about {query}" in last for query in queries(shared))


def test_gold_shows_the_passages_of_the_data_set() -> None:
    shared = parts(whole(ANSWER))
    answer = answered("gold", shared)
    assert queries(shared) == []
    assert "Gertie: Gertie is Norse." in generator(shared).requests[0].messages[0].content
    assert answer.usage.retrievals == 0
    with pytest.raises(InputError, match="'q2' has no supporting passages"):
        find_method("gold")(shared).answer(Sample("q2", "Why?", ("x",)))


def test_a_model_that_repeats_itself_is_stopped() -> None:
    shared = parts(
        lambda prefix, _shown: " no" if "answer" in prefix else " Gertie is Norse. It is so."
    )
    answer = answered("fs-rag", shared)
    assert answer.text == "Gertie is Norse. So the answer is no"
    assert "the model repeats itself" in [d.reason for d in answer.decisions]


def test_wrong_options_are_named() -> None:
    with pytest.raises(ConfigError, match="method 'sr-rag', option 'top'"):
        answered("sr-rag", parts(whole(ANSWER)), top=3)
    with pytest.raises(ConfigError, match="no method is called 'rag'; expected one of no-rag"):
        find_method("rag")
