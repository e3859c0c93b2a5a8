"""Entry point: gathers the commands, and turns errors into one line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

import click

from quco.cli import (
    ask,
    calibrate,
    check,
    corpus_files,
    corpus_text,
    demo,
    index,
    mcp,
    models,
    retrieve,
    stats,
)
from quco.cli.output import complain
from quco.errors import QuCoError, UsageError

FAILURE = 1
USAGE = 2


BEYOND = {"contamination": "eval.contamination_cli:command", "eval": "eval.cli:group"}
"""Commands of the package above this one, by name: imported when they are asked for."""


class _Group(click.Group):
    """The commands of this package, and those of `BEYOND`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *BEYOND})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in BEYOND:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = BEYOND[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(
    cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(version("quco"), prog_name="quco")
def cli() -> None:
    """Ask a text corpus, not the model, whether the model is guessing.

    Add --debug to any command for the full traceback of an error.

    \b
    Example:
      quco demo
      quco index build articles/ --out my-index
      quco ask "Who directed Metropolis?" --index my-index
    """


for module in (
    index,
    corpus_files,
    corpus_text,
    ask,
    calibrate,
    check,
    retrieve,
    stats,
    models,
    demo,
    mcp,
):
    module.register(cli)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 for success, 1 for failure, 2 for wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    sys.exit(_run([word for word in given if word != "--debug"], debug=debug))


def _run(arguments: list[str], *, debug: bool) -> int:
    try:
        cli.main(arguments, prog_name="quco", standalone_mode=False)
    except click.ClickException as exc:
        exc.show()
        return exc.exit_code
    except click.Abort:
        complain("interrupted; nothing that was there before was changed, run it again")
        return FAILURE
    except BrokenPipeError:
        sys.stderr.close()
        return FAILURE
    except (QuCoError, MemoryError) as exc:
        if debug:
            raise
        complain(str(exc) or "out of memory; close other programs or use less input")
        return USAGE if isinstance(exc, UsageError) else FAILURE
    return 0
