"""The score of a sentence as a whole."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quco.verdict.sentence import FEATURES, SentenceModel, sentence_features

MODEL = SentenceModel(base=-0.5, weights={"names": -2.0, "conjunctions": 4.0, "best_claim": 1.0})


def features(text: str, *p_wrong: float) -> dict[str, float]:
    values = sentence_features(text, p_wrong)
    assert values is not None
    return dict(zip(FEATURES, values, strict=True))


def test_names_are_runs_of_capitals() -> None:
    found = features("Ada Roe and Bob Low were born in New York.")
    assert found["names"] == 3 / 10
    assert found["conjunctions"] == found["copulas"] == 1 / 10
    assert found["function_words"] == 3 / 10


def test_the_best_supported_claim_counts() -> None:
    found = features("Ada sang.", 0.9, 0.2)
    assert found["best_claim"] == pytest.approx(math.log(0.2 / 0.8))
    assert features("Ada sang.")["best_claim"] == 0


def test_a_score_is_the_logistic_function_of_the_features() -> None:
    log_odds = -0.5 - 2.0 * 0.5 + math.log(0.2 / 0.8)
    expected = 1 / (1 + math.exp(-log_odds))
    assert MODEL.score("Ada sang.", [0.9, 0.2]) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", " \n", "...", "—", "\u200b"])
def test_a_text_without_a_word_has_no_score(text: str) -> None:
    assert MODEL.score(text, [0.5]) is None


@given(st.text(), st.lists(st.floats(0, 1)))
def test_any_text_and_any_claims_give_a_probability(text: str, p_wrong: list[float]) -> None:
    score = MODEL.score(text, p_wrong)
    assert score is None or 0 < score < 1
    better = MODEL.score(text, [*p_wrong, 0.0])
    if score is not None and better is not None and p_wrong:
        assert better <= score


def test_a_long_sentence_is_read_in_one_go() -> None:
    assert 0 < (MODEL.score("Ada and " * 250_000, [0.5]) or 0) < 1


def test_a_feature_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValidationError, match="weights"):
        SentenceModel.model_validate({"base": 0, "weights": {"mood": 1.0}})
