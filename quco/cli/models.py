"""`quco models`: what can be pulled by name."""

from __future__ import annotations

import click

from quco.cli.options import json_option
from quco.cli.output import console, print_json, progress_bars


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(group)


@click.group("models")
def group() -> None:
    """List and pull models; each is pinned to a hash."""


@group.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """List the models that can be pulled.

    \b
    Example:
      quco models list --json
    """
    from quco.models import CATALOGUE, is_pulled, models_home

    rows = [
        {
            "name": spec.name,
            "role": spec.role,
            "description": spec.description,
            "licence": spec.licence,
            "size_bytes": spec.size_bytes,
            "pulled": is_pulled(spec),
        }
        for spec in CATALOGUE.values()
    ]
    if as_json:
        print_json("quco.models.list/1", {"home": models_home(), "models": rows})
        return
    for row in rows:
        mark = "pulled" if row["pulled"] else f"{row['size_bytes'] / 1e6:,.0f} MB"  # type: ignore[operator]
        console().print(f"{row['name']:<16} {mark:>9}  {row['description']}", markup=False)


@group.command("pull")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@json_option
def pull(names: tuple[str, ...], as_json: bool) -> None:
    """Fetch models and verify their hashes; those that are there already are left alone.

    \b
    Example:
      quco models pull qwen2.5-1.5b
    """
    from quco.models import find_spec, provision

    specs = [find_spec(name) for name in names]
    with progress_bars() as progress:
        folders = {spec.name: provision(spec.name, progress) for spec in specs}
    if as_json:
        print_json("quco.models.pull/1", {"models": folders})
        return
    for name, folder in folders.items():
        console().print(f"{name}: {folder}", markup=False)
