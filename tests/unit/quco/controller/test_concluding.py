"""Answers led to the facts that they take, and final answers that follow from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quco.answer import Answer
from quco.config import ControllerPolicy
from quco.controller import Controller
from quco.ports import ExtractionContext
from quco.types import QuestionReport, SentenceReport, Verdict
from tests.scripted import ScriptedChecker, ScriptedGenerator, ScriptedRetriever, continuing

QUESTION = "Who was born first, Ada or Bob?"
ADA, BOB = " Ada is from 1950.", " Bob is from 1949."
CLOSING = " So the answer is Ada."
BEGINS = "Bob is from"


class Logician(ScriptedChecker):
    """Knows that Bob follows once both sentences are there, and which is missing."""

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        report = super().check_sentence(sentence, context)
        if "answer is" not in sentence or context is None:
            return report
        if BOB not in context.preceding:
            return replace(report, reason="not said", lacks=BEGINS)
        right = "Bob" in sentence
        verdict = Verdict.SUPPORTED if right else Verdict.UNSUPPORTED
        return replace(report, verdict=verdict, reason="1949 is before 1950", follows="Bob")


def run(
    rule: object, sentences: dict[str, Verdict] | None = None, **policy: object
) -> tuple[Answer, ScriptedGenerator]:
    generator = ScriptedGenerator(rule)  # type: ignore[arg-type]
    controller = Controller(
        generator,
        ScriptedRetriever(),
        Logician(sentences),
        ControllerPolicy(**policy),  # type: ignore[arg-type]
    )
    return controller.run(QUESTION), generator


def kinds(answer: Answer) -> list[str]:
    return [decision.kind for decision in answer.decisions]


def test_an_answer_that_does_not_follow_is_put_right_without_the_model() -> None:
    answer, generator = run(continuing(ADA + BOB + CLOSING))
    assert answer.final == "Bob"
    assert answer.text == "Ada is from 1950. Bob is from 1949. So the answer is Bob."
    assert len(generator.requests) == 1
    assert kinds(answer)[-2:] == ["conclude", "accept"]
    wrong = answer.decisions[-2]
    assert (wrong.sentence, wrong.reason) == (CLOSING.strip(), "1949 is before 1950")
    assert answer.sentences[-1].verdict is Verdict.SUPPORTED
    assert not answer.sentences[-1].marked


def test_an_answer_that_follows_stays_as_it_is() -> None:
    answer, _ = run(continuing(ADA + BOB + " So the answer is bob."))
    assert answer.final == "bob"
    assert "conclude" not in kinds(answer)


def test_more_words_are_brought_to_those_of_the_question() -> None:
    answer, _ = run(continuing(ADA + BOB + " So the answer is Bob is older."))
    assert answer.final == "Bob"


def test_a_sentence_that_is_missing_is_asked_for() -> None:
    def rule(prefix: str, task: str) -> str:
        return " 1949. So the answer is Ada." if prefix.endswith(BEGINS) else ADA + CLOSING

    answer, generator = run(rule)
    assert answer.text == "Ada is from 1950. Bob is from 1949. So the answer is Bob."
    assert generator.requests[1].prefix == f"{ADA} {BEGINS}"
    assert kinds(answer)[-4:] == ["premise", "accept", "conclude", "accept"]


def test_it_is_asked_for_again_where_it_is_suspect() -> None:
    def rule(prefix: str, task: str) -> str:
        if not prefix.endswith(BEGINS):
            return (ADA + CLOSING).removeprefix(prefix)
        return " 1949. So the answer is Ada." if "about Bob" in task else " 1999. Hm."

    wrong = {"Bob is from 1999.": Verdict.UNSUPPORTED}
    answer, generator = run(rule, wrong)
    assert answer.final == "Bob"
    assert [r.prefix.endswith(BEGINS) for r in generator.requests] == [False, True, True]
    assert "regenerate" in kinds(answer)


def test_a_sentence_that_never_comes_is_asked_for_once() -> None:
    def rule(prefix: str, task: str) -> str:
        return " nowhere." if prefix.endswith(BEGINS) else (ADA + CLOSING).removeprefix(prefix)

    answer, generator = run(rule)
    assert answer.final == "Ada"
    assert answer.outcome == "complete"
    assert answer.sentences[-1].verdict is Verdict.UNKNOWN
    assert sum(r.prefix.endswith(BEGINS) for r in generator.requests) == 1


class Foreseeing(Logician):
    """Says with the sentence after which it follows what the answer is."""

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        report = super().check_sentence(sentence, context)
        return replace(report, concludes="Bob") if sentence == BOB else report


@pytest.mark.parametrize("draft", [ADA + BOB + " Hm." + CLOSING, ADA + BOB])
def test_nothing_is_written_after_what_the_answer_follows_from(draft: str) -> None:
    generator = ScriptedGenerator(continuing(draft))
    answer = Controller(generator, ScriptedRetriever(), Foreseeing()).run(QUESTION)
    assert answer.text == "Ada is from 1950. Bob is from 1949. So the answer is Bob."
    assert answer.sentences[-1].report.reason == "1949 is before 1950"
    assert kinds(answer).count("conclude") == 0
    assert answer.usage.llm_calls == 1


class Leading(Logician):
    """Says that Bob comes after Ada."""

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        report = super().check_sentence(sentence, context)
        return replace(report, leads_to=BEGINS) if sentence == ADA else report

    def check_question(self, question: str) -> QuestionReport:
        return replace(super().check_question(question), leads_to=self.opening)

    opening = ""


def run_leading(**policy: object) -> tuple[Answer, list[str]]:
    """Have a model answer that goes astray after its first sentence, which is a draft's end."""

    def rule(prefix: str, _task: str) -> str:
        if prefix.endswith(BEGINS):
            return " 1949." + CLOSING
        return f"{ADA} Hm is so.{CLOSING}".removeprefix(prefix)

    generator = ScriptedGenerator(rule)
    options = ControllerPolicy(draft_tokens=6, **policy)  # type: ignore[arg-type]
    answer = Controller(generator, ScriptedRetriever(), Leading(), options).run(QUESTION)
    return answer, [request.prefix for request in generator.requests]


def test_a_new_draft_begins_with_what_a_comparison_takes_next() -> None:
    answer, prefixes = run_leading()
    assert prefixes[:2] == ["", f"{ADA} {BEGINS}"]
    assert answer.text == "Ada is from 1950. Bob is from 1949. So the answer is Bob."
    assert "premise" not in kinds(answer)


def test_the_first_draft_begins_with_what_a_comparison_takes_first() -> None:
    checker = Leading()
    checker.opening = BEGINS
    generator = ScriptedGenerator(continuing(BOB + ADA + CLOSING))
    answer = Controller(generator, ScriptedRetriever(), checker).run(QUESTION)
    assert generator.requests[0].prefix == f" {BEGINS}"
    assert answer.sentences[0].text == BOB
    assert answer.final == "Bob"
    for policy in (
        ControllerPolicy(check_conclusion=False),
        ControllerPolicy(check_question=False),
    ):
        generator = ScriptedGenerator(continuing(BOB + ADA + CLOSING))
        Controller(generator, ScriptedRetriever(), checker, policy).run(QUESTION)
        assert generator.requests[0].prefix == ""


class Waiting(Logician):
    """Says after each sentence that Bob is due, until he is spoken of."""

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        report = super().check_sentence(sentence, context)
        said = (*context.preceding, sentence) if context else (sentence,)
        is_due = "answer is" not in sentence and not any("Bob" in text for text in said)
        return replace(report, leads_to=BEGINS if is_due else "")


def test_a_draft_that_leaves_out_what_is_due_is_led_to_it() -> None:
    """One sentence may come between; the rest of the draft is written anew."""

    def rule(prefix: str, _task: str) -> str:
        if prefix.endswith(BEGINS):
            return " 1949." + CLOSING
        return f"{ADA} Ada is tall. Ada is old.{CLOSING}".removeprefix(prefix)

    generator = ScriptedGenerator(rule)
    answer = Controller(generator, ScriptedRetriever(), Waiting()).run(QUESTION)
    assert [r.prefix for r in generator.requests] == ["", f"{ADA} Ada is tall. {BEGINS}"]
    assert answer.text == "Ada is from 1950. Ada is tall. Bob is from 1949. So the answer is Bob."
    assert "premise" not in kinds(answer)


class Dating(ScriptedChecker):
    """Says after the first sentence that Bob's death is due."""

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        report = super().check_sentence(sentence, context)
        is_first = context is not None and not context.preceding
        return replace(report, leads_to="Bob Roe died on" if is_first else "")


@pytest.mark.parametrize(
    ("second", "is_led"),
    [
        (" Bob Roe was tall.", True),
        (" Bob Roe died in Rome.", True),
        (" Bob Roe died on Monday.", False),
        (" He was tall.", False),
        (" Bob was tall.", False),
    ],
)
def test_a_draft_that_says_something_else_of_what_is_spoken_of_is_led_back(
    second: str, is_led: bool
) -> None:
    def rule(prefix: str, _task: str) -> str:
        if prefix.endswith("Bob Roe died on"):
            return " 1 May 1950." + CLOSING
        return f"{ADA}{second}{CLOSING}".removeprefix(prefix)

    generator = ScriptedGenerator(rule)
    answer = Controller(generator, ScriptedRetriever(), Dating()).run(QUESTION)
    expected = " Bob Roe died on 1 May 1950." if is_led else second
    assert answer.sentences[1].text == expected
    assert len(generator.requests) == 1 + is_led


def test_what_a_model_was_led_to_and_refuses_to_say_is_left_out() -> None:
    def rule(prefix: str, _task: str) -> str:
        if prefix.endswith(BEGINS):
            return f" where is not mentioned.{CLOSING}"
        return f"{ADA}{CLOSING}".removeprefix(prefix)

    answer, generator = run(rule, max_regenerations=0)
    assert [r.prefix for r in generator.requests] == ["", f"{ADA} {BEGINS}", ADA]
    assert answer.text == "Ada is from 1950. So the answer is Ada."
    assert (answer.final, answer.outcome) == ("Ada", "complete")


def test_without_conclusions_a_draft_begins_as_the_model_likes() -> None:
    answer, prefixes = run_leading(check_conclusion=False)
    assert prefixes[:2] == ["", ADA]
    assert answer.text == "Ada is from 1950. Hm is so. So the answer is Ada."


def test_a_model_that_draws_its_own_conclusions_writes_on() -> None:
    generator = ScriptedGenerator(continuing(ADA + BOB + " Hm." + CLOSING))
    policy = ControllerPolicy(check_conclusion=False)
    answer = Controller(generator, ScriptedRetriever(), Foreseeing(), policy).run(QUESTION)
    assert answer.text.endswith("Hm. So the answer is Ada.")


def test_a_model_that_only_repeats_itself_comes_to_an_end() -> None:
    answer, generator = run(lambda prefix, task: "" if prefix.endswith(BEGINS) else ADA + CLOSING)
    assert answer.final == "Ada"
    assert len(generator.requests) < 6


def test_budgets_hold() -> None:
    answer, generator = run(continuing(ADA + CLOSING), max_llm_calls=1)
    assert (answer.final, answer.outcome) == ("Ada", "complete")
    assert len(generator.requests) == 1


def test_it_can_be_left_out() -> None:
    answer, _ = run(continuing(ADA + BOB + CLOSING), check_conclusion=False)
    assert answer.final == "Ada"
    assert answer.sentences[-1].verdict is Verdict.UNKNOWN
    answer, generator = run(continuing(ADA + CLOSING), check_conclusion=False)
    assert answer.final == "Ada"
    assert len(generator.requests) == 1
