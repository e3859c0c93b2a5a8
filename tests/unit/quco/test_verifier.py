"""The verifier over fake statistics and a fake extractor."""

import math

import pytest

from quco.errors import StatisticsError
from quco.ports import ExtractionContext
from quco.types import Entity, Surroundings, Triplet, Verdict
from quco.verdict import VerdictPolicy
from quco.verdict.sentence import SentenceModel
from quco.verifier import NO_CLAIM, NO_ENTITY, Verifier
from tests.fakes import FakeStatistics

DOCUMENTS = {
    "Move": "Move is a 1970 film directed by Stuart Rosenberg.",
    "Rosenberg": "Stuart Rosenberg was born in Brooklyn.",
    "Paris": "Paris is a city.",
}
ZERO = VerdictPolicy.model_validate({"claim": {"rule": "zero_cooccurrence"}})


class FakeExtractor:
    """Reads "head|relation|tail" sentences and "name, name" questions."""

    def __init__(self) -> None:
        self.contexts: list[ExtractionContext] = []

    def split(self, text: str) -> list[str]:
        return text.splitlines(keepends=True)

    def entities(self, text: str) -> list[Entity]:
        return [Entity(name.strip()) for name in text.split(",") if name.strip()]

    def triplets(self, sentence: str, context: ExtractionContext | None = None) -> list[Triplet]:
        self.contexts.append(context or ExtractionContext())
        parts = sentence.strip().split("|")
        if len(parts) != 3:
            return []
        head, relation, tail = parts
        return [Triplet(head, relation, tail or None)]


def test_loading_loads_what_can_be_loaded() -> None:
    loaded: list[str] = []

    class LoadedExtractor(FakeExtractor):
        def load(self) -> None:
            loaded.append("extractor")

    class LoadedStatistics(FakeStatistics):
        def load(self) -> None:
            loaded.append("statistics")

    Verifier(LoadedStatistics(DOCUMENTS), LoadedExtractor()).load()
    assert loaded == ["extractor", "statistics"]
    statistics = FakeStatistics(DOCUMENTS)
    Verifier(statistics, FakeExtractor()).load()  # these have nothing to load
    assert statistics.calls == []


def make(documents: dict[str, str] | None = None, broken: str = "") -> Verifier:
    return Verifier(FakeStatistics(documents or DOCUMENTS, broken), FakeExtractor(), ZERO)


def test_a_supported_claim_shows_counts_and_windows() -> None:
    report = make().score("Move", "directed by", "Stuart Rosenberg")
    assert report.verdict is Verdict.SUPPORTED
    assert (report.head_count, report.tail_count, report.cooccurrence) == (1, 2, 1)
    (window,) = report.evidence
    assert window.head_span is not None
    assert window.text[slice(*window.head_span)] == "Move"


@pytest.mark.parametrize(
    ("head", "tail", "expected"),
    [
        ("Move", "Paris", Verdict.UNSUPPORTED),
        ("Move", "Nobody Known", Verdict.UNSUPPORTED),
        ("Nobody Known", "Paris", Verdict.UNKNOWN),
        ("Move (1970 film)", "Rosenberg's", Verdict.SUPPORTED),
        ("!!!", "Paris", Verdict.UNKNOWN),
    ],
)
def test_verdicts_of_claims(head: str, tail: str, expected: Verdict) -> None:
    assert make().score(head, "is", tail).verdict is expected


def test_a_sentence_takes_the_verdict_of_its_worst_claim_and_text_that_of_its_worst_sentence() -> (
    None
):
    report = make().check("Move|by|Stuart Rosenberg\nMove|in|Paris\nHm.")
    verdicts = [sentence.verdict for sentence in report.sentences]
    assert verdicts == [Verdict.SUPPORTED, Verdict.UNSUPPORTED, Verdict.UNKNOWN]
    assert report.verdict is Verdict.UNSUPPORTED
    assert report.sentences[2].claims == ()
    assert report.sentences[2].reason == NO_CLAIM


def test_a_sentence_of_which_nothing_is_unknown_is_scored_as_a_whole() -> None:
    model = SentenceModel(base=0.0, weights={"conjunctions": 2.0, "best_claim": 1.0})
    policy = ZERO.model_copy(update={"sentence": model})
    verifier = Verifier(FakeStatistics(DOCUMENTS), FakeExtractor(), policy)
    text = "Move|by|Stuart Rosenberg\nIt is and was.\n...\nSo the answer is Move."
    scores = [sentence.hallucination_score for sentence in verifier.check(text).sentences]
    assert scores[0] is None  # the zero test gives its claim no probability
    assert scores[1] == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert scores[2:] == [None, None]
    silent = make().check(text).sentences
    assert {sentence.hallucination_score for sentence in silent} == {None}


def test_claims_with_a_probability_count_in_the_score() -> None:
    model = SentenceModel(base=0.0, weights={"best_claim": 1.0})
    policy = VerdictPolicy.shipped().model_copy(update={"sentence": model})
    verifier = Verifier(FakeStatistics(DOCUMENTS), FakeExtractor(), policy)
    (report,) = verifier.check("Move|directed by|Stuart Rosenberg").sentences
    assert report.p_wrong is not None
    assert report.hallucination_score == pytest.approx(report.p_wrong, abs=0.01)


def test_each_sentence_is_read_with_what_was_said_before() -> None:
    verifier = make()
    verifier.check("a\nb", question="Q?", preceding=["before"])
    extractor = verifier.extractor
    assert isinstance(extractor, FakeExtractor)
    assert [c.preceding for c in extractor.contexts] == [("before",), ("before", "a\n")]
    assert {c.question for c in extractor.contexts} == {"Q?"}


def test_all_terms_of_a_text_are_counted_in_one_call() -> None:
    verifier = make()
    verifier.check("Move|by|Stuart Rosenberg\nMove|in|Paris")
    statistics = verifier.statistics
    assert isinstance(statistics, FakeStatistics)
    assert statistics.calls.count("count_many") == 1


def test_a_long_text_is_checked_in_batches_with_bounded_contexts() -> None:
    verifier = make()
    seen: list[tuple[int, int]] = []
    text = "Move|directed by|Stuart Rosenberg\n" * 150
    report = verifier.check(text, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(64, 150), (128, 150), (150, 150)]
    assert len(report.sentences) == 150
    assert report.verdict is Verdict.SUPPORTED
    assert isinstance(verifier.extractor, FakeExtractor)
    assert max(len(context.preceding) for context in verifier.extractor.contexts) == 8


def test_a_claim_without_tail_is_unknown() -> None:
    report = make().check_sentence("Move|directed by|")
    assert report.verdict is Verdict.UNKNOWN
    assert report.claims[0].head_count == 1


def test_a_failing_corpus_is_unknown_never_zero_and_never_remembered() -> None:
    verifier = make(broken="the disk is gone")
    claim = verifier.score("Move", "directed by", "Stuart Rosenberg")
    assert claim.verdict is Verdict.UNKNOWN
    assert claim.head_count is claim.cooccurrence is None
    assert "the disk is gone" in claim.reason
    question = verifier.check_question("Move")
    assert question.verdict is Verdict.UNKNOWN
    assert "the disk is gone" in question.reason

    statistics = verifier.statistics
    assert isinstance(statistics, FakeStatistics)
    statistics.broken = ""
    assert verifier.score("Move", "by", "Stuart Rosenberg").verdict is Verdict.SUPPORTED


def test_a_corpus_that_fails_after_the_counts_keeps_them() -> None:
    class Flaky(FakeStatistics):
        def cooccurrence(self, *args: object, **options: object) -> object:  # type: ignore[override]
            self.broken = "gone"
            return super().cooccurrence("a", "b")

    verifier = Verifier(Flaky(DOCUMENTS), FakeExtractor(), ZERO)
    report = verifier.score("Move", "by", "Stuart Rosenberg")
    assert report.verdict is Verdict.UNKNOWN
    assert (report.head_count, report.cooccurrence) == (1, None)


def test_a_question_about_rare_entities_is_unsupported() -> None:
    report = make().check_question("Move, Paris")
    assert report.verdict is Verdict.UNSUPPORTED
    assert [item.count for item in report.entities] == [1, 1]
    assert report.entities[0].per_million == pytest.approx(1e6 / 19)


def test_a_question_about_frequent_entities_is_supported() -> None:
    report = make({"d": "Paris " * 100}).check_question("Paris")
    assert report.verdict is Verdict.SUPPORTED


def test_a_question_without_entities_is_unknown() -> None:
    report = make().check_question(" ")
    assert report.verdict is Verdict.UNKNOWN
    assert report.reason == NO_ENTITY


def test_an_empty_text_has_no_sentences() -> None:
    assert make().check("").sentences == ()


def ask(question: str, documents: dict[str, str] | None = None) -> Surroundings:
    verifier = make(documents)
    return verifier.look_around(verifier.check_question(question))


def test_a_rare_entity_brings_the_names_beside_it() -> None:
    assert ask("Move").names == ("Stuart Rosenberg",)


@pytest.mark.parametrize("question", ["Move, Paris", "Move or Gone", "Nobody Known", " "])
def test_other_questions_bring_no_names(question: str) -> None:
    assert ask(question).names == ()


def test_a_frequent_entity_brings_no_names() -> None:
    many = {str(i): "Rome and Carthage." for i in range(201)}
    assert ask("Rome", documents=many) == Surroundings()


def test_names_beside_an_entity_need_a_corpus_that_can_be_read() -> None:
    report = make().check_question("Move")
    with pytest.raises(StatisticsError):
        make(broken="gone").look_around(report)


COMPARISON = "Who was born first, Ada or Bob?"
BORN = ["Ada|born in|1950", "Bob|born in|1949"]


class NamingExtractor(FakeExtractor):
    """Finds two names in any text."""

    def entities(self, text: str) -> list[Entity]:
        return [Entity(name) for name in ("Ada", "Bob") if name in text]


def logician() -> Verifier:
    return Verifier(FakeStatistics(DOCUMENTS), NamingExtractor(), ZERO)


def test_a_final_answer_is_judged_by_what_was_said() -> None:
    context = ExtractionContext(COMPARISON, tuple(BORN))
    for stated, verdict in (("Bob", Verdict.SUPPORTED), ("Ada", Verdict.UNSUPPORTED)):
        report = logician().check_sentence(f"So the answer is {stated}.", context)
        assert (report.verdict, report.follows, report.claims) == (verdict, "Bob", ())
        assert report.reason == "1949 is before 1950"


def test_a_final_answer_says_what_it_lacks() -> None:
    report = logician().check_sentence(
        "So the answer is Ada.", ExtractionContext(COMPARISON, (BORN[0],))
    )
    assert (report.verdict, report.lacks) == (Verdict.UNKNOWN, "Bob was born on")
    assert report.reason == "not said before: Bob was born on …"


def test_a_final_answer_owes_more_than_its_question() -> None:
    context = ExtractionContext("Ada and Bob are what kind of writers?", tuple(BORN))
    report = logician().check_sentence("So the answer is writers.", context)
    assert (report.verdict, report.lacks) == (Verdict.UNKNOWN, "The kind of writers is")
    assert report.reason == "'writers' says no more than the question"


def test_numbers_are_read_from_the_sentences_before() -> None:
    context = ExtractionContext(
        "Who has more sons, Ada or Bob?", ("Ada has 2 sons.", "Bob has seven sons.")
    )
    report = logician().check_sentence("So the answer is Ada.", context)
    assert (report.verdict, report.follows) == (Verdict.UNSUPPORTED, "Bob")


def test_only_final_answers_to_comparisons_are_concluded() -> None:
    for text, question in (("Hm.", COMPARISON), ("So the answer is Ada.", "Who sang, Ada or Bob?")):
        report = logician().check_sentence(text, ExtractionContext(question, tuple(BORN)))
        assert (report.reason, report.follows, report.lacks) == (NO_CLAIM, "", "")


def test_a_sentence_says_what_a_comparison_takes_next() -> None:
    first, second = logician().check("\n".join(BORN), COMPARISON).sentences
    assert (first.leads_to, first.concludes) == ("Bob was born on", "")
    assert (second.leads_to, second.concludes) == ("", "Bob")
    for question in ("", "Who sang, Ada or Bob?"):
        first, second = logician().check("\n".join(BORN), question).sentences
        assert (first.leads_to, second.concludes) == ("", "")


def test_a_question_says_what_a_comparison_takes_first() -> None:
    for question, leads_to in (
        (COMPARISON, "Ada was born on"),
        ("Where was Ada's mother born?", "The mother of Ada is"),
        ("Who sang, Ada or Bob?", ""),
    ):
        assert logician().check_question(question).leads_to == leads_to


def test_a_question_is_read_once() -> None:
    read: list[str] = []

    class Counting(NamingExtractor):
        def entities(self, text: str) -> list[Entity]:
            read.append(text)
            return super().entities(text)

    report = Verifier(FakeStatistics(DOCUMENTS), Counting(), ZERO).check_question(COMPARISON)
    assert (report.leads_to, read) == ("Ada was born on", [COMPARISON])


def test_who_is_asked_for_by_steps_follows_in_as_many_words_as_the_model_likes() -> None:
    text = "Ada|mother|Bob\nBob|mother|Eve\n{}"
    for stated, verdict in (("Eve Roe, a singer", "supported"), ("Bob", "unsupported")):
        said = text.format(f"So the answer is {stated}.")
        report = logician().check(said, "Who is Ada's maternal grandmother?")
        first, second, last = report.sentences
        assert (first.leads_to, second.leads_to) == ("The mother of Bob is", "")
        assert (second.concludes, last.follows, last.verdict.value) == ("", "Eve", verdict)


def test_a_text_is_concluded_too() -> None:
    text = "\n".join([*BORN, "So the answer is Ada."])
    report = logician().check(text, COMPARISON)
    assert report.sentences[-1].follows == "Bob"
    assert report.verdict is Verdict.UNSUPPORTED
