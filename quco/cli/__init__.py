"""The command line: one module a group of commands, `output` and `render` for what they print."""

from quco.cli.main import main

__all__ = ["main"]
