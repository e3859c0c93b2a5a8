"""`quco calibrate`: thresholds and probabilities from labels of one's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from quco.cli.options import (
    Command,
    index_option,
    json_option,
    open_index,
    pipeline_option,
    policy_option,
)
from quco.cli.output import console, print_json, progress_bars
from quco.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from quco.calibration.reliability import Reliability
    from quco.verdict import VerdictPolicy
    from quco.verifier import Verifier

    Progress = Any
    Table = tuple[str, Reliability]


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(calibrate)


def _labels_option(name: str, told: str) -> Callable[[Command], Command]:
    """Return an option that names a file of labels."""
    return click.option(name, type=click.Path(path_type=Path), metavar="FILE", help=told)


@click.command()
@index_option
@_labels_option(
    "--claims",
    "JSON lines with head, relation, tail, label (true: the claim is right), and optionally "
    "group (claims that belong together, such as those of one question) and sentence.",
)
@_labels_option(
    "--questions",
    "JSON lines with question and needs_retrieval (true: the model alone was wrong).",
)
@_labels_option(
    "--sentences",
    "JSON lines with sentence, label (true: all of it is right), and optionally question and "
    "group; sentences whose claims are not among --claims.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("policy.json"),
    show_default=True,
    metavar="FILE",
    help="Where the policy is written.",
)
@click.option(
    "--false-alarms",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="Share of right claims that may be called unsupported; sets the thresholds.",
)
@policy_option
@pipeline_option
@json_option
def calibrate(
    index: Path,
    claims: Path | None,
    questions: Path | None,
    sentences: Path | None,
    out: Path,
    false_alarms: float,
    policy: str,
    pipeline: str | None,
    as_json: bool,
) -> None:
    """Fit on your labels how claims, questions or sentences are judged; print how reliable it is.

    Reliability is measured on labels that were not fitted on. What is not fitted is taken from
    --policy. Needs scikit-learn: pip install 'quco[calibrate]'.

    \b
    Example:
      quco calibrate --index my-index --claims claims.jsonl --out policy.json
      quco ask "Who directed Metropolis?" --index my-index --policy policy.json
    """
    from quco.calibration.fitting import require_sklearn
    from quco.verdict import VerdictPolicy
    from quco.verifier import Verifier

    if claims is None and questions is None and sentences is None:
        raise UsageError("give --claims FILE, --questions FILE, --sentences FILE, or several")
    require_sklearn()
    fitted = VerdictPolicy.find(policy)
    tables: list[Table] = []
    with open_index(index, pipeline=pipeline) as quco, progress_bars() as progress:
        verifier = Verifier(quco.statistics, quco.extractor, fitted)
        if claims is not None:
            fitted, found = _fit_claims(claims, verifier, fitted, false_alarms, progress)
            tables += found
        if questions is not None:
            fitted, found = _fit_questions(questions, verifier, fitted)
            tables += found
        if sentences is not None:
            verifier = Verifier(quco.statistics, quco.extractor, fitted)
            fitted, found = _fit_sentences(sentences, verifier, fitted, progress)
            tables += found
    fitted.save(out)
    if as_json:
        reliability = dict(tables)
        print_json(
            "quco.calibrate/1",
            {"out": out, "fitted_on": fitted.fitted_on, "reliability": reliability},
        )
        return
    for title, table in tables:
        _show(console(), title, table)
    console().print(f"\nwritten to {out}; use it with --policy {out}", markup=False)


def _fit_claims(
    path: Path,
    verifier: Verifier,
    policy: VerdictPolicy,
    false_alarms: float,
    progress: Progress,
) -> tuple[VerdictPolicy, list[Table]]:
    from quco.calibration.records import ClaimRecord, ask_claims, read_records
    from quco.calibration.rule import fit_rule

    records = read_records(path, ClaimRecord)
    fitting = None if progress is None else lambda _stage, done, n: progress("fitting", done, n)
    labelled = ask_claims(records, verifier, _step(progress, "counting"))
    fitted = fit_rule(labelled, false_alarms=false_alarms, progress=fitting)
    told = f"{len(records):,} claims of {path.name}"
    changed = {"claim": fitted.options, "fitted_on": told}
    tables = [("claims of a relation that was learned", fitted.known)] if fitted.known else []
    tables.append(("claims of any other relation", fitted.unknown))
    return policy.model_copy(update=changed), tables


def _fit_questions(
    path: Path, verifier: Verifier, policy: VerdictPolicy
) -> tuple[VerdictPolicy, list[Table]]:
    from quco.calibration.questions import fit_rarity
    from quco.calibration.records import QuestionRecord, ask_questions, read_records

    records = read_records(path, QuestionRecord)
    fitted = fit_rarity(ask_questions(records, verifier))
    changed = {
        "question": fitted.options,
        "fitted_on": _told_too(policy, f"{len(records):,} questions of {path.name}"),
    }
    return policy.model_copy(update=changed), [("questions", fitted.reliability)]


def _fit_sentences(
    path: Path, verifier: Verifier, policy: VerdictPolicy, progress: Progress
) -> tuple[VerdictPolicy, list[Table]]:
    from quco.calibration.records import SentenceRecord, ask_sentences, read_records
    from quco.calibration.sentences import fit_sentences

    records = read_records(path, SentenceRecord)
    fitted = fit_sentences(ask_sentences(records, verifier, _step(progress, "checking")))
    changed = {
        "sentence": fitted.model,
        "fitted_on": _told_too(policy, f"{len(records):,} sentences of {path.name}"),
    }
    return policy.model_copy(update=changed), [("sentences", fitted.reliability)]


def _step(progress: Progress, stage: str) -> Callable[[int, int], None] | None:
    """Return what tells of one stage, where progress is shown."""
    return None if progress is None else partial(progress, stage)


def _told_too(policy: VerdictPolicy, told: str) -> str:
    """Return what a policy rests on, and one thing more."""
    return "; ".join(filter(None, (policy.fitted_on, told)))


def _show(out: Console, title: str, found: Reliability) -> None:
    from rich.table import Table

    table = Table(title=f"{title} ({found.n_claims:,})", title_justify="left", box=None)
    for column in ("p wrong", "found wrong", "labels"):
        table.add_column(column, justify="right")
    for item in found.bins:
        table.add_row(f"{item.p_wrong:.2f}", f"{item.share_wrong:.2f}", f"{item.n_claims:,}")
    out.print(table)
    out.print(
        f"calibration error {found.calibration_error:.3f}, AUROC {found.auroc:.3f}", markup=False
    )
