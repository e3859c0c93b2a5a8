"""The demo corpus and its questions are well formed, linked and answerable."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest

MAX_SIZE_BYTES = 300_000
QUESTION_TYPES = {"single": 15, "bridge": 30, "comparison": 10, "inference": 5}


def _read(name: str) -> str:
    return (resources.files("quco") / "demo" / name).read_text(encoding="utf-8")


def _records(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _read(name).splitlines()]


PASSAGES = _records("corpus.jsonl")
QUESTIONS = _records("questions.jsonl")
TEXTS = {passage["id"]: passage["text"] for passage in PASSAGES}


def _bare_title(passage: dict[str, Any]) -> str:
    """Return the name in a title: "M (1931 film)" and "Francis I, Emperor" lose the rest."""
    return re.sub(r" \(.*\)$|, .*$", "", str(passage["title"]))


def _support(question: dict[str, Any]) -> str:
    return "\n".join(TEXTS[passage_id] for passage_id in question["supporting_ids"])


def _names(text: str, name: str) -> bool:
    """Whether `name` stands in `text` as a whole word, so that "Ob" is not found in "October"."""
    return name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _is_sentence_end(text: str) -> bool:
    return text.endswith((".", '."', '".'))


def _of_types(*types: str) -> list[Any]:
    return [pytest.param(q, id=q["id"]) for q in QUESTIONS if q["type"] in types]


ALL_QUESTIONS = _of_types(*QUESTION_TYPES)


def test_both_files_together_stay_small() -> None:
    size_bytes = sum(len(_read(n).encode()) for n in ("corpus.jsonl", "questions.jsonl"))
    assert size_bytes < MAX_SIZE_BYTES


def test_numbers_of_passages_and_questions() -> None:
    assert 280 <= len(PASSAGES) <= 330
    assert Counter(q["type"] for q in QUESTIONS) == QUESTION_TYPES


@pytest.mark.parametrize("records", [PASSAGES, QUESTIONS], ids=["corpus", "questions"])
def test_ids_are_unique(records: list[dict[str, Any]]) -> None:
    assert [i for i, n in Counter(r["id"] for r in records).items() if n > 1] == []


@pytest.mark.parametrize("name", ["corpus.jsonl", "questions.jsonl"])
def test_text_is_normalised_unicode_without_control_characters(name: str) -> None:
    text = _read(name)
    assert unicodedata.is_normalized("NFC", text)
    assert {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Co", "Cn"}} == {"\n"}


def test_passages_have_their_fields_and_lengths() -> None:
    for passage in PASSAGES:
        assert set(passage) == {"id", "title", "text"}
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", passage["id"])
        assert 350 <= len(passage["text"]) <= 800, passage["id"]
        assert passage["text"] == " ".join(passage["text"].split()), passage["id"]
        assert _is_sentence_end(passage["text"]), passage["id"]


def test_every_passage_names_its_subject() -> None:
    assert [p["id"] for p in PASSAGES if not _names(p["text"], _bare_title(p))] == []


def test_titles_are_unique() -> None:
    assert len({p["title"] for p in PASSAGES}) == len(PASSAGES)


def test_no_sentence_stands_in_two_passages() -> None:
    """Passages that share whole sentences would be copies of each other to a retriever."""
    sentences = Counter(
        sentence
        for passage in PASSAGES
        for sentence in {s.strip(" .") for s in re.split(r"\. (?=[A-Z])", passage["text"])}
        if len(sentence) > 20  # not the pieces that initials and "Dr." leave
    )
    assert [s for s, n in sentences.items() if n > 1] == []


def test_passages_are_linked_by_their_titles() -> None:
    """A title named elsewhere is what makes a question of two hops possible."""
    names = {p["id"]: _bare_title(p) for p in PASSAGES if len(_bare_title(p)) > 1}
    links = {
        (source, target)
        for source, text in TEXTS.items()
        for target, name in names.items()
        if source != target and _names(text, name)
    }
    linked_to = {target for _, target in links}
    touched = {passage_id for link in links for passage_id in link}
    assert set(TEXTS) - touched == set()
    assert len(linked_to) >= 0.9 * len(PASSAGES)


@pytest.mark.parametrize("question", ALL_QUESTIONS)
def test_questions_have_their_fields(question: dict[str, Any]) -> None:
    assert set(question) == {
        *("id", "question", "answer", "answer_aliases", "type", "supporting_ids", "evidences")
    }
    assert question["question"].endswith("?")
    assert question["answer"]
    assert question["answer"] not in question["answer_aliases"]
    assert all(len(evidence) == 3 and all(evidence) for evidence in question["evidences"])


@pytest.mark.parametrize("question", ALL_QUESTIONS)
def test_supporting_passages_exist_once_each(question: dict[str, Any]) -> None:
    supporting_ids = question["supporting_ids"]
    assert set(supporting_ids) <= set(TEXTS)
    assert len(set(supporting_ids)) == len(supporting_ids)
    assert (len(supporting_ids) == 1) == (question["type"] == "single")


@pytest.mark.parametrize("question", _of_types("single", "bridge", "inference"))
def test_answers_stand_in_a_supporting_passage(question: dict[str, Any]) -> None:
    assert any(
        _names(_support(question), a) for a in [question["answer"], *question["answer_aliases"]]
    )


@pytest.mark.parametrize("question", ALL_QUESTIONS)
def test_each_evidence_stands_in_the_supporting_passages(question: dict[str, Any]) -> None:
    texts = [TEXTS[passage_id] for passage_id in question["supporting_ids"]]
    for head, _, tail in question["evidences"]:
        assert any(_names(text, head) and _names(text, tail) for text in texts), (head, tail)


@pytest.mark.parametrize("question", _of_types("bridge", "inference"))
def test_evidence_forms_a_chain_that_ends_at_the_answer(question: dict[str, Any]) -> None:
    evidences = question["evidences"]
    for (_, _, tail), (head, _, _) in pairwise(evidences):
        assert tail == head
    assert evidences[-1][2] == question["answer"]


@pytest.mark.parametrize("question", _of_types("bridge", "inference"))
def test_answers_to_chains_are_not_given_away_by_the_question(question: dict[str, Any]) -> None:
    assert not _names(question["question"], question["answer"])


@pytest.mark.parametrize("question", _of_types("comparison"))
def test_comparisons_follow_from_the_values_compared(question: dict[str, Any]) -> None:
    """Recompute each answer from its evidence: the smaller date, or whether two values agree."""
    support = _support(question)
    heads = [head for head, _, _ in question["evidences"][-2:]]
    values = [tail for _, _, tail in question["evidences"][-2:]]
    assert all(_names(support, head) for head in heads)
    if question["answer"] in {"yes", "no"}:
        assert question["answer"] == ("yes" if values[0] == values[1] else "no")
    else:
        earlier = min(zip(map(_sort_key, values), heads, strict=True))[1]
        assert question["answer"] == earlier
        assert all(_names(question["question"], head) for head in heads)


def _sort_key(date: str) -> tuple[int, int, int]:
    """Order "1922" and "28 July 1968"; a year alone counts as its first day."""
    months = (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    )
    match re.fullmatch(r"(?:(\d{1,2}) (\w+) )?(\d{4})", date):
        case None:
            raise AssertionError(f"not a date: {date!r}")
        case found:
            day, month, year = found.groups()
            return int(year), months.index(month) + 1 if month else 1, int(day) if day else 1
