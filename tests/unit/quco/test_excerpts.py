"""Excerpts of passages, and what a prompt shows of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.excerpts import excerpt, shorten
from quco.prompts import FewShotPrompt
from quco.types import Passage

TEXT = (
    "Gertie (born Gertrude Mole, 3 May 1914) was a Scottish director. She kept bees. "
    "She studied at the Glasgow School of Art. She was married to J. P. Stone. She died in Oban."
)
text = st.text("Ada wRo. !?é\n", max_size=80)


@given(text, st.integers(1, 60), text)
def test_excerpts_are_short_and_in_the_words_of_the_passage(
    passage: str, n_chars: int, question: str
) -> None:
    shown = excerpt(passage, n_chars, question=question)
    assert len(shown.removesuffix(" …")) <= n_chars
    words = iter(passage.split())
    assert all(word in words for word in shown.removesuffix(" …").split()[:-1])


@given(text, st.integers(1, 60))
def test_a_shortened_text_is_its_beginning(passage: str, n_chars: int) -> None:
    shown = shorten(passage, n_chars)
    assert passage.startswith(shown.removesuffix(" …"))
    assert shown == passage or shown.endswith(" …")


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("Where did Gertie study?", "She studied at the Glasgow School of Art."),
        ("Who was the husband of Gertie?", "She was married to J. P. Stone."),
        ("What is the place of death of Gertie?", "She died in Oban."),
    ],
)
def test_sentences_are_found_in_the_words_of_answers(question: str, kept: str) -> None:
    first = TEXT.split(" She", maxsplit=1)[0]
    assert excerpt(TEXT, 400, question=question, title="Gertie") == f"{first} {kept}"


def test_the_most_fitting_sentence_goes_first_where_room_is_short() -> None:
    text = "Ada is here. Ada sang in Rome. Ada sang opera in Rome in May."
    question = "Did Ada sing in May, and which opera in Rome?"
    assert excerpt(text, 45, question=question) == "Ada is here. Ada sang opera in Rome in May."


@pytest.mark.parametrize(
    ("title", "text", "shown"),
    [
        ("Gertie", "Gertie was a director. She kept bees.", "Gertie was a director."),
        ("Gertie (film)", "Gertie is a film.", "Gertie is a film."),
        ("Gertie", "She kept bees.", "Gertie: She kept bees."),
        ("", "She kept bees.", "She kept bees."),
    ],
)
def test_focused_prompts_say_a_title_once(title: str, text: str, shown: str) -> None:
    request = FewShotPrompt((), focused=True).request("Who?", [Passage("1", text, title)], "", 9)
    assert request.messages[0].content == f"Context:\n[1] {shown}\nQuestion: Who?\nAnswer:"
