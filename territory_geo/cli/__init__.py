"""The command line: ``territory-geo design``, ``run``, ``demo``, ``check``, ``teams``; a file per family."""

from territory_geo.cli import check, design, teams  # noqa: F401  # each adds its commands
from territory_geo.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line."""
    app()
