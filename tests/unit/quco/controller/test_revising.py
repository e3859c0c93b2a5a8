"""Suspect sentences that the corpus puts right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from quco.config import ControllerPolicy
from quco.controller import Controller
from quco.controller.revising import reworded
from quco.errors import ConfigError
from quco.ports import ExtractionContext
from quco.types import (
    ClaimReport,
    Generation,
    GenerationRequest,
    SentenceReport,
    Triplet,
    Verdict,
)
from tests.scripted import ScriptedChecker, ScriptedGenerator, ScriptedRetriever, continuing

QUESTION = "Where is Ada from?"
WRONG, RIGHT = "Ada is from Rome.", "Ada is from Oslo."


def make(
    p_wrong: float | None, *, right: Verdict = Verdict.SUPPORTED, **policy: object
) -> Controller:
    """A model that says Rome, and a corpus that says Oslo."""

    def rule(prefix: str, _task: str) -> str:
        place = "Oslo" if prefix.startswith(f" {RIGHT}") else "Rome"
        return f" Ada is from {place}. So the answer is {place}.".removeprefix(prefix)

    checker = ScriptedChecker(
        {WRONG: Verdict.UNSUPPORTED, RIGHT: right},
        instead={WRONG: "from Oslo"},
        p_wrong={} if p_wrong is None else {RIGHT: p_wrong},
    )
    return Controller(
        ScriptedGenerator(rule),
        ScriptedRetriever(),
        checker,
        ControllerPolicy(**policy),  # type: ignore[arg-type]
    )


def kinds(controller: Controller) -> list[str]:
    return [decision.kind for decision in controller.run(QUESTION).decisions]


def test_a_sentence_is_put_right_without_the_model() -> None:
    controller = make(0.04)
    answer = controller.run(QUESTION)
    assert answer.text == "Ada is from Oslo. So the answer is Oslo."
    assert [r.prefix for r in controller.generator.requests] == ["", f" {RIGHT}"]  # type: ignore[attr-defined]
    assert answer.usage.retrievals == 0
    revised = next(d for d in answer.decisions if d.kind == "revise")
    assert (revised.sentence, revised.verdict) == (WRONG, Verdict.UNSUPPORTED)
    assert revised.reason == f"the corpus says: {RIGHT}"
    first = answer.sentences[0]
    assert (first.verdict, first.marked, first.tries) == (Verdict.SUPPORTED, False, 1)


@pytest.mark.parametrize(
    "controller",
    [
        make(0.05),
        make(None),
        make(0.01, right=Verdict.UNKNOWN),
        make(0.04, revise_below=0.0),
        make(0.04, revise_below=0.04),
    ],
)
def test_what_the_corpus_is_not_sure_of_is_left_to_the_model(controller: Controller) -> None:
    said = kinds(controller)
    assert "revise" not in said
    assert "regenerate" in said


def test_the_second_draft_may_be_put_right_too() -> None:
    drafts = iter([" Ada is from Bonn. So the answer is Bonn.", f" {WRONG} So the answer is Rome."])
    checker = ScriptedChecker(
        {WRONG: Verdict.UNSUPPORTED, "Ada is from Bonn.": Verdict.UNSUPPORTED},
        instead={WRONG: "from Oslo"},
        p_wrong={RIGHT: 0.01},
    )
    generator = ScriptedGenerator(
        lambda prefix, _task: " So the answer is Oslo." if prefix else next(drafts)
    )
    answer = Controller(generator, ScriptedRetriever(), checker).run(QUESTION)
    assert answer.text == "Ada is from Oslo. So the answer is Oslo."
    assert answer.sentences[0].tries == 2


def test_what_was_said_before_is_not_said_again() -> None:
    whole = f" {RIGHT} {WRONG} So the answer is Oslo."
    checker = ScriptedChecker(
        {WRONG: Verdict.UNSUPPORTED}, instead={WRONG: "from Oslo"}, p_wrong={RIGHT: 0.01}
    )
    policy = ControllerPolicy(max_regenerations=0)
    answer = Controller(
        ScriptedGenerator(continuing(whole)), ScriptedRetriever(), checker, policy
    ).run(QUESTION)
    assert answer.text == whole.strip()
    assert answer.sentences[1].marked


class Knowing(ScriptedChecker):
    """Reports two claims of each sentence that is from somewhere: where, and that it is British."""

    def __init__(self, *, instead: str, labels: tuple[str, str] = ("", ""), british: float) -> None:
        super().__init__({WRONG: Verdict.UNSUPPORTED})
        self.labels = {"Rome": labels[0], instead: labels[1]}
        self.other = instead
        self.british = british

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        report = super().check_sentence(sentence, context)
        place = next((name for name in self.labels if f"from {name}" in sentence), "")
        if not place:
            return report
        where = Triplet("Ada", "from", place, tail_label=self.labels[place])
        wrong = report.verdict is Verdict.UNSUPPORTED
        claims = (
            ClaimReport(where, report.verdict, 0.9 if wrong else 0.01, instead=self.other * wrong),
            ClaimReport(Triplet("Ada", "is", "British"), Verdict.SUPPORTED, self.british),
        )
        return replace(report, claims=claims)


@pytest.mark.parametrize(
    ("checker", "question", "is_revised"),
    [
        (Knowing(instead="Oslo", british=0.01), QUESTION, True),
        # It was as doubtful before.
        (Knowing(instead="Oslo", british=0.4), QUESTION, True),
        (Knowing(instead="Oslo", labels=("GPE", "LOC"), british=0.01), QUESTION, True),
        (Knowing(instead="Oslo", labels=("GPE", ""), british=0.01), QUESTION, True),
        (Knowing(instead="Bob Roe", labels=("GPE", "PERSON"), british=0.01), QUESTION, False),
        (Knowing(instead="Oslo", british=0.01), "Is Ada of Oslo from abroad?", False),
        (Knowing(instead="Oslo", british=0.01), "Is Ada of Oslof from abroad?", True),
    ],
)
def test_what_is_put_in_place_of_a_tail_fits(
    checker: Knowing, question: str, is_revised: bool
) -> None:
    generator = ScriptedGenerator(continuing(f" {WRONG} So the answer is Rome."))
    policy = ControllerPolicy(max_regenerations=0, max_llm_calls=1)
    answer = Controller(generator, ScriptedRetriever(), checker, policy).run(question)
    assert ("revise" in [decision.kind for decision in answer.decisions]) == is_revised
    assert answer.text.startswith(f"Ada is from {checker.other if is_revised else 'Rome'}.")


def test_a_draft_is_not_cut_short_for_what_will_not_be_put_right() -> None:
    """The rest of a draft is written anew only where a sentence is really replaced."""

    def calls(p_wrong: float) -> int:
        policy = {"max_regenerations": 0}
        controller = make(p_wrong, **policy)
        generator = Stopping(controller.generator)
        answer = Controller(
            generator, ScriptedRetriever(), controller.verifier, ControllerPolicy(**policy)
        ).run(QUESTION)
        return answer.usage.llm_calls

    assert (calls(0.04), calls(0.06)) == (2, 1)


class Stopping:
    """Ends a draft once whoever watches has seen enough."""

    def __init__(self, generator: ScriptedGenerator) -> None:
        self.name = generator.name
        self.capabilities = generator.capabilities
        self._generator = generator

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        found = []
        for request, whole in zip(requests, self._generator.generate(requests), strict=True):
            enough = request.enough or (lambda _text: False)
            ends = (n for n in range(len(whole.text)) if enough(whole.text[:n]))
            end = next(ends, None)
            found.append(
                whole
                if end is None
                else replace(whole, text=whole.text[:end], finish_reason="length")
            )
        return found


def claim(tail: str | None, instead: str, verdict: Verdict = Verdict.UNSUPPORTED) -> ClaimReport:
    return ClaimReport(Triplet("Ada", "is", tail), verdict, instead=instead)


def sentence(text: str, *claims: ClaimReport) -> SentenceReport:
    return SentenceReport(text, Verdict.UNSUPPORTED, claims)


def test_only_what_is_wrong_is_replaced() -> None:
    born, died = claim("1 May 1900", "2 May 1901"), claim("Rome", "Bonn", Verdict.SUPPORTED)
    text = " Ada was born on 1 May 1900 in Rome."
    assert reworded(sentence(text, born, died)) == " Ada was born on 2 May 1901 in Rome."


def test_one_tail_of_two_claims_is_replaced_once() -> None:
    text = reworded(sentence("Ada wrote and sang Up.", claim("Up", "Down"), claim("Up", "Down")))
    assert text == "Ada wrote and sang Down."


@pytest.mark.parametrize(
    "report",
    [
        sentence("Ada is from Rome.", claim("Rome", "")),
        sentence("Ada is from Rome.", claim(None, "Oslo")),
        sentence("Ada is from Rome.", claim("Bonn", "Oslo")),
        sentence("Ada is from Romery.", claim("Rome", "Oslo")),
        sentence("Rome is where Ada of Rome is from.", claim("Rome", "Oslo")),
        sentence("Ada of Oslo is from Rome.", claim("Rome", "Oslo")),
        sentence("Ada was born on 1 May 1900.", claim("1 May 1900", "1900")),
        sentence("Ada was born in 1900.", claim("1900", "30 September")),
        sentence("Ada and Rome.", claim("Rome", "Oslo"), claim("Ada", "")),
        sentence("Ada is from Rome.", claim("Rome", "Oslo", Verdict.UNKNOWN)),
        sentence("Ada is from Rome."),
    ],
)
def test_what_cannot_be_said_with_other_words_is_not(report: SentenceReport) -> None:
    assert reworded(report) == ""


@pytest.mark.parametrize("value", [-0.1, 1.5])
def test_a_probability_is_between_0_and_1(value: float) -> None:
    with pytest.raises(ConfigError, match=f"revise_below is {value}"):
        ControllerPolicy(revise_below=value)
