"""Taking off what a chat model says again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.adapters.generator.emulate import strip_overlap

PREFIX = " Ada is a poet. Bo is a dog. The"


@pytest.mark.parametrize(
    ("reply", "rest"),
    [
        ("cat is Cy.", " cat is Cy."),
        (" cat is Cy.", " cat is Cy."),
        ("The cat is Cy.", " cat is Cy."),
        ("Bo is a dog. The cat is Cy.", " cat is Cy."),
        ("Ada is a poet.  Bo is a dog.\nThe cat is Cy.", " cat is Cy."),
        ("ada is a poet. bo is a dog. the", ""),
        ("… cat is Cy.", " cat is Cy."),
        (", he says, is Cy.", ", he says, is Cy."),
        ("", ""),
    ],
)
def test_overlap_is_taken_off(reply: str, rest: str) -> None:
    assert strip_overlap(PREFIX, reply) == rest


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True), st.data())
def test_a_whole_answer_said_again_leaves_its_rest(words: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words)))
    prefix = "".join(f" {word}" for word in words[:at])
    rest = "".join(f" {word}" for word in words[at:])
    assert strip_overlap(prefix, (prefix + rest).strip()).split() == rest.split()
