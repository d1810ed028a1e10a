"""``python -m territory_geo.cli`` is the same as ``territory-geo``."""

from territory_geo.cli import main

main()
