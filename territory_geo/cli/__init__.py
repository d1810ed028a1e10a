"""The command line: ``design``, ``run``, ``demo``, ``check``, ``kpis``, ``size``, ``routes``, ``teams``,
``advise``, ``report``, ``export``.
"""

from territory_geo.cli import advise, check, design, kpis, report, teams, work  # noqa: F401  # each adds its commands
from territory_geo.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line."""
    app()
