"""The command itself, and how errors made on purpose become a message and an exit code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer

from territory_geo._version import __version__
from territory_geo.cli.words import in_words
from territory_geo.errors import TerritoryGeoError, VerificationError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 110, "help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 a study's assertion fails, 2 unusable input, 3 proven impossible, 4 no plan found, "
    "130 interrupted.",
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False,
) -> None:
    """Balanced, contiguous sales territories from a customer table, as maps and reports."""
    if version:
        typer.echo(f"territory-geo {__version__}")
        raise typer.Exit


@contextmanager
def messages(options: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn errors made on purpose into a message and exit code 2, an interruption into one and 130.

    Parameters
    ----------
    options : mapping, optional
        What the command calls the keys of a study; left out, messages name the keys.
    """
    try:
        yield
    except VerificationError:
        raise
    except TerritoryGeoError as error:
        typer.echo(f"Error: {in_words(str(error), options)}", err=True)
        raise typer.Exit(2) from None
    except BaseException as error:
        if not _interrupted(error):
            raise
        typer.echo("Interrupted before there was a plan to keep; nothing new was written.", err=True)
        raise typer.Exit(130) from None


def _interrupted(error: BaseException | None) -> bool:
    """Tell whether an interruption is at the root: compiled modules turn one into an error of their own."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
