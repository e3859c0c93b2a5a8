import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus_engine.analyzers import word
from tests import naive_engine as naive

ANY_TEXT = st.text(st.characters(exclude_categories=()))
TRICKY = st.text(
    st.sampled_from(
        "aZ9 _-'’\x00\n."
        "ßéÉe\u0301\u0323\u0345İıſﬁ½②㌔漢字々かが\u3099ｶﾞ한ᄒ\u1161\u11abनिक्ष้😀\u200d\ufe0f"
        "¨\u00a0\u0130\u1e9e\ud800\U000e0100\U00020000΄ΰ\u0cc0\u0cc6\u0cd5أ\u0654"
    )
)


@given(ANY_TEXT | TRICKY)
@example("A\u0301B")
@example("漢\u0301a")
def test_words_are_those_of_the_specification(text: str) -> None:
    assert [w.decode() for w in word.words(text)] == naive.words(text)


@given(ANY_TEXT | TRICKY)
def test_every_word_has_a_span_in_the_text(text: str) -> None:
    spans = word.spans(text)
    assert len(spans) == len(word.words(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(st.lists(st.sampled_from(["Köln", "naïve", "Straße", "漢", "e\u0301t\u00e9", "ﬁn", "x9"])))
def test_a_span_covers_exactly_the_word_as_it_was_written(parts: list[str]) -> None:
    text = " – ".join(parts)
    assert [text[start:end] for start, end in word.spans(text)] == parts


@given(st.lists(TRICKY, max_size=4))
def test_cleaned_texts_can_be_split_together(texts: list[str]) -> None:
    together = word.split(b" \xff ".join(word.clean(text) for text in texts))
    apart = [w for text in texts for w in [b"\xff", *word.words(text)]][1:]
    assert together == apart


def test_normalisation_equates_case_width_and_composition() -> None:
    forms = ["ÉTÉ", "été", unicodedata.normalize("NFD", "été"), "ＥＴＥ\u0301"]
    assert len({tuple(word.words(form)) for form in forms[:3]}) == 1
    assert word.words("Ｅ２") == word.words("e2")


@pytest.mark.parametrize("text", ["", " ", "--", "\x00", "😀", "“…”", "_"])
def test_text_without_letters_has_no_words(text: str) -> None:
    assert word.words(text) == []
