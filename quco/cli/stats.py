"""`quco count` and `quco cooccur`: how often, and how often together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from quco.cli.options import corpus_option, json_option, open_index
from quco.cli.output import console, print_json
from quco.serialize import to_jsonable

if TYPE_CHECKING:
    from quco.wiring import QuCo


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(count)
    cli.add_command(cooccur)


@click.command()
@click.argument("terms", nargs=-1, required=True)
@corpus_option
@json_option
def count(terms: tuple[str, ...], index: Path | str, as_json: bool) -> None:
    """Count each of TERMS in the corpus, whatever the case of its letters.

    \b
    Example:
      quco count "Fritz Lang" Metropolis --index my-index
    """
    with _open(index) as quco:
        n_tokens = quco.statistics.n_tokens
        found = quco.statistics.count_many(list(terms))
    rows = [
        {
            "term": term,
            "count": result.value,
            "per_million": result.value * 1e6 / n_tokens,
            "exact": result.exact,
        }
        for term, result in zip(terms, found, strict=True)
    ]
    if as_json:
        print_json("quco.count/1", {"n_tokens": n_tokens, "counts": rows})
        return
    for row in rows:
        console().print(f"{row['count']:>10,}  {row['term']}", markup=False)


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--window", default=100, show_default=True, type=click.IntRange(1), help="Words.")
@click.option("-k", default=3, show_default=True, type=click.IntRange(0), help="Places shown.")
@corpus_option
@json_option
def cooccur(a: str, b: str, window: int, k: int, index: Path | str, as_json: bool) -> None:
    """Count how often A and B meet within --window words of one document, and show where.

    \b
    Example:
      quco cooccur "Fritz Lang" Metropolis --index my-index
    """
    with _open(index) as quco:
        met = quco.statistics.cooccurrence(a, b, window=window)
        places = quco.statistics.windows(a, b, window=window, k=k) if k and met.value else []
    if as_json:
        plain = {"a": a, "b": b, "window": window, "count": met.value, "exact": met.exact}
        print_json("quco.cooccur/1", {**plain, "windows": to_jsonable(places)})
        return
    screen = console()
    screen.print(f"{met.value:,} within {window} words", markup=False)
    for place in places:
        screen.print(f"  [{place.document_id}] {' '.join(place.text.split())}", markup=False)


def _open(index: Path | str) -> QuCo:
    """Open an index to count in it, which needs neither spaCy nor what numba likes to load."""
    if isinstance(index, Path):
        from corpus_engine.kernels.starting import start_numba

        start_numba()
    return open_index(index)
