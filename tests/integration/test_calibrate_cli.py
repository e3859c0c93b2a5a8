"""`quco calibrate` on labels about the demo corpus, and the policy that it writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quco.adapters.corpus import LocalStatistics
from quco.adapters.extractor.spacy import SpacyExtractor
from quco.cli import main
from quco.demo import questions
from quco.types import Verdict
from quco.verdict import VerdictPolicy
from quco.verifier import Verifier


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return int(end.value.code or 0)


def demo_claims() -> list[dict[str, Any]]:
    """Return what the demo's questions rest on, and each with the next tail of its relation."""
    triples = sorted({tuple(t) for q in questions() for t in q["evidences"]}, key=lambda t: t[1])
    found: list[dict[str, Any]] = []
    for (head, relation, tail), (_, _, other) in zip(
        triples, triples[1:] + triples[:1], strict=True
    ):
        claim = {"head": head, "relation": relation, "group": head}
        found.append({**claim, "tail": tail, "label": True})
        if other != tail:
            found.append({**claim, "tail": other, "label": False, "random": True})
    return found


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_claims_and_questions(
    demo_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = write(tmp_path / "claims.jsonl", demo_claims())
    asked = write(
        tmp_path / "questions.jsonl",
        [
            {"question": q["question"], "needs_retrieval": q["type"] != "single"}
            for q in questions()
        ],
    )
    out = tmp_path / "own.json"
    wanted = ("--index", demo_index, "--claims", claims, "--questions", asked, "--out", out)
    assert run("calibrate", *wanted, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "quco.calibrate/1"
    assert said["reliability"]["claims of any other relation"]["auroc"] > 0.8
    assert said["reliability"]["questions"]["n_claims"] > 20
    policy = VerdictPolicy.load(out)
    assert "claims.jsonl" in policy.fitted_on
    assert "questions.jsonl" in policy.fitted_on
    with LocalStatistics.open(demo_index / "corpus") as statistics:
        own = Verifier(statistics, SpacyExtractor(), policy)
        assert own.score("Metropolis", "director", "Fritz Lang").verdict is Verdict.SUPPORTED
        wrong = own.score("Metropolis", "director", "Edvard Grieg")
        assert wrong.verdict is Verdict.UNSUPPORTED
        assert "with probability" in own.check_question("Who directed Metropolis?").reason
    assert run("calibrate", "--index", demo_index, "--questions", asked, "--out", out) == 0
    shown = capsys.readouterr().out
    assert "found wrong" in shown
    assert "calibration error" in shown


def test_sentences(demo_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sentences = write(
        tmp_path / "sentences.jsonl",
        [
            {
                "sentence": f"The {claim['relation']} of {claim['head']} is {claim['tail']}.",
                "label": claim["label"],
                "group": claim["group"],
            }
            for claim in demo_claims()
        ],
    )
    out = tmp_path / "own.json"
    wanted = ("--index", demo_index, "--sentences", sentences, "--out", out)
    assert run("calibrate", *wanted, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["reliability"]["sentences"]["auroc"] > 0.7
    assert "sentences.jsonl" in said["fitted_on"]
    policy = VerdictPolicy.load(out)
    assert policy.claim == VerdictPolicy.shipped().claim
    with LocalStatistics.open(demo_index / "corpus") as statistics:
        own = Verifier(statistics, SpacyExtractor(), policy)
        right, wrong = (
            own.check_sentence(f"The director of Metropolis is {name}.").hallucination_score
            for name in ("Fritz Lang", "Edvard Grieg")
        )
    assert right is not None
    assert wrong is not None
    assert right < 0.5 < wrong


def test_too_few_sentences_are_refused(
    demo_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = write(tmp_path / "few.jsonl", [{"sentence": "Ada sang.", "label": True}] * 60)
    assert run("calibrate", "--index", demo_index, "--sentences", few, "--out", tmp_path / "p") == 1
    assert "60 right and 0 wrong sentences in 1 groups" in capsys.readouterr().err


def test_sentences_of_which_the_corpus_knows_nothing_are_refused(
    demo_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [
        {"sentence": f"Zorg {i} was kind.", "label": i % 2 == 0, "group": str(i % 6)}
        for i in range(60)
    ]
    path, out = write(tmp_path / "alien.jsonl", records), tmp_path / "p"
    assert run("calibrate", "--index", demo_index, "--sentences", path, "--out", out) == 1
    assert "none of the 60 sentences has a claim with a probability" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"head": "a"}\n', "line 1: relation"),
        ("nonsense\n", "line 1 is no JSON"),
        ('{"head": "Metropolis", "relation": "r", "tail": "x", "label": true}\n', "at least 50"),
        ("", "no labels"),
    ],
)
def test_bad_labels_are_named(
    demo_index: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    complaint: str,
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    assert run("calibrate", "--index", demo_index, "--claims", path, "--out", tmp_path / "p") == 1
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "p").exists()


def test_nothing_to_fit_is_wrong_usage(demo_index: Path) -> None:
    assert run("calibrate", "--index", demo_index) == 2
