"""A study: one TOML file that says what to design from what, the wiring that runs it, and `tg.design()`.

The command line's options build the same study, so that both ways do exactly the same.
"""

from __future__ import annotations

from territory_geo.study.quick import design
from territory_geo.study.run import Result, run_study
from territory_geo.study.scenarios import ScenariosResult, run_scenarios
from territory_geo.study.schema import Study, checked_study, read_study
from territory_geo.study.stating import load_units

__all__ = [
    "Result",
    "ScenariosResult",
    "Study",
    "checked_study",
    "design",
    "load_units",
    "read_study",
    "run_scenarios",
    "run_study",
]
