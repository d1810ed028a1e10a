"""``python -m territory_geo`` is the same as ``territory-geo``."""

from territory_geo.cli import main

if __name__ == "__main__":
    main()
