"""The fitted rule, as it ships."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.errors import StatisticsError
from quco.types import Evidence, Triplet, Verdict
from quco.verdict import Calibrated, CalibratedOptions, ClaimEvidence, Judgement, VerdictPolicy
from quco.verdict.calibrated import Stage
from quco.verdict.claims import FEATURES, GROUPS
from quco.verdict.trees import Boosting
from quco.verifier import Verifier
from tests.fakes import FakeStatistics

DOCUMENTS = {
    "The Long Walk": "The Long Walk is a 1970 American drama film directed by Stuart Rosenberg "
    "and written by Joel Lieber. The film stars Elliott Gould and Paula Prentiss.",
    "Stuart Rosenberg": "Stuart Rosenberg (August 11, 1927 – March 15, 2007) was an American film "
    "director. He was born in Brooklyn, New York.",
    "Joel Lieber": "Joel Lieber was an American writer, born in Chicago.",
}


class NoExtractor:
    """Claims are given, not found."""


def verifier(statistics: FakeStatistics | None = None) -> Verifier:
    return Verifier(statistics or FakeStatistics(DOCUMENTS), NoExtractor())  # type: ignore[arg-type]


def evidence(*windows: str, tail: str = "Stuart Rosenberg") -> ClaimEvidence:
    shown = tuple(Evidence(text, str(i), "The Long Walk") for i, text in enumerate(windows))
    triplet = Triplet("The Long Walk", "directed by", tail)
    return ClaimEvidence(
        triplet, 1000, 3, 2, 1, 100, ("The Long Walk",), (tail,), shown, (), {"rosenberg": 2}
    )


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (("The Long Walk", "directed by", "Stuart Rosenberg"), Verdict.SUPPORTED),
        (("The Long Walk", "directed by", "Joel Lieber"), Verdict.UNSUPPORTED),
        (("The Long Walk", "directed by", "Elliott Gould"), Verdict.UNSUPPORTED),
        (("Stuart Rosenberg", "date of birth", "August 11, 1927"), Verdict.SUPPORTED),
        (("Stuart Rosenberg", "date of birth", "March 15, 2007"), Verdict.UNSUPPORTED),
        (("Stuart Rosenberg", "born in", "Chicago"), Verdict.UNSUPPORTED),
        (("Nobody Known", "born in", "Chicago"), Verdict.UNKNOWN),
    ],
)
def test_names_that_meet_are_told_apart_by_the_relation(
    claim: tuple[str, str, str], expected: Verdict
) -> None:
    report = verifier().score(*claim)
    assert report.verdict is expected, report
    assert (report.p_wrong is None) == (expected is Verdict.UNKNOWN)


def test_the_window_shown_is_the_sentence_that_speaks() -> None:
    (window,) = verifier().score("The Long Walk", "directed by", "Stuart Rosenberg").evidence
    assert window.text.startswith("The Long Walk is a 1970")
    assert window.text.endswith("Joel Lieber.")
    assert window.head_span is not None
    assert window.tail_span is not None
    assert window.text[slice(*window.head_span)] == "The Long Walk"
    assert window.text[slice(*window.tail_span)] == "Stuart Rosenberg"


def test_the_reason_names_who_fits_better() -> None:
    report = verifier().score("The Long Walk", "directed by", "Joel Lieber")
    assert "Stuart Rosenberg" in report.reason
    assert report.instead == "Stuart Rosenberg"
    assert verifier().score("The Long Walk", "directed by", "Stuart Rosenberg").instead == ""


def test_a_denial_of_what_the_corpus_says_is_unsupported() -> None:
    denial = Triplet("The Long Walk", "directed by", "Stuart Rosenberg", negated=True)
    other = replace(denial, tail="Joel Lieber")
    found, unknown = verifier().judge([denial, other])
    assert found.verdict is Verdict.UNSUPPORTED
    assert found.p_wrong is not None
    assert found.p_wrong > 0.5
    assert unknown.verdict is Verdict.UNKNOWN


def always(p_wrong: float) -> Stage:
    """Return a stage that says one thing."""
    trees = Boosting(features=(), base=0.0, trees=(), depth=0)
    return Stage(trees=trees, log_odds=(0.0,), p_wrong=(p_wrong,), threshold=0.8)


@pytest.mark.parametrize(
    ("relation", "title", "expected"),
    [
        ("directed by", "The Long Walk", 0.1),
        ("hummed by", "The Long Walk", 0.2),
        ("directed by", "Films of 1970", 0.1),
        ("hummed by", "Films of 1970", 0.3),
    ],
)
def test_relation_and_document_say_which_stage_is_asked(
    relation: str, title: str, expected: float
) -> None:
    shipped = VerdictPolicy.shipped().claim
    assert isinstance(shipped, CalibratedOptions)
    stages = {"known": always(0.1), "unknown": always(0.2), "passing": always(0.3)}
    claim = evidence("The Long Walk, of Stuart Rosenberg.")
    claim = replace(
        claim,
        triplet=replace(claim.triplet, relation=relation),
        together=tuple(replace(window, title=title) for window in claim.together),
    )
    found = Calibrated(shipped.model.model_copy(update=stages)).judge(claim)
    assert found.p_wrong == expected
    without = Calibrated(shipped.model.model_copy(update=stages | {"passing": None}))
    assert without.judge(claim).p_wrong == min(expected, 0.2)


def test_association_is_added_to_the_trees() -> None:
    shipped = VerdictPolicy.shipped().claim
    assert isinstance(shipped, CalibratedOptions)
    trees = Boosting(features=(), base=0.2, trees=(), depth=0)
    stage = Stage(trees=trees, association=-0.01, log_odds=(-1.0, 1.0), p_wrong=(0.0, 1.0))
    claim = replace(evidence("The Long Walk, of Stuart Rosenberg."), n_tokens=1_000_000)
    found = Calibrated(shipped.model.model_copy(update={"known": stage})).judge(claim)
    assert found.p_wrong == pytest.approx((1.2 - 0.01 * claim.association) / 2)
    assert claim.association > 1


def test_nothing_speaks_for_a_tail_that_the_corpus_does_not_hold() -> None:
    shipped = VerdictPolicy.shipped().claim
    assert isinstance(shipped, CalibratedOptions)
    rule = Calibrated(shipped.model.model_copy(update={"known": always(0.7)}))
    claim = evidence("The Long Walk.")
    assert rule.judge(claim).verdict is Verdict.SUPPORTED
    assert "unclear" in rule.judge(claim).reason
    absent = rule.judge(replace(claim, tail_count=0, cooccurrence=0))
    assert (absent.verdict, absent.threshold) == (Verdict.UNSUPPORTED, 0.5)


@given(st.lists(st.text(max_size=200), max_size=4), st.text(max_size=30))
def test_no_window_breaks_it(windows: list[str], tail: str) -> None:
    found = VerdictPolicy.shipped().claim.build().judge(evidence(*windows, tail=tail))
    assert found.p_wrong is not None
    assert 0 <= found.p_wrong <= 1


@pytest.mark.parametrize(
    "text",
    [
        "The Long Walk " * 400,
        "((((((" * 300 + "The Long Walk",
        "İİı \u202e The Long Walk ﬁlm, directed by Stuart Rosenberg \ud83d\ude00 (1970",
        "\x00\n\n\n– – –, , , of the The Long Walk’s",
        "1970 " * 500,
    ],
)
def test_hostile_windows(text: str) -> None:
    found = VerdictPolicy.shipped().claim.build().judge(evidence(text))
    assert found.verdict in {Verdict.SUPPORTED, Verdict.UNSUPPORTED}


class BreaksInTheMiddle(FakeStatistics):
    """Counts, but has no windows."""

    def windows(self, *args: object, **kwargs: object) -> list[Evidence]:
        raise StatisticsError("the disk is gone")


def test_statistics_that_fail_midway_make_a_claim_unknown() -> None:
    statistics = BreaksInTheMiddle(DOCUMENTS)
    report = verifier(statistics).score("The Long Walk", "directed by", "Stuart Rosenberg")
    assert report.verdict is Verdict.UNKNOWN
    assert report.p_wrong is None
    assert "the disk is gone" in report.reason


def test_threads_agree() -> None:
    shared = verifier()
    claims = [
        ("The Long Walk", "directed by", name) for name in ("Stuart Rosenberg", "Joel Lieber")
    ]
    alone = [verifier().score(*claim) for claim in claims]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda claim: shared.score(*claim), claims * 8))
    assert together == alone * 8


def test_a_policy_survives_the_disk(tmp_path: Path) -> None:
    shipped = VerdictPolicy.shipped()
    assert shipped.fitted_on
    assert isinstance(shipped.claim, CalibratedOptions)
    shipped.save(tmp_path / "policy.json")
    assert VerdictPolicy.find(tmp_path / "policy.json") == shipped
    assert (tmp_path / "policy.json").stat().st_size < 1_000_000


def test_a_threshold_of_one_s_own_stands_in_for_the_fitted_ones() -> None:
    options = VerdictPolicy.shipped().claim
    assert isinstance(options, CalibratedOptions)
    claim = evidence(DOCUMENTS["The Long Walk"], tail="Joel Lieber")
    assert Calibrated(options.model, 0.0).judge(claim).verdict is Verdict.UNSUPPORTED
    assert Calibrated(options.model, 1.0).judge(claim).verdict is Verdict.SUPPORTED


def test_every_feature_is_in_one_group() -> None:
    assert [name for group in GROUPS.values() for name in group] == list(FEATURES)


@pytest.mark.parametrize(
    "change",
    [{"log_odds": ()}, {"p_wrong": (0.1,)}, {"log_odds": (1.0, 0.0)}, {"p_wrong": (0.9, 0.1)}],
)
def test_a_curve_that_does_not_rise_is_refused(change: dict[str, tuple[float, ...]]) -> None:
    stage = {"log_odds": (-1.0, 1.0), "p_wrong": (0.1, 0.9)}
    trees = {"features": (), "base": 0.0, "trees": (), "depth": 0}
    assert Stage.model_validate({"trees": trees, **stage})
    with pytest.raises(ValueError, match=r"curve|knots"):
        Stage.model_validate({"trees": trees, **stage, **change})


@dataclass(frozen=True, slots=True)
class MoreThanChance:
    """A rule of one's own: head and tail meet more often than chance has it."""

    reads_windows: bool = False

    def judge(self, evidence: ClaimEvidence) -> Judgement:
        if evidence.npmi > 0:
            return Judgement(Verdict.SUPPORTED, f"NPMI {evidence.npmi:.2f}")
        return Judgement(Verdict.UNSUPPORTED, "no more than chance has it")


def test_a_rule_of_one_s_own_is_asked() -> None:
    own = Verifier(FakeStatistics(DOCUMENTS), NoExtractor(), rule=MoreThanChance())  # type: ignore[arg-type]
    assert own.score("Stuart Rosenberg", "born in", "Chicago").verdict is Verdict.UNSUPPORTED
