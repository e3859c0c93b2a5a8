"""`quco ngram` and `quco attribute`: what follows a text, and where its parts come from."""

from __future__ import annotations

from pathlib import Path

import click

from quco.cli.corpus_options import (
    corpus_folder,
    tokenizer_option,
    translated,
    version_option,
    whole,
    width_option,
)
from quco.cli.options import index_option, json_option
from quco.cli.output import console, print_json
from quco.serialize import to_jsonable


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(ngram)
    cli.add_command(attribute)


@click.command()
@click.argument("text")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1), help="Words shown.")
@index_option
@width_option
@version_option
@tokenizer_option
@json_option
def ngram(
    text: str,
    k: int,
    index: Path,
    width: str | None,
    version: int,
    tokenizer: str | None,
    as_json: bool,
) -> None:
    """Count TEXT in the corpus, and show which words follow it how often.

    \b
    Example:
      quco ngram "the capital of" --index my-index
    """
    from corpus_engine import CorpusIndex
    from corpus_engine.kernels.starting import start_numba

    start_numba()
    path = corpus_folder(index)
    with (
        translated(),
        CorpusIndex.open(path, analyzer=tokenizer, width=whole(width), version=version) as corpus,
    ):
        count = corpus.count(text)
        following = corpus.continuations(text, k=k)
    if as_json:
        found = {"text": text, "count": count.value, "exact": count.exact}
        print_json("quco.ngram/1", {**found, "continuations": to_jsonable(following)})
        return
    console().print(f"{count.value:>10,}  {text}", markup=False)
    for word in following:
        shown = "(end of document)" if word.text is None else word.text
        console().print(f"{word.count:>10,}  {word.probability:7.2%}  {shown}", markup=False)


@click.command()
@click.argument("text")
@click.option(
    "--min-length", default=4, show_default=True, type=click.IntRange(1), help="Words of a span."
)
@click.option("-k", default=1, show_default=True, type=click.IntRange(0), help="Places shown.")
@index_option
@width_option
@version_option
@tokenizer_option
@json_option
def attribute(
    text: str,
    min_length: int,
    k: int,
    index: Path,
    width: str | None,
    version: int,
    tokenizer: str | None,
    as_json: bool,
) -> None:
    """Show the longest parts of TEXT that the corpus holds verbatim, and in which documents.

    \b
    Example:
      quco attribute "Metropolis is a 1927 film by Fritz Lang." --index my-index
    """
    from corpus_engine import CorpusIndex
    from corpus_engine.kernels.starting import start_numba

    start_numba()
    path = corpus_folder(index)
    with (
        translated(),
        CorpusIndex.open(path, analyzer=tokenizer, width=whole(width), version=version) as corpus,
    ):
        spans = corpus.attribute(text, min_length=min_length, k=k)
    if as_json:
        print_json("quco.attribute/1", {"text": text, "spans": to_jsonable(spans)})
        return
    for span in spans:
        console().print(f"{span.count:>10,}  {span.text}", markup=False)
        for place in span.evidence:
            shown = " ".join(place.text.split())
            console().print(f"            [{place.document_id}] {shown}", markup=False)
