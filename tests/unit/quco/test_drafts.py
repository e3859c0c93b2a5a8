"""How drafts are read, and where final answers end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.adapters.extractor.sentences import split_sentences
from quco.drafts import CutDraft, cut_draft, is_refusal
from quco.prompts import final_answer, split_closing
from quco.types import Generation


def cut(text: str, *, reason: str = "stop", begun: bool = False) -> CutDraft:
    return cut_draft(Generation(text, reason), split_sentences, begun=begun)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "reason", "sentences", "ended"),
    [
        (" It is Oslo. So it", "length", (" It is Oslo.",), False),
        (" It is Os", "length", (" It is Os",), False),
        (" It is Oslo. It is", "stop", (" It is Oslo.", " It is"), True),
        ("The answer is Oslo", "length", ("The answer is Oslo",), True),
        (" So. The answer is Os", "length", (" So.",), False),
        (" So. The answer is Oslo. It", "length", (" So.", " The answer is Oslo."), True),
        (" A. So the answer is\nDr. No.\nBye", "stop", (" A.", " So the answer is Dr. No."), True),
        (" J. R. R. Tolkien paid $1.5 million. ", "stop", (), True),
        ("", "stop", (), True),
        ("  \n", "length", (), False),
    ],
)
def test_drafts_are_cut_into_whole_sentences(
    text: str, reason: str, sentences: tuple[str, ...], ended: bool
) -> None:
    if not sentences and text.strip():
        sentences = (text.rstrip(),)
    found = cut(text, reason=reason)
    assert (found.sentences, found.ended) == (sentences, ended)


@given(st.text("ab. \n,A", max_size=60), st.booleans(), st.sampled_from(["stop", "length"]))
def test_no_sentence_of_a_draft_is_lost_or_ends_in_space(
    text: str, begun: bool, reason: str
) -> None:
    found = cut(text, reason=reason, begun=begun)
    assert all(sentence == sentence.rstrip() != "" for sentence in found.sentences)
    if not found.circular:
        joined = "".join(found.sentences)
        assert text.startswith(joined)
        assert reason == "length" or joined == text.rstrip()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("So the answer is J. R. R. Tolkien.", "J. R. R. Tolkien"),
        ("So the answer is St. Louis. It is big.", "St. Louis"),
        ("So the answer is George W. Bush. He won.", "George W. Bush"),
        ("the answer is\nParis", "Paris"),
        ('Therefore, the final answer is: **"Rome"**.', "Rome"),
        ("Answer: 1.5 million.", "1.5 million"),
        ("so the answer is Yes, both are.", "Yes"),
        ("The answer is no. The answer is yes.", "yes"),
        ("The correct answer is X (Y)", "X (Y)"),
        ("He answers: no.", ""),
        ("So the answer is", ""),
        ("So the answer is .", ""),
    ],
)
def test_final_answers_end_where_they_end(text: str, answer: str) -> None:
    assert final_answer(text) == answer


@given(st.text("so the answer is:.\nX ", max_size=80))
def test_a_draft_is_its_body_its_closing_and_a_rest(text: str) -> None:
    body, closing = split_closing(text)
    assert text.startswith(body + (closing or ""))
    assert closing is not None or body == text


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "I’m sorry, but I can’t help with that.",
        "As an AI, I have no access to that.",
        "The context does not say; it cannot be determined.",
        "not mentioned",
        "Unknown.",
        "n/a",
    ],
)
def test_refusals_are_known(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "The director of The Unknown is Tod Browning.",
        "Liam Neeson starred in Unknown.",
        "He did not know Latin.",
        "no",
        "None of them",
    ],
)
def test_statements_are_no_refusals(text: str) -> None:
    assert not is_refusal(text)
