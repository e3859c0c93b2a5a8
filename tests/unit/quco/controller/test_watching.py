"""A draft is checked while it is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quco.controller import world
from quco.controller.effects import AskAgain, CheckSentence, Generate, Reply, Watch
from quco.controller.watching import DraftReader
from quco.controller.world import World
from quco.errors import GenerationError, StatisticsError
from quco.ports import ExtractionContext
from quco.types import GenerationRequest, Message, SentenceReport, Verdict
from tests.scripted import ScriptedChecker, ScriptedGenerator, continuing

TEXT = " is old. J. R. is tall. Bo is a cat. So the answer is Bo."


def watching(
    until: Callable[[SentenceReport, AskAgain], bool],
    begins: str = "",
    preceding: tuple[str, ...] = (),
    *,
    leaves: Callable[[str], bool] = lambda _sentence: False,
) -> Watch:
    return Watch(ExtractionContext("Who is Bo?", preceding), begins, until, leaves)


def read(watch: Watch, text: str, checker: ScriptedChecker) -> str:
    """Write a text letter by letter, and return it up to where it is enough."""

    def check(effect: CheckSentence) -> Reply:
        if checker.broken:
            return Reply(error=checker.broken)
        return Reply(checker.check_sentence(effect.sentence, effect.context), seconds=1.0)

    reader = DraftReader(watch, split_at_marks, check)
    ends = (n for n in range(len(text) + 1) if reader(text[:n]))
    return text[: next(ends, len(text))]


def split_at_marks(text: str) -> list[str]:
    marked = text.replace("J. R.", "J@ R@")
    return [piece.replace("@", ".") for piece in ScriptedChecker().split(marked)]


def test_a_draft_ends_when_a_second_word_follows_its_last_sentence() -> None:
    checker = ScriptedChecker({"Bo is a cat.": Verdict.UNSUPPORTED})
    watch = watching(
        lambda report, _ask: report.verdict is Verdict.UNSUPPORTED, " Ada", ("It rains.",)
    )
    assert read(watch, TEXT, checker) == " is old. J. R. is tall. Bo is a cat. So t"
    assert {effect.sentence: effect.context.preceding for effect in watch.replies} == {
        " Ada is old.": ("It rains.",),
        " J. R. is tall.": ("It rains.", " Ada is old."),
        " Bo is a cat.": ("It rains.", " Ada is old.", " J. R. is tall."),
    }


def test_another_sentence_may_be_asked_about_in_its_place() -> None:
    asked: list[SentenceReport | None] = []

    def until(report: SentenceReport, ask: AskAgain) -> bool:
        asked.append(ask(" Bo is a dog.") if "cat" in report.text else None)
        return asked[-1] is not None

    watch = watching(until, " Ada")
    assert read(watch, TEXT, ScriptedChecker()) == " is old. J. R. is tall. Bo is a cat. So t"
    assert [report.text if report else None for report in asked] == [None, None, " Bo is a dog."]
    dog, cat = ((e.context, r) for e, r in reversed(watch.replies.items()) if "Bo" in e.sentence)
    assert dog[0] == cat[0]
    assert (dog[1].value, dog[1].seconds) == (asked[-1], 1.0)


def test_a_draft_ends_within_a_sentence_that_leaves_what_is_wanted() -> None:
    watch = watching(lambda _report, _ask: False, " Ada", leaves=lambda text: "Bo is" in text)
    assert read(watch, TEXT, ScriptedChecker()) == " is old. J. R. is tall. Bo is"
    assert len(watch.replies) == 2


def test_what_cannot_be_asked_about_is_nothing() -> None:
    checker = ScriptedChecker()

    def until(_report: SentenceReport, ask: AskAgain) -> bool:
        checker.broken = StatisticsError("the corpus is down")
        assert ask(" Bo is a dog.") is None
        checker.broken = None
        return False

    assert read(watching(until), TEXT, checker) == TEXT


def test_a_draft_that_nothing_is_wrong_with_goes_on() -> None:
    watch = watching(lambda _report, _ask: False)
    assert read(watch, TEXT, ScriptedChecker()) == TEXT
    assert len(watch.replies) == 3


def test_a_check_that_fails_ends_no_draft() -> None:
    broken = ScriptedChecker(broken=StatisticsError("the corpus is down"))
    watch = watching(lambda _report, _ask: True)
    assert read(watch, TEXT, broken) == TEXT
    assert all(reply.error is broken.broken for reply in watch.replies.values())


class Slow(ScriptedChecker):
    """Takes a second of a clock for each sentence."""

    clock = 0.0

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        self.clock += 1
        return super().check_sentence(sentence, context)


class Telling(ScriptedGenerator):
    """Says what it writes all at once."""

    def generate(self, requests):  # type: ignore[no-untyped-def]
        found = super().generate(requests)
        for request, one in zip(requests, found, strict=True):
            if request.enough is not None:
                request.enough(one.text)
        return found


@pytest.mark.parametrize("together", [False, True])
def test_what_checks_take_is_not_what_drafts_take(
    together: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    checker = Slow()
    monkeypatch.setattr(world.time, "perf_counter", lambda: checker.clock)
    request = GenerationRequest((Message("user", "Question: Who is Bo?"),))
    drafts = [Generate(request, watching(lambda _report, _ask: False)) for _ in range(2)]
    the_world = World(Telling(continuing(TEXT.replace("J. R.", "Cy"))), None, checker)
    replies = the_world.generate(drafts) if together else [the_world.perform(drafts[0])]
    assert [reply.seconds for reply in replies] == [0.0] * len(replies)
    told = [reply.seconds for reply in drafts[0].watch.replies.values()]  # type: ignore[union-attr]
    assert told == [1.0] * 3


class Failing(Telling):
    """Fails after it has written, where it is asked for several answers."""

    def generate(self, requests):  # type: ignore[no-untyped-def]
        found = super().generate(requests)
        if len(requests) > 1:
            raise GenerationError("too many")
        return found


def test_what_was_checked_before_a_failure_is_not_checked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checker = Slow()
    monkeypatch.setattr(world.time, "perf_counter", lambda: checker.clock)
    request = GenerationRequest((Message("user", "Question: Who is Bo?"),))
    drafts = [Generate(request, watching(lambda _report, _ask: False)) for _ in range(2)]
    generator = Failing(continuing(TEXT.replace("J. R.", "Cy")))
    replies = World(generator, None, checker).generate(drafts)
    assert [reply.seconds for reply in replies] == [0.0, 0.0]
    assert checker.clock == 6
