"""Options that several commands share: which column is what, where places come from, what becomes of dirty rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Layer = Annotated[str | None, typer.Option(metavar="NAME", help="Layer or sheet of a file that has several.")]
Id = Annotated[str | None, typer.Option("--id", metavar="COLUMN", help="Column with the ids.")]
Lon = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with the longitudes (x).")]
Lat = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with the latitudes (y).")]
Postcode = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column with postcodes, for rows without coordinates.")
]
Town = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with towns, likewise.")]
State = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with the towns' states.")]
PostalFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Postcodes from GeoNames. Default: those of the United States.")
]
Country = Annotated[
    str | None, typer.Option(metavar="CODE", help="Two letters, where that file holds several countries.")
]
Fix = Annotated[
    list[str] | None,
    typer.Option(metavar="RULE", help="Mend these rows: swapped, sign_lost, negative_measure, … Repeatable."),
]
Keep = Annotated[
    list[str] | None, typer.Option(metavar="RULE", help="Leave these rows: swapped, sign_lost. Repeatable.")
]
Reject = Annotated[
    list[str] | None, typer.Option(metavar="RULE", help="Refuse these rows: off_land, far_outlier, … Repeatable.")
]
