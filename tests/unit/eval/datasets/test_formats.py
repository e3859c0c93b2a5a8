"""Data sets in the layout that their publishers distribute, and complaints about bad records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.datasets import FORMATS, fresh, is_development, load_samples, take
from eval.demonstrations import DEMONSTRATIONS, demonstrations
from eval.types import Sample
from quco.errors import BadRecordError, ConfigError, InputError

HOTPOT = {
    "_id": "h1",
    "question": "Which river flows through the capital of Hungary?",
    "answer": "Danube",
    "type": "bridge",
    "level": "hard",
    "context": [["Budapest", ["Budapest is a city. ", "It is on the Danube."]], ["Oslo", ["No."]]],
    "supporting_facts": [["Budapest", 1], ["Hungary", 0]],
}
ON_THE_DANUBE = "Budapest is a city. It is on the Danube."
TWO_WIKI = HOTPOT | {"evidences": [["Hungary", "capital", "Budapest"]], "entity_ids": "Q1_Q2"}
MUSIQUE = {
    "id": "2hop__1_2",
    "question": "Who?",
    "answer": "Ann",
    "answer_aliases": ["Anna", "Ann"],
    "answerable": True,
    "paragraphs": [
        {"idx": 0, "title": "A", "paragraph_text": "Ann was here.", "is_supporting": True},
        {"idx": 1, "title": "B", "paragraph_text": "Bob.", "is_supporting": False},
    ],
}
PUBMED = {
    "17": {
        "QUESTION": "Does it work?",
        "CONTEXTS": ["It was tried.", "It worked."],
        "LABELS": ["METHODS", "RESULTS"],
        "LONG_ANSWER": "It works.",
        "final_decision": "yes",
    }
}
POPQA = (
    "id\tsubj\tprop\tobj\ts_pop\tquestion\tpossible_answers\n"
    '5\tGeorge\toccupation\tpolitician\t142\tWhat is George\'s occupation?\t"[""politician"", '
    '""pol""]"\n'
)
STRATEGY = {
    "qid": "s1",
    "term": "Aristotle",
    "question": "Could Aristotle own a book?",
    "answer": False,
    "facts": ["He died in 322 BC."],
    "decomposition": ["When did he die?", "Is that before #1?"],
}


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize(
    ("form", "content", "answers", "kind", "hops", "gold"),
    [
        ("hotpotqa", [HOTPOT], ("Danube",), "bridge", 2, [ON_THE_DANUBE]),
        ("2wikimultihopqa", [TWO_WIKI], ("Danube",), "bridge", 2, [ON_THE_DANUBE]),
        ("musique", json.dumps(MUSIQUE) + "\n", ("Ann", "Anna"), "2hop", 2, ["Ann was here."]),
        ("pubmedqa", PUBMED, ("yes",), "yes", None, ["It was tried.", "It worked."]),
        ("popqa", POPQA, ("politician", "pol"), "occupation", 1, []),
        ("strategyqa", [STRATEGY], ("no",), "", 2, ["He died in 322 BC."]),
    ],
)  # fmt: skip
def test_official_formats(
    tmp_path: Path, form: str, content: Any, answers: Any, kind: str, hops: Any, gold: list[str]
) -> None:
    (sample,) = load_samples(written(tmp_path / "file", content), form)
    assert (sample.answers, sample.kind, sample.hops) == (answers, kind, hops)
    assert [passage.text for passage in sample.gold] == gold


def test_lines_of_any_questions(tmp_path: Path) -> None:
    rows = [
        {"id": 7, "question": "Who?", "answer": "Ann", "answer_aliases": ["Anna"], "other": 1},
        {"question": "Why?", "answer": "So", "contexts": ["Because.\u2028So."]},
    ]
    path = written(tmp_path / "q.jsonl", "\n".join(json.dumps(r, ensure_ascii=False) for r in rows))
    first, second = load_samples(path)
    assert (first.id, first.answers) == ("7", ("Ann", "Anna"))
    assert (second.id, second.gold[0].text) == ("Why?", "Because.\u2028So.")


@pytest.mark.parametrize(
    ("form", "content", "message"),
    [
        ("hotpotqa", [HOTPOT, HOTPOT], r"record 2: the id 'h1' occurs twice"),
        ("hotpotqa", [HOTPOT | {"answer": " "}], r"record 1 \(id 'h1'\): answer: String should"),
        ("hotpotqa", [{"_id": "x"}], r"record 1 \(id 'x'\): question: Field required"),
        ("hotpotqa", {"a": 1}, "expected a JSON list, got dict"),
        ("pubmedqa", {"1": PUBMED["17"] | {"final_decision": "perhaps"}}, "final_decision: Input"),
        ("strategyqa", [STRATEGY | {"answer": "yes"}], "answer: Input should be a valid boolean"),
        ("musique", json.dumps(MUSIQUE) + "\n{", "line 2: no JSON"),
    ],
)
def test_the_bad_record_is_named(tmp_path: Path, form: str, content: Any, message: str) -> None:
    with pytest.raises(BadRecordError, match=message):
        load_samples(written(tmp_path / "file", content), form)


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_samples(tmp_path / "absent.jsonl")
    with pytest.raises(InputError, match="holds no question"):
        load_samples(written(tmp_path / "empty", ""))
    with pytest.raises(ConfigError, match="no format is called 'squad'; expected one of 2wiki"):
        load_samples(tmp_path, "squad")


def test_splits_do_not_meet_and_limits_grow() -> None:
    samples = [Sample(str(i), "Who?", ("x",)) for i in range(200)]
    development, validation = take(samples, "development"), take(samples, "validation")
    assert {s.id for s in development} | {s.id for s in validation} == {s.id for s in samples}
    assert all(is_development(s.id) for s in development)
    assert not any(is_development(s.id) for s in validation)
    assert take(samples, "validation", limit=20) == validation[:20]
    assert take(samples, limit=20, seed=None) == samples[:20]
    assert take(samples, limit=20, seed=1) != take(samples, limit=20, seed=2)
    unused = fresh(samples, {"development": 10, "validation": 5})
    assert take(unused, "development") == development[10:]
    assert take(unused, "validation") == validation[5:]


def test_every_data_set_has_worked_examples_that_end_in_its_form() -> None:
    assert DEMONSTRATIONS.keys() == FORMATS.keys() - {"jsonl"}
    assert {d.answer for d in demonstrations("pubmedqa")} == {"yes", "no", "maybe"}
    assert {d.answer for d in demonstrations("strategyqa")} == {"yes", "no"}
    assert demonstrations("hotpotqa", 3) == DEMONSTRATIONS["hotpotqa"][:3]
    with pytest.raises(ConfigError, match="9 worked examples were asked for; 'hotpotqa' has 8"):
        demonstrations("hotpotqa", 9)
