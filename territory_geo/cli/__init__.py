"""The command line: ``design``, ``run``, ``demo``, ``check``, ``kpis``, ``size``, ``routes``, ``teams``,
``advise``, ``map``, ``report``, ``export``, ``compare``, ``explain``, ``edit``, ``diff``.
"""

from territory_geo.cli import advise, check, design, kpis, maps, plans, report, teams, work  # noqa: F401  # each adds commands
from territory_geo.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line."""
    app()
