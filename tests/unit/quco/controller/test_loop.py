"""The control loop, step by step, in a scripted world."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from quco.answer import Answer
from quco.config import NO_RETRIEVAL, ControllerPolicy
from quco.controller import Controller
from quco.errors import (
    BudgetExhaustedError,
    ConfigError,
    GenerationError,
    InputError,
    PromptTooLongError,
    StatisticsError,
)
from quco.ports import GeneratorCapabilities
from quco.types import (
    Evidence,
    Generation,
    GenerationRequest,
    Passage,
    QuestionReport,
    SentenceReport,
    Surroundings,
    Verdict,
)
from tests.scripted import (
    ScriptedChecker,
    ScriptedGenerator,
    ScriptedRetriever,
    continuing,
    task_of,
)

GOOD = " Ada is a poet. Poets is people. So the answer is people."
WRONG = "Ada is a cat."
QUESTION = "Who is Ada?"


def correcting(prefix: str, task: str) -> str:
    """Write nonsense about Ada until a passage about her is shown."""
    first = " Ada is a poet." if "about Ada" in task else f" {WRONG}"
    whole = f"{first} So the answer is {'poet' if 'poet' in first else 'cat'}."
    return whole.removeprefix(prefix)


def make(
    answer: object = None,
    checker: ScriptedChecker | None = None,
    retriever: ScriptedRetriever | None = None,
    fails_at: int | None = None,
    **policy: object,
) -> Controller:
    rule = continuing(GOOD) if answer is None else answer
    return Controller(
        ScriptedGenerator(rule, fails_at=fails_at),  # type: ignore[arg-type]
        retriever or ScriptedRetriever(),
        checker or ScriptedChecker(),
        ControllerPolicy(**policy),  # type: ignore[arg-type]
    )


def kinds(answer: Answer) -> list[str]:
    return [decision.kind for decision in answer.decisions]


def test_a_check_is_told_what_the_draft_says_before_and_after() -> None:
    checker = ScriptedChecker()
    make(checker=checker).run(QUESTION)
    first, second, third = " Ada is a poet.", " Poets is people.", " So the answer is people."
    told = [(c.preceding, c.following) for c in checker.contexts if c is not None]
    assert told == [
        ((), (second, third)),
        ((first,), (third,)),
        ((first, second), ()),
    ]


def test_a_supported_answer_takes_one_call_and_no_retrieval() -> None:
    answer = make().run(QUESTION)
    assert answer.final == "people"
    assert answer.text == GOOD.strip()
    assert kinds(answer) == ["check_question", "accept", "accept", "accept"]
    assert (answer.usage.llm_calls, answer.usage.retrievals) == (1, 0)
    assert answer.usage.checks == 4
    assert answer.outcome == "complete"
    assert not answer.passages


class Stopping(ScriptedGenerator):
    """Writes word by word, and stops where it is told that there is enough."""

    def __init__(self, answer: Callable[[str, str], str]) -> None:
        super().__init__(answer)
        self.written: list[str] = []

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        whole = zip(requests, super().generate(requests), strict=True)
        found = [self._cut(request, generation) for request, generation in whole]
        self.written += [generation.text for generation in found]
        return found

    def _cut(self, request: GenerationRequest, found: Generation) -> Generation:
        words = re.findall(r"\s*\S+", found.text)
        for n in range(1, len(words)):
            if request.enough is not None and request.enough("".join(words[:n])):
                return Generation("".join(words[:n]), "length", n_completion_tokens=n)
        return found


def stopping_and_not(
    write: Callable[[str, str], str], **policy: object
) -> tuple[Answer, Answer, Stopping]:
    """Return the answers of a generator that writes on and of one that stops, and that one."""
    stopping, answers = Stopping(write), list[Answer]()
    for generator in (ScriptedGenerator(write), stopping):
        checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
        options = ControllerPolicy(**policy)  # type: ignore[arg-type]
        answers.append(Controller(generator, ScriptedRetriever(), checker, options).run(QUESTION))
        asked = 1 + len(checker.contexts)
        assert asked == answers[-1].usage.checks  # no sentence is checked twice
    return answers[0], answers[1], stopping


@pytest.mark.parametrize("helps", [True, False])
def test_nothing_is_written_beyond_a_sentence_that_is_tried_again(helps: bool) -> None:
    def write(prefix: str, task: str) -> str:
        first = " Ada is a poet." if "about Ada" in task and helps else f" {WRONG}"
        return f"{first} Ada is tall. Bo is old. So the answer is Ada.".removeprefix(prefix)

    whole, stopped, stopping = stopping_and_not(write)
    assert stopped.text == whole.text
    assert stopped.usage.checks == whole.usage.checks
    drafts = [found.split() for found in stopping.written]
    assert [len(words) for words in drafts] == [6, 6, 11]  # two words of a second sentence
    assert whole.usage.completion_tokens == 30
    assert stopped.usage.llm_calls == 3
    assert stopped.sentences[0].tries == whole.sentences[0].tries == 2
    shown = [bool(sentence.passages) for sentence in stopped.sentences]
    assert shown == [bool(sentence.passages) for sentence in whole.sentences] == [helps] * 4


@pytest.mark.parametrize(
    "policy", [{"max_retrievals": 0}, {"max_regenerations": 0}, {"check_sentences": False}]
)
def test_a_sentence_that_is_not_tried_again_ends_no_draft(policy: dict[str, object]) -> None:
    whole, stopped, _stopping = stopping_and_not(
        continuing(f" Ada is tall. {WRONG} Bo is old. So the answer is Ada."), **policy
    )
    assert stopped.text == whole.text
    assert stopped.usage.llm_calls == 1


def test_the_last_draft_of_a_sentence_need_not_be_the_last_of_the_answer() -> None:
    def write(prefix: str, task: str) -> str:
        return f" {WRONG} Bo is old. So the answer is Ada.".removeprefix(prefix)

    policy = ControllerPolicy(draft_tokens=5)
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
    answer = Controller(ScriptedGenerator(write), ScriptedRetriever(), checker, policy).run(
        QUESTION
    )
    assert answer.text == f"{WRONG} Bo is old. So the answer is Ada."
    assert "complete" not in kinds(answer)


def test_a_rare_subject_is_retrieved_before_anything_is_written() -> None:
    controller = make(checker=ScriptedChecker(question=Verdict.UNSUPPORTED))
    answer = controller.run(QUESTION)
    assert kinds(answer)[:2] == ["check_question", "retrieve"]
    assert answer.decisions[1].queries == (QUESTION,)
    assert answer.usage.llm_calls == 1
    assert answer.sentences[0].passages == (f"about {QUESTION}",)
    request = controller.generator.requests[0]  # type: ignore[attr-defined]
    assert f"[1] about {QUESTION}" in request.messages[-1].content


def test_names_beside_the_rare_entity_join_the_question_in_the_query() -> None:
    checker = ScriptedChecker(question=Verdict.UNSUPPORTED, around=Surroundings(("Bo", "Cy")))
    answer = make(checker=checker).run(QUESTION)
    assert answer.decisions[1].queries == (f"{QUESTION} Bo Cy",)
    plain = make(checker=checker, question_query="question", question_passages="retriever").run(
        QUESTION
    )
    assert plain.decisions[1].queries == (QUESTION,)


AROUND = Surroundings(("Bo",), (Evidence("Ada met Bo.", "1", "Ada"), Evidence("Bo sang.", "2")))


def test_articles_around_a_rare_question_stand_for_what_would_be_retrieved() -> None:
    checker = ScriptedChecker(question=Verdict.UNSUPPORTED, around=AROUND)
    retriever = ScriptedRetriever()
    answer = make(None, checker, retriever, question_passages="articles").run(QUESTION)
    assert kinds(answer)[:2] == ["check_question", "look"]
    assert retriever.queries == []
    assert (answer.usage.looks, answer.usage.retrievals) == (1, 0)
    assert [p.text for p in answer.passages] == ["Ada met Bo.", "Bo sang."]
    assert answer.decisions[1].passages == answer.sentences[0].passages
    assert len(answer.decisions[1].passages) == 2


def test_the_retriever_is_asked_where_the_corpus_has_no_articles() -> None:
    checker = ScriptedChecker(question=Verdict.UNSUPPORTED, around=Surroundings(("Bo",)))
    answer = make(checker=checker, question_passages="articles").run(QUESTION)
    assert answer.decisions[1].queries == (f"{QUESTION} Bo",)
    assert (answer.usage.looks, answer.usage.retrievals) == (0, 1)


def test_articles_are_left_to_the_retriever_by_default() -> None:
    checker = ScriptedChecker(question=Verdict.UNSUPPORTED, around=AROUND)
    answer = make(checker=checker).run(QUESTION)
    assert answer.decisions[1].queries == (f"{QUESTION} Bo",)
    assert (answer.usage.looks, answer.usage.retrievals) == (0, 1)


def test_a_question_does_without_names_that_cannot_be_had() -> None:
    class Unreadable(ScriptedChecker):
        def look_around(self, report: QuestionReport, *, articles: bool = True) -> Surroundings:
            raise StatisticsError("gone")

    answer = make(checker=Unreadable(question=Verdict.UNSUPPORTED)).run(QUESTION)
    assert answer.decisions[1].queries == (QUESTION,)


def test_names_are_not_looked_for_where_the_corpus_could_not_be_asked() -> None:
    checker = ScriptedChecker(question=Verdict.UNKNOWN, around=AROUND)
    assert make(checker=checker).run(QUESTION).decisions[1].queries == (QUESTION,)


def test_a_question_asked_with_more_words_is_not_asked_again_without_them() -> None:
    checker = ScriptedChecker(
        {WRONG: Verdict.UNSUPPORTED},
        question=Verdict.UNSUPPORTED,
        around=Surroundings(("Bo",)),
    )
    retriever = ScriptedRetriever()
    stubborn = continuing(f" {WRONG} So the answer is cat.")
    make(stubborn, checker, retriever, queries=("question",)).run(QUESTION)
    assert retriever.queries == [f"{QUESTION} Bo"]


def against(text: str) -> ScriptedChecker:
    place = Evidence(text, "d", "Ada")
    return ScriptedChecker({WRONG: Verdict.UNSUPPORTED}, evidence={WRONG: (place,)})


def test_what_speaks_against_a_sentence_is_shown_before_the_retriever_is_asked() -> None:
    answer = make(correcting, against("about Ada: a poet")).run(QUESTION)
    assert kinds(answer) == ["check_question", "regenerate", "accept", "accept"]
    assert answer.text == "Ada is a poet. So the answer is poet."
    assert answer.usage.retrievals == 0
    assert [(p.text, p.title) for p in answer.passages] == [("about Ada: a poet", "Ada")]
    assert answer.passages[0].id.startswith("d#")
    assert answer.sentences[0].passages == (answer.passages[0].id,)


def test_the_retriever_is_asked_where_that_did_not_help() -> None:
    answer = make(correcting, against("nothing of use"), max_regenerations=2).run(QUESTION)
    assert kinds(answer)[1:4] == ["regenerate", "retrieve", "regenerate"]
    assert answer.text == "Ada is a poet. So the answer is poet."
    assert answer.sentences[0].tries == 3


@pytest.mark.parametrize(("show_evidence", "n_calls"), [("none", 1), ("unseen", 1), ("any", 2)])
def test_places_that_a_passage_holds_are_shown_again_on_demand(
    show_evidence: str, n_calls: int
) -> None:
    checker = against("Ada wrote")
    checker.question = Verdict.UNSUPPORTED
    same = ScriptedRetriever({QUESTION: ["Ada wrote verse"], "Ada is": [], WRONG: []})
    stubborn = continuing(f" {WRONG} So the answer is cat.")
    answer = make(stubborn, checker, same, show_evidence=show_evidence).run(QUESTION)
    assert answer.usage.llm_calls == n_calls


def test_a_suspect_sentence_is_written_again_with_passages() -> None:
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
    answer = make(correcting, checker).run(QUESTION)
    assert kinds(answer) == ["check_question", "retrieve", "regenerate", "accept", "accept"]
    assert answer.decisions[1].queries == ("Ada is",)
    assert answer.decisions[1].sentence == WRONG
    assert answer.text == "Ada is a poet. So the answer is poet."
    assert answer.sentences[0].tries == 2
    assert answer.sentences[1].tries == 1
    assert not answer.sentences[0].marked
    assert answer.usage.llm_calls == 2


def test_what_was_accepted_before_the_suspect_sentence_stays() -> None:
    whole = " Bo is a dog. Ada is a cat. So the answer is cat."
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
    controller = make(continuing(whole), checker)
    answer = controller.run(QUESTION)
    prefixes = [r.prefix for r in controller.generator.requests]  # type: ignore[attr-defined]
    assert prefixes == ["", " Bo is a dog."]
    assert answer.text == whole.strip()


def test_regenerated_sentences_are_checked_and_kept_marked_when_the_budget_is_spent() -> None:
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
    stubborn = continuing(f" {WRONG} So the answer is cat.")
    answer = make(stubborn, checker).run(QUESTION)
    assert "keep_marked" in kinds(answer)
    assert answer.sentences[0].marked
    assert answer.sentences[0].verdict is Verdict.UNSUPPORTED
    assert answer.sentences[0].tries == 2
    assert answer.final == "cat"


@pytest.mark.parametrize(
    ("keep_draft", "text", "final"),
    [
        ("first", "Ada is a cat. Cats purr. So the answer is cat.", "cat"),
        ("last", "Ada is a dog. So the answer is dog.", "dog"),
        ("best", "Ada is a dog. So the answer is dog.", "dog"),
    ],
)
def test_where_no_draft_is_supported_the_policy_says_which_stays(
    keep_draft: str, text: str, final: str
) -> None:
    def worsening(prefix: str, task: str) -> str:
        first = f" {WRONG} Cats purr. So the answer is cat."
        whole = " Ada is a dog. So the answer is dog." if "about Ada" in task else first
        return whole.removeprefix(prefix)

    checker = ScriptedChecker(
        {WRONG: Verdict.UNSUPPORTED, "Ada is a dog.": Verdict.UNSUPPORTED},
        p_wrong={WRONG: 0.9, "Ada is a dog.": 0.8},
    )
    answer = make(worsening, checker, keep_draft=keep_draft).run(QUESTION)
    assert answer.text == text
    assert answer.final == final
    assert answer.sentences[0].marked
    assert answer.sentences[0].tries == 2
    # The rest of the first draft is there already.
    assert answer.usage.llm_calls == 2
    assert bool(answer.sentences[0].passages) is (keep_draft != "first")


def test_the_best_draft_may_be_any_of_several() -> None:
    drafts = iter(("cat", "dog", "cow"))
    answers: dict[str, str] = {}

    def guessing(prefix: str, task: str) -> str:
        what = answers.setdefault(task, "") or next(drafts)
        answers[task] = what
        return f" Ada is a {what}. So the answer is {what}.".removeprefix(prefix)

    p_wrong = {"Ada is a cat.": 0.9, "Ada is a dog.": 0.7, "Ada is a cow.": 0.8}
    checker = ScriptedChecker(dict.fromkeys(p_wrong, Verdict.UNSUPPORTED), p_wrong=p_wrong)
    answer = make(guessing, checker, keep_draft="best", max_regenerations=2).run(QUESTION)
    assert answer.final == "dog"


def test_more_tries_use_further_kinds_of_query() -> None:
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
    stubborn = continuing(f" {WRONG} So the answer is cat.")
    retriever = ScriptedRetriever()
    make(stubborn, checker, retriever, max_regenerations=2, max_retrievals=2).run(QUESTION)
    assert retriever.queries == ["Ada is", WRONG]


def test_no_new_passage_means_no_new_draft() -> None:
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED}, question=Verdict.UNSUPPORTED)
    same = ScriptedRetriever({QUESTION: ["p"], "Ada is": ["p"], WRONG: ["p"]})
    answer = make(continuing(f" {WRONG} So the answer is cat."), checker, same).run(QUESTION)
    assert answer.usage.llm_calls == 1
    assert answer.sentences[0].marked


@pytest.mark.parametrize(
    ("sentence_passages", "n_calls", "shown"),
    [("naming", 1, ()), ("any", 2, ("Cats are mammals",))],
)
def test_passages_that_do_not_name_the_subject_are_no_reason_for_a_new_draft(
    sentence_passages: str, n_calls: int, shown: tuple[str, ...]
) -> None:
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
    beside = ScriptedRetriever({"Ada is": ["Cats are mammals"], WRONG: []})
    stubborn = continuing(f" {WRONG} So the answer is cat.")
    answer = make(stubborn, checker, beside, sentence_passages=sentence_passages).run(QUESTION)
    assert answer.usage.llm_calls == n_calls
    assert tuple(passage.id for passage in answer.passages) == shown
    told = "no passage names what the sentence is about" in answer.decisions[1].reason
    assert told is not bool(shown)


@pytest.mark.parametrize(
    ("sentence_passages", "head_count", "queries"),
    [
        ("counted", 0, []),
        ("counted", 1, []),
        ("counted", 2, ["Ada is"]),
        ("counted", None, ["Ada is"]),
        ("naming", 1, ["Ada is"]),
    ],
)
def test_what_no_other_passage_of_the_counted_corpus_names_is_not_looked_for(
    sentence_passages: str, head_count: int | None, queries: list[str]
) -> None:
    checker = ScriptedChecker(
        {WRONG: Verdict.UNKNOWN}, question=Verdict.UNSUPPORTED, head_count=head_count
    )
    retriever = ScriptedRetriever({QUESTION: ["Ada was here"]})
    stubborn = continuing(f" {WRONG} So the answer is cat.")
    policy = {"sentence_passages": sentence_passages, "max_retrievals": 2}
    answer = make(stubborn, checker, retriever, **policy).run(QUESTION)
    assert retriever.queries == [QUESTION, *queries]
    looked_for = answer.decisions[2]
    assert looked_for.kind == "retrieve"
    assert looked_for.queries == tuple(queries)
    assert ("no other passage names it" in looked_for.reason) is not bool(queries)


@pytest.mark.parametrize(
    ("on_unknown", "expected"),
    [("retrieve", ["people", "complete", 1]), ("accept", ["people", "complete", 0])],
)
def test_unknown_questions_obey_the_policy(on_unknown: str, expected: list[object]) -> None:
    checker = ScriptedChecker(question=Verdict.UNKNOWN)
    answer = make(checker=checker, on_unknown=on_unknown).run(QUESTION)
    assert [answer.final, answer.outcome, answer.usage.retrievals] == expected


def test_abstaining_on_unknown_writes_nothing() -> None:
    checker = ScriptedChecker(question=Verdict.UNKNOWN)
    answer = make(checker=checker, on_unknown="abstain").run(QUESTION)
    assert (answer.outcome, answer.final, answer.usage.llm_calls) == ("abstained", "", 0)


def test_a_sentence_without_claims_is_not_held_against_the_answer() -> None:
    answer = make(on_unknown="abstain").run(QUESTION)
    assert answer.outcome == "complete"


def test_an_exhausted_budget_can_abstain_or_raise() -> None:
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
    stubborn = continuing(f" {WRONG} So the answer is cat.")
    answer = make(stubborn, checker, on_exhausted="abstain").run(QUESTION)
    assert (answer.outcome, answer.final) == ("abstained", "")
    with pytest.raises(BudgetExhaustedError, match="Ada is a cat"):
        make(stubborn, checker, on_exhausted="raise").run(QUESTION)


def test_budgets_bound_the_work() -> None:
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED}, question=Verdict.UNSUPPORTED)
    stubborn = continuing(f" {WRONG} So the answer is cat.")
    answer = make(stubborn, checker, max_retrievals=1).run(QUESTION)
    assert answer.usage.retrievals == 1
    things = " " + " ".join(f"Item{n} is a thing." for n in range(200))

    def list_things(prefix: str, _task: str) -> str:
        return " thing." if prefix.endswith("answer is") else things[len(prefix) :]

    endless = make(list_things, max_tokens=40)
    answer = endless.run(QUESTION)
    assert answer.outcome == "truncated"
    assert len(answer.text.split()) < 200
    assert answer.decisions[-3].reason == "max_tokens=40 is spent"
    answer = make(stubborn, checker, max_llm_calls=1).run(QUESTION)
    assert answer.usage.llm_calls == 1


def test_drafts_that_run_out_of_tokens_are_continued() -> None:
    controller = make(draft_tokens=6)
    answer = controller.run(QUESTION)
    assert answer.text == GOOD.strip()
    assert answer.usage.llm_calls == 3


def test_a_missing_final_answer_is_asked_for() -> None:
    def forgetful(prefix: str, _task: str) -> str:
        return " Rome." if prefix.endswith("answer is") else " Rome is old."

    answer = make(forgetful).run(QUESTION)
    assert answer.final == "Rome"
    assert "complete" in kinds(answer)


def test_what_follows_the_final_answer_is_dropped() -> None:
    answer = make(continuing(GOOD + "\n\nQuestion: what else?")).run(QUESTION)
    assert answer.text == GOOD.strip()


def test_the_first_final_answer_ends_the_answer() -> None:
    answer = make(continuing(" The answer is Rome. Rome is in Italy. The answer is Italy.")).run(
        QUESTION
    )
    assert (answer.text, answer.final) == ("The answer is Rome.", "Rome")


def test_a_model_that_repeats_itself_is_stopped_and_asked_for_its_answer() -> None:
    def parrot(prefix: str, _task: str) -> str:
        return " poet." if prefix.endswith("answer is") else " Ada is a poet. Ada is a poet."

    answer = make(parrot).run(QUESTION)
    assert answer.text == "Ada is a poet. So the answer is poet."
    assert kinds(answer)[-3:] == ["stop", "complete", "accept"]
    assert answer.usage.llm_calls == 2


def test_a_model_that_writes_nothing_is_told_of() -> None:
    answer = make(lambda _p, _t: "").run(QUESTION)
    assert (answer.outcome, answer.text, answer.final) == ("failed", "", "")
    assert answer.decisions[-1].reason == "the model gives no answer"


def test_a_model_that_says_one_phrase_over_and_over_is_stopped() -> None:
    def dizzy(prefix: str, _task: str) -> str:
        return " poet." if prefix.endswith("answer is") else " Ada is a poet" + ", a poet" * 40

    answer = make(dizzy).run(QUESTION)
    assert answer.text == "Ada is a poet So the answer is poet."
    assert [d.reason for d in answer.decisions if d.kind == "stop"] == ["the model repeats itself"]
    assert answer.outcome == "complete"


def test_a_model_that_begins_with_nothing_is_asked_for_its_answer() -> None:
    answer = make(lambda prefix, _t: " Rome." if prefix.endswith("answer is") else "").run(QUESTION)
    assert (answer.outcome, answer.text, answer.final) == (
        "complete",
        "So the answer is Rome.",
        "Rome",
    )


def test_a_model_that_declines_is_shown_passages_and_asked_again() -> None:
    def shy(prefix: str, task: str) -> str:
        return GOOD[len(prefix) :] if "about" in task else " I'm sorry, I cannot answer that."

    answer = make(shy).run(QUESTION)
    assert answer.final == "people"
    assert kinds(answer)[:3] == ["check_question", "retrieve", "regenerate"]
    assert answer.decisions[1].queries == (QUESTION,)
    assert answer.decisions[1].reason == "the model declines to answer"


def test_a_model_that_goes_on_declining_abstains() -> None:
    answer = make(lambda _p, _t: " I do not know. So the answer is unknown.").run(QUESTION)
    assert (answer.outcome, answer.final) == ("abstained", "")
    assert answer.text == "I do not know. So the answer is unknown."
    assert answer.decisions[-1].reason == "the model declines to answer"


def test_a_suspect_final_answer_is_asked_for_again() -> None:
    def forgetful(prefix: str, task: str) -> str:
        if not prefix.endswith("answer is"):
            return " Ada is a poet."
        return " Rome." if "about So the answer is" in task else " Ada is a cat."

    checker = ScriptedChecker({"So the answer is Ada is a cat.": Verdict.UNSUPPORTED}, finals=True)
    answer = make(forgetful, checker).run(QUESTION)
    assert answer.final == "Rome"
    assert answer.sentences[-1].tries == 2


class Cramped(ScriptedGenerator):
    """Has room for so many characters after the examples, and does not say so beforehand."""

    def __init__(self, n_chars: int) -> None:
        super().__init__(continuing(GOOD))
        self.n_chars = n_chars

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        if any(len(task_of(request)) > self.n_chars for request in requests):
            raise PromptTooLongError("the prompt is too long")
        return super().generate(requests)


def test_a_prompt_that_does_not_fit_is_tried_with_fewer_passages() -> None:
    texts = [f"{name} " + "word " * 60 for name in "abcd"]
    checker = ScriptedChecker(question=Verdict.UNSUPPORTED)
    retriever = ScriptedRetriever({QUESTION: texts})
    controller = make(checker=checker, retriever=retriever, k=4)
    controller.generator = Cramped(800)
    answer = controller.run(QUESTION)
    assert answer.final == "people"
    assert [passage.id for passage in answer.passages] == texts
    assert answer.sentences[0].passages == (texts[3],)
    controller.generator = Cramped(10)
    with pytest.raises(GenerationError, match="too long"):
        controller.run(QUESTION)


def test_passages_are_budgeted_by_the_model_s_context() -> None:
    texts = [f"{name} " + "word " * 60 for name in "abcd"]
    checker = ScriptedChecker(question=Verdict.UNSUPPORTED)
    controller = make(checker=checker, retriever=ScriptedRetriever({QUESTION: texts}), k=4)
    bare = sum(len(m.content) for m in controller.prompt.request(QUESTION, (), "", 1).messages)
    room = bare // 3 + controller.policy.draft_tokens + 2 * len(texts[0]) // 3 + 1
    controller.generator.capabilities = GeneratorCapabilities(context_tokens=room)  # type: ignore[misc]
    answer = controller.run(QUESTION)
    assert answer.sentences[0].passages == tuple(texts[2:])
    (request,) = controller.generator.requests  # type: ignore[attr-defined]
    assert QUESTION in request.messages[-1].content


def test_passages_with_the_same_text_are_shown_once() -> None:
    class Twins(ScriptedRetriever):
        def retrieve(self, query: str, k: int) -> list[Passage]:
            return [Passage("1", "Ada  is old."), Passage("2", "ada is old."), Passage("1", "x")]

    checker = ScriptedChecker(question=Verdict.UNSUPPORTED)
    answer = make(checker=checker, retriever=Twins()).run(QUESTION)
    assert answer.sentences[0].passages == ("1",)


def test_queries_can_be_made_by_the_caller() -> None:
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
    retriever = ScriptedRetriever()

    def own(report: SentenceReport, question: str) -> list[str]:
        return [f"{question} {report.claims[0].triplet.tail}", "", "Ada"]

    make(correcting, checker, retriever, queries=(own,), max_retrievals=2).run(QUESTION)
    assert retriever.queries == ["Who is Ada? a cat", "Ada"]


def test_nothing_is_asked_twice() -> None:
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED}, question=Verdict.UNSUPPORTED)
    retriever = ScriptedRetriever({QUESTION: ["a"], "Ada is": [], WRONG: []})
    stubborn = continuing(f" {WRONG} So the answer is cat.")
    make(stubborn, checker, retriever, max_retrievals=8).run(QUESTION)
    assert retriever.queries == [QUESTION, "Ada is", WRONG]


def test_a_query_that_finds_nothing_new_gives_way_to_the_next() -> None:
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
    retriever = ScriptedRetriever({"Ada is": [], WRONG: [], QUESTION: ["about Ada"]})
    answer = make(correcting, checker, retriever, max_retrievals=3).run(QUESTION)
    assert retriever.queries == ["Ada is", WRONG, QUESTION]
    assert answer.final == "poet"


def test_a_model_that_says_all_again_is_understood() -> None:
    """One that cannot continue its answer writes it anew; what was accepted is passed over."""

    def anew(prefix: str, task: str) -> str:
        return " Bo is a dog." + correcting("", task)

    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED})
    controller = make(anew, checker)
    controller.generator.capabilities = GeneratorCapabilities("emulated")  # type: ignore[misc]
    answer = controller.run(QUESTION)
    assert answer.text == "Bo is a dog. Ada is a poet. So the answer is poet."
    budgets = [r.max_tokens for r in controller.generator.requests]  # type: ignore[attr-defined]
    assert budgets[0] == controller.policy.max_tokens


def test_without_retrieval_nothing_is_checked() -> None:
    checker = ScriptedChecker(broken=StatisticsError("never asked"))
    controller = Controller(ScriptedGenerator(continuing(GOOD)), None, checker, NO_RETRIEVAL)
    answer = controller.run(QUESTION)
    assert (answer.final, answer.usage.checks, answer.usage.retrievals) == ("people", 0, 0)


@pytest.mark.parametrize("question", ["", "  \n", "x" * 2_000_000])
def test_questions_that_cannot_be_asked_are_refused(question: str) -> None:
    with pytest.raises(InputError):
        make().run(question)


def test_passages_are_shown_up_to_the_limit_newest_last() -> None:
    many = ScriptedRetriever({QUESTION: ["a", "b", "c"], "Ada is": ["c", "d", "e"]})
    checker = ScriptedChecker({WRONG: Verdict.UNSUPPORTED}, question=Verdict.UNSUPPORTED)
    stubborn = continuing(f" {WRONG} So the answer is cat.")
    policy = {
        "max_passages": 4,
        "keep_draft": "last",
        "sentence_passages": "any",
        "max_retrievals": 2,
    }
    answer = make(stubborn, checker, many, **policy).run(QUESTION)
    assert answer.sentences[0].passages == ("b", "c", "d", "e")
    assert [passage.id for passage in answer.passages] == ["a", "b", "c", "d", "e"]


def test_the_checker_is_told_what_came_before() -> None:
    checker = ScriptedChecker()
    make(checker=checker).run(QUESTION)
    context = checker.contexts[1]
    assert context is not None
    assert (context.question, context.preceding) == (QUESTION, (" Ada is a poet.",))


@pytest.mark.parametrize(
    "wrong",
    [{"on_unknown": "guess"}, {"k": 0}, {"queries": ()}, {"queries": ("x",)}, {"deadline_s": 0}],
)
def test_wrong_options_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        ControllerPolicy(**wrong)  # type: ignore[arg-type]
