"""`quco contamination`: which questions does the corpus hold word by word?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from quco.cli.corpus_options import corpus_folder
from quco.cli.options import index_option, json_option
from quco.cli.output import console, print_json


@click.command("contamination")
@index_option
@click.option("--questions", required=True, type=click.Path(path_type=Path), help="Their file.")
@click.option("--form", default="jsonl", show_default=True, help="Its format, or data set.")
@json_option
def command(index: Path, questions: Path, form: str, as_json: bool) -> None:
    """Say which questions occur in the corpus word by word, and where.

    By the rule of infini-gram mini's bulletin: the share of a question's 50-character substrings
    that occur makes it clean (below 20 %), suspicious or dirty (80 % and more).

    \b
    Example:
      quco contamination --index my-index --questions questions.jsonl
    """
    from eval.contamination import check
    from eval.datasets import load_samples
    from quco.adapters.corpus import LocalStatistics

    samples = load_samples(questions, form)
    with LocalStatistics.open(corpus_folder(index)) as statistics:
        found = check(samples, statistics)
    if as_json:
        for one in found:
            print_json("quco.contamination/1", _plain(one))
        return
    levels = Counter(one.level for one in found)
    out = console()
    for one in sorted(found, key=lambda c: -c.overlap):
        if one.level == "clean":
            continue
        out.print(
            f"{one.level}: {100 * one.overlap:.0f} % of {one.n_substrings} substrings: "
            f"{one.question}",
            markup=False,
        )
        for place in one.places[:1]:
            out.print(f"  {place.title or place.document_id}: {place.text}", markup=False)
    named = sum(one.answer_count > 0 for one in found)
    out.print(
        f"{len(found)} questions: {levels['dirty']} dirty, {levels['suspicious']} suspicious, "
        f"{levels['clean']} clean; the answers of {named} occur in the corpus",
        markup=False,
    )


def _plain(one: object) -> dict[str, object]:
    from quco.serialize import to_jsonable

    return dict(to_jsonable(one))
