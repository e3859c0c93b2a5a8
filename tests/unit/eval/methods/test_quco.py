"""QuCo over counts that are laid out: the paper's rule, and that ours is the library's loop."""

from __future__ import annotations

from tests.scripted_tokens import whole
from tests.unit.eval.methods.parts import QUESTION, answered, generator, parts, queries

GUESS = " Gertie is Danish. So the answer is Denmark."
KNOWN = " Gertie is Norse. So the answer is Norway."
WORDS = "filler " * 50


def test_the_papers_rule_retrieves_where_head_and_tail_never_meet() -> None:
    # Gertie is frequent (stage one passes), and is never near "Danish".
    documents = {"a": "Gertie Norse", "b": "Danish", "c": "Gertie Norse"}
    shared = parts(whole(GUESS, with_passages=KNOWN), documents)
    answer = answered("quco-paper", shared, threshold_per_million=0.0)
    assert queries(shared) == ["Gertie is"]
    assert answer.final == "Norway"
    assert generator(shared).shown == [False, True]


def test_the_papers_rule_passes_what_meets() -> None:
    shared = parts(whole(GUESS), {"a": "Gertie Danish"})
    answer = answered("quco-paper", shared, threshold_per_million=0.0)
    assert (queries(shared), answer.final) == ([], "Denmark")


def test_the_papers_rule_passes_what_it_does_not_know() -> None:
    shared = parts(whole(GUESS), {"a": "nothing"})
    answered("quco-paper", shared, threshold_per_million=0.0)
    assert queries(shared) == []


def test_the_papers_first_stage_asks_for_rare_entities() -> None:
    shared = parts(whole(GUESS), {"a": "Gertie Danish"})
    answered("quco-paper", shared, threshold_per_million=1e6)
    assert queries(shared) == [QUESTION]


def test_ours_takes_fields_of_the_controllers_policy() -> None:
    shared = parts(whole(GUESS), {"a": "nothing"})
    answer = answered(
        "quco", shared, controller={"check_question": False, "check_sentences": False}
    )
    assert (queries(shared), answer.usage.checks, answer.final) == ([], 0, "Denmark")
