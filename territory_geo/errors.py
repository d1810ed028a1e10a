"""Every error the package raises on purpose.

    TerritoryGeoError
    ├── DataError            the input cannot be used: names the file, row or column and the remedy
    ├── OptionError          an option or argument is wrong: names it, what is allowed, what came
    ├── MissingDependency    an optional package is not installed: gives the install line
    └── VerificationError    a plan failed its independent check; nothing was written as a result

Each message says what is wrong and what to do about it. The command line turns all of them into
exit code 2, except `VerificationError`, which is a defect of ours and keeps its traceback.
"""

from __future__ import annotations


class TerritoryGeoError(Exception):
    """Base of all errors raised on purpose."""


class DataError(TerritoryGeoError):
    """The input data cannot be used as it is."""


class OptionError(TerritoryGeoError, ValueError):
    """An option or argument is not usable."""


class MissingDependency(TerritoryGeoError, ImportError):
    """An optional dependency is needed and not installed."""


class VerificationError(TerritoryGeoError):
    """A plan failed its independent verification."""
