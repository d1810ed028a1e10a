"""A plan as files: the folder of a design run, and what other programs read.

`folder.py` writes and checks the folder; `shapes.py` and `kml.py` serve maps, `salesforce.py` and `hubspot.py` CRMs,
`book.py` spreadsheets; `formats.py` chooses among them.
"""

from territory_geo.plan.storage import SAVED
from territory_geo.render.export.folder import (
    BESIDE,
    FILES,
    named_failures,
    prepared,
    require_writable,
    write_nearest,
    write_plan,
)
from territory_geo.render.export.formats import FORMATS, write
from territory_geo.render.export.record import plan_record

__all__ = [
    "BESIDE",
    "FILES",
    "FORMATS",
    "SAVED",
    "named_failures",
    "plan_record",
    "prepared",
    "require_writable",
    "write",
    "write_nearest",
    "write_plan",
]
