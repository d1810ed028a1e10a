"""The command line: ``design``, ``run``, ``demo``, ``check``, ``kpis``, ``size``, ``routes``, ``teams``,
``advise``, ``map``, ``report``, ``export``, ``compare``, ``explain``, ``edit``, ``diff``,
``rebalance``, ``frontier``, ``new``, ``schema``.
"""

from territory_geo.cli import (  # noqa: F401  # each adds commands
    advise,
    change,
    check,
    design,
    kpis,
    maps,
    plans,
    report,
    study,
    teams,
    work,
)
from territory_geo.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line."""
    app()
